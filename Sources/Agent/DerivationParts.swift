// Cuts the files of a derivation into parts that several threads can take. A part is a whole file, or, where every line is a record and
// the file can be read at any place, the lines that begin in one stretch of it.

import Compression
import Glibc
import Records
import Synchronization

/// Hands out parts in order; shared by the threads.
final class DerivationParts: Sendable {
    struct Part: Sendable {
        /// From 0, in the order of files and of their lines.
        let number: Int
        let file: String
        /// Where the lines begin that are meant; nil: all of the file, which is read from where it stands.
        let stretch: Range<UInt64>?
    }

    /// Long enough that what is done for each part does not matter, short enough that threads end at about the same time.
    static let stretchBytes: UInt64 = 8 << 20

    private struct Cursor {
        var number = 0
        var file = 0
        /// Of the file at hand; nil until it was looked at.
        var size: UInt64?
        var offset: UInt64 = 0
    }

    private let files: [String]
    private let cutsFiles: Bool
    private let cursor = Mutex(Cursor())

    /// - Parameter cutsFiles: whether lines can be derived from without those before them.
    init(_ files: [String], cutsFiles: Bool) {
        self.files = files
        self.cutsFiles = cutsFiles
    }

    func next() -> Part? {
        cursor.withLock { cursor in
            guard cursor.file < files.count else { return nil }
            let file = files[cursor.file]
            let size = cursor.size ?? (cutsFiles ? Self.sizeToCut(file) : 0)
            defer { cursor.number += 1 }
            guard size > Self.stretchBytes else {
                (cursor.file, cursor.size, cursor.offset) = (cursor.file + 1, nil, 0)
                return Part(number: cursor.number, file: file, stretch: nil)
            }
            let start = cursor.offset
            let isLast = size - start <= Self.stretchBytes
            // What was written meanwhile belongs to the last part.
            let end = isLast ? UInt64(Int64.max) : start + Self.stretchBytes
            (cursor.size, cursor.offset) = (size, end)
            if isLast { (cursor.file, cursor.size, cursor.offset) = (cursor.file + 1, nil, 0) }
            return Part(number: cursor.number, file: file, stretch: start..<end)
        }
    }

    /// How many threads could have a part each, up to `max`.
    func worthwhile(atMost max: Int) -> Int {
        var parts = 0
        for file in files where parts < max {
            parts += 1 + (cutsFiles ? Int(Self.sizeToCut(file) / Self.stretchBytes) : 0)
        }
        return min(parts, max)
    }

    /// 0 for what must be read from its beginning, or cannot be read; reading it will say why.
    private static func sizeToCut(_ file: String) -> UInt64 {
        guard file != "-" else { return 0 }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        var head = [UInt8](repeating: 0, count: CompressionFormat.headBytes)
        let count = max(0, pread(descriptor, &head, head.count, 0))
        let isCompressed = CompressionFormat(head: head.span.extracting(first: count)) != nil
        return isCompressed ? 0 : UInt64(status.st_size)
    }
}
