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

    /// A line for each thing that a rule's tests leave untried: where the rule stands, its name, and what.
    package func coverageGaps() throws(AgentError) -> [String] {
        try AgentError.wrapping {
            let runner = RuleTestRunner(version: programVersion)
            return try packs.flatMap { try runner.coverage(of: $0) }.flatMap { rule in
                rule.gaps.map { "\(rule.place): \(rule.rule): \($0)" }
            }
        }
    }

    /// Remarks on what is allowed and often a mistake: where, what, and what to do; several lines each.
    package func lints(color: Bool) -> [String] {
        ruleSets.flatMap(\.lints).map { $0.text(color: color) }
    }
}
