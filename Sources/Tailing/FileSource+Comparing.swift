// Comparisons of content on disk with fingerprints, marks and other files. Each reads a few bytes into the source's buffer.

import Records

extension FileSource {
    /// A range of the buffer, for as long as `body` runs, which must not read from a file.
    func withBytes<Result>(_ range: Range<Int>, _ body: (borrowing Span<UInt8>) -> Result) -> Result {
        // A reference, not a copy: the buffer is copied only if it were written meanwhile.
        let bytes = buffer
        return body(bytes.span.extracting(range))
    }

    /// The hash of a range of the buffer.
    func hash(_ range: Range<Int>) -> UInt64 {
        withBytes(range) { ContentHash.of($0) }
    }

    func begins(_ open: OpenFile, with fingerprint: [UInt8]) throws(SystemError) -> Bool {
        let count = try System.read(open, into: &buffer, range: 0..<fingerprint.count, at: 0)
        return withBytes(0..<count) { $0.hasSameBytes(as: fingerprint.span) }
    }

    func agrees(_ open: OpenFile, with mark: FileCheckpoint.Mark) throws(SystemError) -> Bool {
        let bytes = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: mark.offset))
        let count = try System.read(open, into: &buffer, range: 0..<bytes, at: mark.offset - UInt64(bytes))
        return count == bytes && hash(0..<count) == mark.hash
    }

    /// Whether the content agrees with all marks that lie within it, and one of them says more than the fingerprint.
    func hasMarks(_ open: OpenFile, of checkpoint: FileCheckpoint, within size: UInt64) throws(SystemError) -> Bool {
        var furthest: UInt64 = 0
        for mark in checkpoint.marks where mark.offset <= size {
            guard try agrees(open, with: mark) else { return false }
            furthest = mark.offset
        }
        return furthest > UInt64(checkpoint.origin?.fingerprint.count ?? 0) + 1
    }

    /// Whether two files have the same bytes just before `end`.
    func haveSameEnd(_ left: OpenFile, _ right: OpenFile, at end: UInt64) throws(SystemError) -> Bool {
        let bytes = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: end))
        let start = end - UInt64(bytes)
        let leftCount = try System.read(left, into: &buffer, range: 0..<bytes, at: start)
        let rightCount = try System.read(right, into: &buffer, range: bytes..<bytes * 2, at: start)
        guard leftCount == bytes, rightCount == bytes else { return false }
        return withBytes(0..<bytes * 2) { $0.extracting(first: bytes).hasSameBytes(as: $0.extracting(last: bytes)) }
    }
}
