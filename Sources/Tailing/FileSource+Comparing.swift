// Comparisons of content on disk with fingerprints, marks and other files. Each reads a few bytes into the source's buffer.

import Compression
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

    /// After a start: whether the file at `path`, which has the inode of a known one, begins unlike that. To see it at once keeps the
    /// order of files right; whatever else has changed is seen when the file is read.
    func beginsOtherwise(_ path: String, than known: TailedFile) -> Bool {
        guard let fingerprint = known.checkpoint.origin?.fingerprint, let open = try? openForReading(path) else { return false }
        guard let format = CompressionFormat(fileName: path) else { return (try? begins(open, with: fingerprint)) == false }
        guard let content = try? DecompressedFile(descriptor: open.descriptor, format: format),
            let count = try? content.read(into: &buffer, range: 0..<fingerprint.count)
        else { return false }
        return withBytes(0..<count) { !$0.hasSameBytes(as: fingerprint.span) }
    }

    func agrees(_ open: OpenFile, with mark: FileCheckpoint.Mark) throws(SystemError) -> Bool {
        let bytes = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: mark.offset))
        let count = try System.read(open, into: &buffer, range: 0..<bytes, at: mark.offset - UInt64(bytes))
        return count == bytes && hash(0..<count) == mark.hash
    }

    /// Whether a file that begins with the fingerprint of `content` agrees with all its marks that lie within the file, and
    /// that proves anything. A file of one line has no more to show than that line.
    func hasMarks(_ open: OpenFile, of content: TailedFile, within size: UInt64) throws(SystemError) -> Bool {
        var saysMore = false
        for mark in content.checkpoint.marks where mark.offset <= size {
            guard try agrees(open, with: mark) else { return false }
            saysMore = saysMoreThanFingerprint(mark.offset, of: content)
        }
        return saysMore || (!saysMoreThanFingerprint(size, of: content) && isOnlyOne(content))
    }

    /// Whether a mark of a content can prove anything: beyond its first line, or, if it is allowed to, within it, provided
    /// that no other content begins with that line. A constant header proves nothing.
    func proves(_ mark: FileCheckpoint.Mark, _ content: TailedFile, fingerprintSuffices: Bool) -> Bool {
        saysMoreThanFingerprint(mark.offset, of: content) || (fingerprintSuffices && isOnlyOne(content))
    }

    /// Whether content up to `offset` is more than the first line.
    func saysMoreThanFingerprint(_ offset: UInt64, of content: TailedFile) -> Bool {
        offset > UInt64(content.checkpoint.origin?.fingerprint.count ?? 0) + 1
    }

    func isOnlyOne(_ content: TailedFile) -> Bool {
        guard let fingerprint = content.checkpoint.origin?.fingerprint else { return false }
        return byFingerprint[fingerprint]?.count == 1
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
