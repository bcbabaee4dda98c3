// The formats in which rotated logs are kept, told by a file's name or by its first bytes.

package enum CompressionFormat: String, CaseIterable, Hashable, Sendable {
    /// RFC 1952; any number of members, padding after them.
    case gzip = "gz"
    /// RFC 8878; any number of frames.
    case zstandard = "zst"
    /// The .xz file format; any number of streams.
    case xz

    /// By what a compressor adds to a file's name, such as `.gz`; nil for any other name.
    package init?(fileName: String) {
        guard let format = Self.allCases.first(where: { fileName.hasSuffix("." + $0.rawValue) }) else { return nil }
        self = format
    }

    /// By the first bytes of a file; nil for any other file. Looks at `headBytes` of them.
    package init?(head: Span<UInt8>) {
        guard let format = Self.allCases.first(where: { format in format.isAtStart(of: head) }) else { return nil }
        self = format
    }

    /// How many bytes tell the format.
    package static let headBytes = 6

    private func isAtStart(of head: Span<UInt8>) -> Bool {
        guard head.count >= magic.count else { return false }
        for index in magic.indices where head[index] != magic[index] { return false }
        return true
    }

    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B, 0x08]
        case .zstandard: [0x28, 0xB5, 0x2F, 0xFD]
        case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
        }
    }
}
