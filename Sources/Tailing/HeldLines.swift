// The whole lines at the end of a file that a consumer left because the record they make may go on. They are not kept, only
// remembered: once the file has been quiet for long enough they are read and offered again, as a record that is complete.

/// Pure; one per file that has such lines.
struct HeldLines: Hashable {
    /// Where they begin in the file.
    let offset: UInt64
    /// The file's size when they were left.
    private let size: UInt64
    /// The first look after they were left; nil before it.
    private var quietSinceMS: Int64?
    /// Whether the file was quiet for long enough.
    private(set) var areDue = false

    init(offset: UInt64, size: UInt64) {
        self.offset = offset
        self.size = size
    }

    /// The same lines, left again: a file that has grown by so much as a part of a line is not quiet.
    func leftAgain(offset: UInt64, size: UInt64) -> HeldLines {
        offset == self.offset && size == self.size ? self : HeldLines(offset: offset, size: size)
    }

    /// Takes note that the file was looked at.
    /// - Returns: whether the lines are due now.
    mutating func look(nowMS: Int64, holdMS: Int64) -> Bool {
        guard let since = quietSinceMS else {
            quietSinceMS = nowMS
            return false
        }
        if nowMS - since >= holdMS { areDue = true }
        return areDue
    }

    /// Whether a look has begun the wait.
    var isLookedAt: Bool { quietSinceMS != nil }

    /// Whether they may be taken for complete in a file of this size.
    func areComplete(size: UInt64) -> Bool { areDue && size == self.size }

    /// When they will be due if the file stays quiet; nil when that is not known yet, or they are.
    func dueAtMS(holdMS: Int64) -> Int64? { areDue ? nil : quietSinceMS.map { $0 + holdMS } }
}
