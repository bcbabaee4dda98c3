// `eventail test`: runs the tests inside rule files.

import Agent
import ArgumentParser

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the tests inside rule files.",
        discussion: """
            Each test's lines go through the same path as a log's; what differs from `expect` is printed. Exit code 65 when a \
            test fails.

            Examples:
              eventail test --rules rules
              eventail test --rules rules.d/shop.yaml --filter order
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("Only rules whose name contains this.", valueName: "text"))
    var filter: String?

    func run() throws {
        let outcomes = try RuleFiles(paths: rules.paths).runTests(filter: filter)
        for outcome in outcomes where !outcome.failures.isEmpty {
            print("failed: \(outcome.title)", to: .output)
            for failure in outcome.failures { print("  \(failure)", to: .output) }
        }
        let failed = outcomes.filter { !$0.failures.isEmpty }.count
        print("\(outcomes.count - failed) passed, \(failed) failed", to: .output)
        if outcomes.isEmpty { print("eventail: no test was found", to: .error) }
        if failed > 0 { throw ExitCode(ExitStatus.ruleTestFailed.rawValue) }
    }
}
