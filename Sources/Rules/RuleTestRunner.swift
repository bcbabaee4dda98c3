// Runs the tests inside rule files: their lines go through the same scan, patterns and writer as a log's, and the calls are
// compared with what the test expects.

import Calls
package import Documents
import Formats
import Records

/// What became of one test.
package struct RuleTestResult: Sendable {
    package let pack: String
    package let rule: String
    package let place: Place
    /// The number of the test within its rule, from 1.
    package let number: Int
    /// What differs, in words and lines of JSON; empty when the test passed.
    package let failures: [String]

    package var passed: Bool { failures.isEmpty }
}

package struct RuleTestRunner {
    private let version: String

    /// The clock of tests that state none: 2026-01-01T00:00:00Z.
    private static let defaultNowMilliseconds: Int64 = 1_767_225_600_000

    package init(version: String) {
        self.version = version
    }

    /// Runs the tests of those rules of the pack whose names `includes` accepts, in file order.
    /// - Throws: when the pack cannot be compiled to one scan.
    package func run(_ pack: Pack, includes: (Rule) -> Bool = { _ in true }) throws(Problems) -> [RuleTestResult] {
        let set = try RuleSet([pack])
        var deriver = Deriver(set, version: version)
        var results: [RuleTestResult] = []
        for (index, rule) in set.rules.enumerated() where includes(rule) {
            for (number, test) in rule.tests.enumerated() {
                let outcome = derive(test, rule: index, with: &deriver)
                results.append(
                    RuleTestResult(
                        pack: pack.stem, rule: rule.name, place: test.place, number: number + 1,
                        failures: failures(expected: test.expected, outcome)))
            }
        }
        return results
    }

    /// What the rule made of a test's lines.
    private struct Outcome: CallSink {
        let rule: Int
        var calls: [String] = []
        /// Calls that would not be sent, each with the reason.
        var refusals: [String] = []
        var counters = DeriverCounters.OfRule.zero

        mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
            guard facts.rule == rule else { return }
            let text = String(decoding: [UInt8](copying: call), as: UTF8.self)
            if case .reject(let reason) = facts.verdict {
                refusals.append("not sent (\(reason.rawValue)): \(text)")
            } else {
                calls.append(text)
            }
        }
    }

    /// The calls that the rule makes of the test's lines while all rules of the pack see them.
    private func derive(_ test: RuleTest, rule: Int, with deriver: inout Deriver) -> Outcome {
        let facts = BlockFacts(
            origin: RecordOrigin(scope: "test", fingerprint: [], generation: 0), offset: 0,
            nowMilliseconds: test.nowMilliseconds ?? Self.defaultNowMilliseconds, sourceName: Array("test".utf8),
            sourcePath: Array("test".utf8))
        var outcome = Outcome(rule: rule)
        if deriver.set.packs[0].format.envelope == .journald {
            deriver.derive(test.entries, facts, into: &outcome)
        } else {
            deriver.derive(Array(test.text.utf8).span, facts, into: &outcome)
        }
        outcome.counters = deriver.takeCounters().rules[rule]
        return outcome
    }

    private func failures(expected: [Node], _ outcome: Outcome) -> [String] {
        var failures: [String] = []
        let calls = outcome.calls
        guard expected.count == calls.count else {
            failures.append("expected \(expected.count) call\(expected.count == 1 ? "" : "s"), got \(calls.count)")
            if calls.count < expected.count { failures += reasons(outcome) }
            return failures + calls.map { "got: \($0)" }
        }
        for (node, call) in zip(expected, calls) {
            let differences = CallComparison(call).differences(from: node)
            failures += differences
            if !differences.isEmpty { failures.append("got: \(call)") }
        }
        return failures
    }

    /// Why there are fewer calls than a test expects.
    private func reasons(_ outcome: Outcome) -> [String] {
        var reasons = outcome.refusals
        if outcome.counters.matched == 0 { reasons.append("the rule did not match") }
        if outcome.counters.incomplete > 0 { reasons.append("a call lacked what its type needs, or named nobody") }
        if outcome.counters.limitHits > 0 { reasons.append("a pattern was given up: it goes back too often on this line") }
        return reasons
    }
}
