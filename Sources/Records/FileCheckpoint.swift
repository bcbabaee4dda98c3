// How far a file has been read, and how to know that file again after a restart. Rows of the store, values of the
// tailer; committed in the transaction that holds the calls of everything before `offset`.

/// The position in one file together with what identifies the file.
package struct FileCheckpoint: Hashable, Sendable {
    /// A stretch of content that was read: `hash` covers the up to `contentBytesMax` bytes that end at `offset`.
    package struct Mark: Hashable, Sendable {
        package var offset: UInt64
        package var hash: UInt64

        /// How many bytes before the offset a mark covers at most.
        package static let contentBytesMax = 64

        package init(offset: UInt64, hash: UInt64) {
            self.offset = offset
            self.hash = hash
        }
    }

    /// The store's key; 0 until the checkpoint was stored.
    package var id: Int64
    /// The name of the configured source.
    package var source: String
    /// Where the file was last seen.
    package var path: String
    package var device: UInt64
    package var inode: UInt64
    /// Nil while the first line is incomplete: nothing of the file has been emitted then.
    package var origin: FileOrigin?
    /// The next byte to read, in the uncompressed stream; the start of a record, or, after a file was cut back, at
    /// least of a line.
    package var offset: UInt64
    /// Content marks, oldest first, at most `marksMax`; the last one lies at `offset` unless nothing was read.
    package var marks: [Mark]
    /// When the file was last found on disk, in seconds since 1970.
    package var lastSeenSeconds: Int64
    /// Whether the file was rotated away and read to its end: no rest of it needs to be searched for.
    package var isFinished: Bool

    /// How many marks are kept.
    package static let marksMax = 16

    package init(
        id: Int64 = 0, source: String, path: String, device: UInt64, inode: UInt64, origin: FileOrigin?, offset: UInt64, marks: [Mark],
        lastSeenSeconds: Int64, isFinished: Bool = false
    ) {
        self.id = id
        self.source = source
        self.path = path
        self.device = device
        self.inode = inode
        self.origin = origin
        self.offset = offset
        self.marks = marks
        self.lastSeenSeconds = lastSeenSeconds
        self.isFinished = isFinished
    }
}
