// One content that a source reads or has read, and the file that holds it. Small on purpose: there may be tens of thousands.
// It holds no bytes of the file; what was read but not consumed is read again.

import Records

/// The state of one file. Changed by its `FileSource` only.
final class TailedFile {
    enum Phase: Hashable {
        /// Known from a checkpoint, and not found on disk.
        case absent
        /// At a path that matches, and read as it grows.
        case following
        /// Rotated away or deleted; read until it has been quiet since `quietSinceMS` for the configured time;
        /// nil: since the next look.
        case leaving(quietSinceMS: Int64?)
        /// Rotated away or deleted, and quiet: the next read takes the rest, with or without a line feed at its end.
        case ending
        /// Read to its end and let go. It is looked at again if it is at a path that matches and changes.
        case finished
    }

    let id: FileID
    var checkpoint: FileCheckpoint
    var phase: Phase
    var open: OpenFile?
    /// Whether the file is not open because too many others are: it is opened again, at `name`, when there is something to read.
    private(set) var isParked = false
    /// Where a file that left its path was found by its inode, if that was asked for.
    var newName: String?
    /// The number of its last use; see `OpenFiles`.
    var lastUse = 0
    /// Set when the file is compressed; then `size` is that of its content.
    var compressed: CompressedContent?
    /// Whether the file is of interest only if it holds content that was read in part: it is older than what is new.
    var isOnlyRest = false
    /// As last seen.
    var size: UInt64
    var modifiedNS: Int64
    /// Whether the last scan saw it at a path that matches.
    var isVisible = false
    /// Where it was found since, beside the path of its checkpoint, which is always one that matches.
    var foundPath: String?
    /// When a scan last saw it at its path.
    var seenSeconds: Int64
    /// Whether its content was compared with its checkpoint since the source was made.
    var isVerified = false
    /// Whether time has passed since it was found, and nothing was read of it yet.
    var isUndecided = false
    /// When names last changed in its directory, as of the last look for files beside it.
    var directoryModifiedNS: Int64 = 0
    /// Whether there may be something to read or to decide.
    var needsLook = false
    var isQueued = false
    /// Where the search for the end of a line that is too long goes on; the line starts at the checkpoint's offset.
    var skippedTo: UInt64?
    /// What the consumer left of the file's whole lines because more might follow.
    var held: HeldLines?
    /// The file that this one copies; nothing is read while that is so.
    var original: FileID?
    /// How much of it was compared with the original itself, and agreed.
    var agreedBytes: UInt64?
    /// The file that stood at its path before, provided that that one is gone.
    var goneFormer: FileID?
    /// The file whose lines are older than this one's and go first. Its id is the smaller one.
    private(set) var predecessor: FileID?
    /// The last error that was told.
    var failure: SystemError?
    /// Counts changes of the checkpoint, to tell at a commit what has changed since.
    var changeCount = 0
    var committedChangeCount = 0

    init(id: FileID, checkpoint: FileCheckpoint, phase: Phase) {
        self.id = id
        self.checkpoint = checkpoint
        self.phase = phase
        size = checkpoint.offset
        modifiedNS = 0
        seenSeconds = checkpoint.lastSeenSeconds
    }

    /// Waits for the lines of an older file. Ids grow with age, so nothing ever waits in a circle, which would have no end.
    func wait(for older: FileID) {
        precondition(older < id, "a file waits for an older one only")
        predecessor = older
    }

    /// Where it is, as far as is known.
    var path: String { foundPath ?? checkpoint.path }

    var key: FileKey { FileKey(device: checkpoint.device, inode: checkpoint.inode) }

    var isLeaving: Bool {
        switch phase {
        case .leaving, .ending: true
        case .absent, .following, .finished: false
        }
    }

    /// Closes the file until there is something to read of it, or leaves it closed until then.
    func park() {
        open = nil
        isParked = true
    }

    func unpark() { isParked = false }

    /// Whether it can be read, perhaps only after it is opened again.
    var isWithinReach: Bool { open != nil || isParked }

    /// Where it can be opened.
    var name: String { newName ?? path }

    /// Whether it may be closed: nothing is to be read of it.
    var isIdle: Bool {
        open != nil && compressed == nil && !needsLook && held == nil && skippedTo == nil && failure == nil
            && (isLeaving || (phase == .following && isVisible))
    }

    /// As far as is known.
    var isReadToItsEnd: Bool { size == (original == nil ? checkpoint.offset : agreedBytes ?? 0) }

    /// Whether it is found again where it was last.
    var isAtItsName: Bool { (try? System.status(of: name))?.key == key }

    /// Whether nothing looks at it.
    var isAtRest: Bool { !isWithinReach && !isVisible && (phase == .finished || phase == .absent) }

    /// Whether its content can still be read, here or at its path.
    var isPresent: Bool { isWithinReach || isVisible }

    /// Whether the checkpoint says anything that a restart would not find out by itself: that a file stood at a path is worth
    /// knowing even if nothing was read of it, for it may be rotated away meanwhile; a copy is found to be one again.
    var isWorthKeeping: Bool { original == nil }
}
