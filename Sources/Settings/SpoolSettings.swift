// How much may wait to be sent, and for how long.

internal import Documents

/// Bounds of the outbox.
package struct SpoolSettings: Hashable, Sendable {
    /// What happens at the bound.
    package enum WhenFull: String, CaseIterable, Sendable {
        /// Reading stops, and the log files are the buffer.
        case block
        /// Reading goes on, and the calls that wait longest are dropped and counted.
        case dropOldest = "drop_oldest"
    }

    package var bytesMax = Self.bytesMaxDefault
    package var whenFull = WhenFull.block
    /// What waited longer goes to the dead letters; nil: nothing does.
    package var ageMaxMilliseconds: Int?

    package static let bytesMaxDefault = 1 << 30
    /// Less would not hold two full batches.
    package static let bytesMaxRange = 1_000_000...Int.max

    init() {}

    init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`spool`", keys: ["max_bytes", "max_age", "when_full"], in: problems) else { return }
        bytesMax = map["max_bytes"]?.byteSize(in: problems, what: "max_bytes", range: Self.bytesMaxRange) ?? bytesMax
        if let age = map["max_age"], age.text != "none" { ageMaxMilliseconds = age.positiveDuration(in: problems, what: "max_age") }
        let whenFullText = map["when_full"]?.oneOf(WhenFull.allCases.map(\.rawValue), in: problems, what: "when_full")
        whenFull = whenFullText.flatMap(WhenFull.init) ?? whenFull
    }
}
