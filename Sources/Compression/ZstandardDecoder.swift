// Decodes Zstandard frames with libzstd (zstd.h), which checks their checksums where they have one.
//
// This file uses unsafe pointers because it is the wrapper around libzstd's C functions.

internal import CZstd

final class ZstandardDecoder: Decoder {
    private let stream: OpaquePointer

    /// A frame may ask for a window of 2 to this power, which is the format's recommended limit and `zstd`'s own.
    private static let windowLogMax: Int32 = 27

    init() throws(CompressionError) {
        guard let stream = ZSTD_createDStream() else { throw CompressionError(.memory, .zstandard) }
        self.stream = stream
        _ = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogMax)
    }

    deinit {
        ZSTD_freeDStream(stream)
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> DecoderStep {
        var inputBuffer = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var outputBuffer = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(stream, &outputBuffer, &inputBuffer)
        guard ZSTD_isError(hint) == 0 else {
            let needsMemory = [ZSTD_error_memory_allocation, ZSTD_error_frameParameter_windowTooLarge].contains(ZSTD_getErrorCode(hint))
            throw CompressionError(needsMemory ? .memory : .damaged, .zstandard)
        }
        // 0: a frame is decoded and given out to its end.
        return DecoderStep(consumed: inputBuffer.pos, produced: outputBuffer.pos, isWhole: hint == 0)
    }

    /// libzstd does so by itself.
    func beginNext() {}
}
