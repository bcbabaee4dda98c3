// Refusals in a row, rule by rule. When call after call of one rule is refused while calls of others are accepted, the rule is at
// fault, and trying the rest of its calls one by one would only cost requests and dead letters.

package struct RuleRefusals: Sendable {
    /// A rule whose calls are to be parked.
    package struct Culprit: Hashable, Sendable {
        package var rule: UInt32
        /// The receiver's answer to the last call that it refused.
        package var answer: String
    }

    private struct Run {
        var refusals = 0
        var answer = ""
        /// Whether something of another rule was accepted since the run began.
        var haveOthersPassed = false
    }

    /// By rule; what is accepted ends a rule's run.
    private var runs: [UInt32: Run] = [:]

    /// So many refusals in a row, while others pass, mean that the rule is at fault.
    package static let refusalsMax = 20
    /// Runs kept at once; one more starts the books anew.
    package static let runsMax = 1000

    package init() {}

    /// Whether there is a run that an acceptance may end.
    package var isEmpty: Bool { runs.isEmpty }

    /// A call of `rule` was refused.
    /// - Returns: the rule, when its calls are to be parked; its run is over then.
    package mutating func refused(rule: UInt32, answer: String) -> Culprit? {
        if runs[rule] == nil, runs.count == Self.runsMax { runs.removeAll() }
        runs[rule, default: Run()].refusals += 1
        runs[rule]?.answer = answer
        return takeFinished([rule]).first
    }

    /// Calls of exactly `rules` were accepted.
    /// - Returns: the rules whose calls are to be parked, because others pass; their runs are over then.
    package mutating func accepted(rules: Set<UInt32>) -> [Culprit] {
        for rule in rules { runs[rule] = nil }
        for rule in runs.keys { runs[rule]?.haveOthersPassed = true }
        return takeFinished(runs.keys.sorted())
    }

    private mutating func takeFinished(_ rules: [UInt32]) -> [Culprit] {
        rules.compactMap { rule in
            guard let run = runs[rule], run.haveOthersPassed, run.refusals >= Self.refusalsMax else { return nil }
            runs[rule] = nil
            return Culprit(rule: rule, answer: run.answer)
        }
    }
}
