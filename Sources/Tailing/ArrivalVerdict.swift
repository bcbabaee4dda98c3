// Decides what a file is that was not known, once its fingerprint is: new content, a copy of content that is known, or that
// content itself under another inode. Pure: the comparisons are made elsewhere.

/// How known content with the fingerprint of an arrival relates to that arrival.
package struct KnownContent: Hashable, Sendable {
    package var id: Int
    package var generation: UInt32
    /// Whether the content stood at the arrival's path, or is rotated content of it.
    package var isForerunner: Bool
    /// Whether the content stood at the arrival's path just before, and its file has no name any more.
    package var isGoneFormer: Bool
    /// Whether a file that holds this content is still there and is read, or was read to its end.
    package var isPresent: Bool
    /// Whether all that was read of this content is in the arrival, too.
    package var isWhollyThere: Bool
    /// Whether the arrival agrees with this content as far as the shorter of both goes.
    package var agrees: Bool
    /// Whether the arrival has bytes after the end of this content, all of which was read.
    package var isOutgrown: Bool

    package init(
        id: Int, generation: UInt32, isForerunner: Bool, isGoneFormer: Bool, isPresent: Bool, isWhollyThere: Bool, agrees: Bool,
        isOutgrown: Bool
    ) {
        self.id = id
        self.generation = generation
        self.isForerunner = isForerunner
        self.isGoneFormer = isGoneFormer
        self.isPresent = isPresent
        self.isWhollyThere = isWhollyThere
        self.agrees = agrees
        self.isOutgrown = isOutgrown
    }
}

package enum ArrivalVerdict: Hashable, Sendable {
    /// Content not seen before; read from 0.
    case new(generation: UInt32)
    /// The known content moved here; read on where reading stopped.
    case continuation(of: Int)
    /// A copy that has grown on its own; read on where the original ends, which goes on by itself.
    case fork(of: Int)
    /// A copy of what is or was read; not read unless that changes.
    case copy(of: Int)

    /// Rotation puts new content in the place of the old, even where it reads the same: a log without times begins alike
    /// every day. So a forerunner's content is recognised only where the forerunner is gone, as when an editor saved it.
    ///
    /// - Parameter known: what is known under the arrival's fingerprint, the newest first.
    package init(known: [KnownContent]) {
        for content in known {
            let mayHaveMovedHere = content.isForerunner ? content.isGoneFormer : !content.isPresent
            if mayHaveMovedHere && content.isWhollyThere {
                self = .continuation(of: content.id)
                return
            }
            if !content.isForerunner && content.agrees {
                self = content.isPresent && content.isOutgrown ? .fork(of: content.id) : .copy(of: content.id)
                return
            }
        }
        self = .new(generation: known.map { $0.generation &+ 1 }.max() ?? 0)
    }
}
