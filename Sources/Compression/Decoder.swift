// What the three libraries have in common: bytes in, bytes out, and where one compressed content ends another may begin.

/// A library's state for one content. Not for more than one thread at a time.
protocol Decoder: AnyObject {
    /// Decodes as much of `input` as fits into `output`.
    /// - Throws: `damaged` or `memory`.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> DecoderStep

    /// Gets ready for another content right behind one that has ended.
    func beginNext() throws(CompressionError)
}

struct DecoderStep {
    var consumed: Int
    var produced: Int
    /// Whether all that was begun has ended: the input may end here, too.
    var isWhole: Bool
}

extension CompressionFormat {
    func makeDecoder() throws(CompressionError) -> any Decoder {
        switch self {
        case .gzip: try GzipDecoder()
        case .zstandard: try ZstandardDecoder()
        case .xz: try XZDecoder()
        }
    }
}
