// A file that has no name any more and takes its room on disk for as long as somebody has it open.

/// An open file without a name.
package struct DeletedFile: Hashable, Sendable {
    package var id: FileID
    /// What it takes on disk, which may be less than its size.
    package var bytes: UInt64
    /// Whether letting it go loses anything.
    package var isUnread: Bool
    /// When it was last seen at a path, by the wall clock.
    package var lastSeenSeconds: Int64
    /// Its file system, and what is free there for ordinary users, of all that they may use (statfs(2)).
    package var device: UInt64
    package var freeBytes: UInt64
    package var usableBytes: UInt64

    package init(
        id: FileID, bytes: UInt64, isUnread: Bool, lastSeenSeconds: Int64, device: UInt64, freeBytes: UInt64, usableBytes: UInt64
    ) {
        self.id = id
        self.bytes = bytes
        self.isUnread = isUnread
        self.lastSeenSeconds = lastSeenSeconds
        self.device = device
        self.freeBytes = freeBytes
        self.usableBytes = usableBytes
    }
}
