// Running the tests inside rule files.

import Calls
import Rules

/// What became of one test inside a rule file.
package struct RuleTestOutcome: Sendable {
    /// The rule, the test's number within it, and its place.
    package let title: String
    /// What differs, a line each; empty when the test passed.
    package let failures: [String]
}

extension RuleFiles {
    /// Runs the tests of the rules whose names hold `filter`; nil: of all rules.
    package func runTests(filter: String?) throws(AgentError) -> [RuleTestOutcome] {
        try AgentError.wrapping {
            let runner = RuleTestRunner(version: programVersion)
            return try ruleSet.packs.flatMap { pack in
                try runner.run(pack) { rule in filter.map { rule.name.contains($0) } ?? true }.map { result in
                    RuleTestOutcome(title: "\(result.rule), test \(result.number) (\(result.place))", failures: result.failures)
                }
            }
        }
    }
}
