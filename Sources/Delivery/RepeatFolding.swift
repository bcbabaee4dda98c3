// Keeps a trouble that lasts from filling the log: each kind is told when it starts, and then once a minute with the number
// of times it was not told.

package struct RepeatFolding: Sendable {
    private struct Kind {
        var toldAt: Duration
        var untold = 0
    }

    private var kinds: [String: Kind] = [:]
    private var total = 0

    package static let interval = Duration.seconds(60)
    /// Kinds told apart at once; one more starts the books anew.
    package static let kindsMax = 16

    package init() {}

    /// Something of this kind happened again.
    /// - Returns: how many times it happened since it was last told, when it is to be told now; else nil.
    package mutating func happened(_ kind: String, now: Duration) -> Int? {
        total += 1
        if let known = kinds[kind], now - known.toldAt < Self.interval {
            kinds[kind]?.untold += 1
            return nil
        }
        if kinds[kind] == nil, kinds.count == Self.kindsMax { kinds.removeAll() }
        defer { kinds[kind] = Kind(toldAt: now) }
        return kinds[kind]?.untold ?? 0
    }

    /// The trouble is over.
    /// - Returns: how many times it happened; 0 when there was none.
    package mutating func ended() -> Int {
        defer { self = RepeatFolding() }
        return total
    }
}
