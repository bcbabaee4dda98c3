// Running the tests inside rule files, and what a report of them holds.

import Documents
import Rules

/// What became of one test inside a rule file.
package struct RuleTestOutcome: Sendable {
    package let pack: String
    package let rule: String
    package let number: Int
    /// `file:line:column`.
    package let place: String
    /// What differs, a line each; empty when the test passed.
    package let failures: [String]
}

extension RuleFiles {
    /// Runs the tests of the rules whose names hold `filter`; nil: of all rules.
    package func runTests(filter: String?) throws(AgentError) -> [RuleTestOutcome] {
        try AgentError.wrapping {
            let runner = RuleTestRunner(version: programVersion)
            return try packs.flatMap { pack in
                try runner.run(pack) { rule in filter.map { rule.name.contains($0) } ?? true }.map { result in
                    RuleTestOutcome(
                        pack: result.pack, rule: result.rule, number: result.number, place: "\(result.place)", failures: result.failures)
                }
            }
        }
    }

    /// A line for each rule whose tests leave something untried: where it stands, and what.
    package func coverageGaps() throws(AgentError) -> [String] {
        try AgentError.wrapping {
            let runner = RuleTestRunner(version: programVersion)
            return try packs.flatMap { try runner.coverage(of: $0) }.filter { !$0.gaps.isEmpty }.map { rule in
                "\(rule.rule) (\(rule.place)): \(rule.gaps.joined(separator: "; "))"
            }
        }
    }

    /// Remarks on what is allowed and often a mistake: where, what, and what to do; several lines each.
    package func lints(color: Bool) -> [String] {
        ruleSets.flatMap(\.lints).map { $0.text(color: color) }
    }
}
