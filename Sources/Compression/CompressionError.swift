// The one error of this module: compressed content that cannot be had.

package struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// The file ends within the compressed content: it is still being written, or was cut off.
        case incomplete
        /// The content is not of its format, or does not agree with its checksum.
        case damaged
        /// The content needs more memory than `DecompressedFile.memoryBytesMax`, or there is none.
        case memory
        /// The system could not read the file; an error number of errno(3).
        case unreadable(Int32)
    }

    package var reason: Reason
    package var format: CompressionFormat

    package init(_ reason: Reason, _ format: CompressionFormat) {
        self.reason = reason
        self.format = format
    }

    package var description: String {
        switch reason {
        case .incomplete: "the \(format.rawValue) content has no end"
        case .damaged: "the \(format.rawValue) content is damaged"
        case .memory: "the \(format.rawValue) content needs more than \(DecompressedFile.memoryBytesMax >> 20) MiB to decompress"
        case .unreadable(let number): "the system cannot read it (error \(number))"
        }
    }
}
