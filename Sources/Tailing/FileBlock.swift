// What passes between a file source and its consumer: the bytes themselves go as a span, and this tells where they are from.

package import Records

/// Names a file within its source, for as long as the source lives. What one name stands for is one content: a file that
/// is truncated gets a new one.
package typealias FileID = Int

/// Where a block of whole records is from.
package struct FileBlock: Sendable {
    package var file: FileID
    /// For people; where the file was last seen.
    package var path: String
    package var origin: FileOrigin
    /// The place of the block's first byte in the file's uncompressed stream.
    package var offset: UInt64
    /// Whether nothing follows that could belong to the block's last record, which is complete then: the file was rotated away
    /// or deleted and is quiet, or a line follows that is too long, or the file is followed and has been quiet for the time
    /// that records may wait for more lines. In the first case the last line may lack its line feed, and the block may be
    /// empty.
    package var isFinal: Bool
}

/// What a turn did.
package struct TurnResult: Hashable, Sendable {
    package var bytesRead: Int
    /// Whether another turn would find something to do at once.
    package var hasMore: Bool
}

/// Totals since the source was made.
package struct FileSourceCounters: Hashable, Sendable {
    package var bytesConsumed: UInt64 = 0
    package var oversizeRecords: UInt64 = 0
    package var oversizeBytes: UInt64 = 0
    /// Files that were gone, or let go, before they were read to their ends, and what was known to be unread of them.
    package var filesLost: UInt64 = 0
    package var bytesLost: UInt64 = 0

    package init() {}
}
