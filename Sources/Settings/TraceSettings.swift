// How much the agent remembers of what became of each call.

internal import Documents

/// The section `trace`; without it nothing is remembered.
package struct TraceSettings: Hashable, Sendable {
    package var ageMaxMilliseconds = Self.ageMaxMillisecondsDefault
    /// A call counts for each destination and each thing that becomes of it.
    package var callsMax = Self.callsMaxDefault

    package static let ageMaxMillisecondsDefault = 86_400_000
    package static let callsMaxDefault = 100_000
    /// Fewer would not hold what a few requests carry; more take gigabytes.
    package static let callsMaxRange = 10_000...10_000_000

    init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`trace`", keys: ["max_age", "max_calls"], in: problems) else { return }
        ageMaxMilliseconds = map["max_age"]?.positiveDuration(in: problems, what: "max_age") ?? ageMaxMilliseconds
        callsMax = map["max_calls"]?.integer(in: problems, what: "max_calls", range: Self.callsMaxRange) ?? callsMax
    }
}
