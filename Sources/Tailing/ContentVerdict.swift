// Decides whether a file that was read before still holds what was read, from what a look at it found. Pure: the look is
// taken elsewhere. Size and inode prove nothing by themselves; content does.

/// What a look found at a file of which `offset` bytes were read.
package struct ContentEvidence: Hashable, Sendable {
    package var size: UInt64
    package var offset: UInt64
    package var fingerprintBytes: Int
    /// Whether the file still begins with its fingerprint.
    package var beginsTheSame: Bool
    /// Whether the content just before `offset` is what was read there; true where nothing was read.
    package var endsTheSame: Bool
    /// The last mark with which the content agrees, among those within the file.
    package var agreesUpTo: UInt64?
    /// Whether the agent was down since the file was read, so that the machine may have been, too.
    package var isFirstLook: Bool

    package init(
        size: UInt64, offset: UInt64, fingerprintBytes: Int, beginsTheSame: Bool, endsTheSame: Bool, agreesUpTo: UInt64?, isFirstLook: Bool
    ) {
        self.size = size
        self.offset = offset
        self.fingerprintBytes = fingerprintBytes
        self.beginsTheSame = beginsTheSame
        self.endsTheSame = endsTheSame
        self.agreesUpTo = agreesUpTo
        self.isFirstLook = isFirstLook
    }
}

package enum ContentVerdict: Hashable, Sendable {
    /// Read on at the offset.
    case unchanged
    /// The file lost its end, as logs do when the machine loses power; read on at the last place where it agrees.
    case cutBack(to: UInt64)
    /// Other content, from its beginning: truncation, overwriting, or another file under a reused inode.
    case startedAnew

    package init(_ evidence: ContentEvidence) {
        guard evidence.beginsTheSame else {
            self = .startedAnew
            return
        }
        if evidence.size >= evidence.offset && evidence.endsTheSame {
            self = .unchanged
        } else if evidence.isFirstLook, let agreed = evidence.agreesUpTo, agreed > UInt64(evidence.fingerprintBytes) + 1 {
            // A mark within the first line proves no more than the fingerprint does.
            self = .cutBack(to: agreed)
        } else {
            self = .startedAnew
        }
    }
}
