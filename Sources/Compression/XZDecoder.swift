// Decodes xz streams with liblzma (lzma/container.h), which checks their checksums.
//
// This file uses unsafe pointers because it is the wrapper around liblzma's C functions.

internal import CLzma

final class XZDecoder: Decoder {
    /// On the heap, to stay in one place while the library works with it.
    private let stream: UnsafeMutablePointer<lzma_stream>

    init() throws(CompressionError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        try beginNext()
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> DecoderStep {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let result = lzma_code(stream, LZMA_RUN)
        // LZMA_BUF_ERROR: nothing could be done with what was given, twice; no error here.
        guard [LZMA_OK, LZMA_STREAM_END, LZMA_BUF_ERROR].contains(result) else {
            throw CompressionError([LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR].contains(result) ? .memory : .damaged, .xz)
        }
        return DecoderStep(
            consumed: input.count - stream.pointee.avail_in, produced: output.count - stream.pointee.avail_out,
            isWhole: result == LZMA_STREAM_END)
    }

    func beginNext() throws(CompressionError) {
        guard lzma_stream_decoder(stream, UInt64(DecompressedFile.memoryBytesMax), 0) == LZMA_OK else {
            throw CompressionError(.memory, .xz)
        }
    }
}
