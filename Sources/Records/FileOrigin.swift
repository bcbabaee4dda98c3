// Where the records of a file come from, as far as message ids depend on it: what the file begins with, and which
// generation of such a file it is. Names, inodes and compression do not count, so a rotated, renamed, copied or
// compressed copy of a log has the origin of the log.

/// The part of a record's origin that all records of one file share.
package struct FileOrigin: Hashable, Sendable {
    /// The file's first line without its line feed, or its first `fingerprintBytesMax` bytes when that line is longer.
    package var fingerprint: [UInt8]

    /// Counts how often content started anew under this fingerprint: 0 for the first time.
    package var generation: UInt32

    /// The longest fingerprint. It is fixed once, at the first line feed or at this many bytes.
    package static let fingerprintBytesMax = 1024

    package init(fingerprint: [UInt8], generation: UInt32) {
        self.fingerprint = fingerprint
        self.generation = generation
    }

    /// The fingerprint of a file that begins with `head`, or nil while it is not fixed: the head holds no line feed,
    /// is shorter than `fingerprintBytesMax`, and may still grow.
    package static func fingerprint(ofHead head: Span<UInt8>, isComplete: Bool) -> [UInt8]? {
        let visible = min(head.count, fingerprintBytesMax)
        let end = head.extracting(first: visible).firstIndex(of: UInt8.lineFeed)
        guard end != nil || visible == fingerprintBytesMax || isComplete else { return nil }
        return [UInt8](copying: head.extracting(first: end ?? visible))
    }
}
