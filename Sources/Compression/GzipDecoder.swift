// Decodes gzip members with zlib (zlib.h), which checks their checksums.
//
// This file uses unsafe pointers because it is the wrapper around zlib's C functions.

internal import CZlib

final class GzipDecoder: Decoder {
    /// On the heap, because zlib's state holds the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>

    /// The largest window (2 to the power of 15), and no other wrapper than gzip's (16).
    private static let windowBits: Int32 = 15 + 16

    init() throws(CompressionError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CompressionError(.memory, .gzip)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> DecoderStep {
        // zlib does not write to its input.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let result = inflate(stream, Z_NO_FLUSH)
        // Z_BUF_ERROR: nothing could be done with what was given, which is no error here.
        guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(result) else {
            throw CompressionError(result == Z_MEM_ERROR ? .memory : .damaged, .gzip)
        }
        return DecoderStep(
            consumed: input.count - Int(stream.pointee.avail_in), produced: output.count - Int(stream.pointee.avail_out),
            isWhole: result == Z_STREAM_END)
    }

    func beginNext() throws(CompressionError) {
        guard inflateReset(stream) == Z_OK else { throw CompressionError(.damaged, .gzip) }
    }
}
