// How many dead letters are kept, and for how long.

internal import Documents

/// Bounds of the dead letters; the oldest ones go first.
package struct DeadLetterSettings: Hashable, Sendable {
    package var bytesMax = Self.bytesMaxDefault
    /// Nil: they are kept for good.
    package var ageMaxMilliseconds: Int? = Self.ageMaxMillisecondsDefault

    package static let bytesMaxDefault = 100 << 20
    /// Less would not hold what one turn may reject.
    package static let bytesMaxRange = 1_000_000...Int.max
    package static let ageMaxMillisecondsDefault = 14 * 86_400_000

    init() {}

    init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`dead_letters`", keys: ["max_bytes", "max_age"], in: problems) else { return }
        bytesMax = map["max_bytes"]?.byteSize(in: problems, what: "max_bytes", range: Self.bytesMaxRange) ?? bytesMax
        if let age = map["max_age"] {
            ageMaxMilliseconds = age.text == "none" ? nil : age.positiveDuration(in: problems, what: "max_age") ?? ageMaxMilliseconds
        }
    }
}
