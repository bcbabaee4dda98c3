// `eventail test`: runs the tests inside rule files.

import Agent
import ArgumentParser
import Documents
import Rules

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
        var results: [RuleTestResult] = []
        do {
            let packs = try rules.packs()
            try packs.checkTogether()
            for pack in packs {
                results += try RuleTestRunner(version: programVersion).run(pack) { rule in filter.map { rule.name.contains($0) } ?? true }
            }
        } catch {
            throw Failure(error)
        }
        report(results)
        if results.contains(where: { !$0.passed }) { throw ExitCode(ExitStatus.ruleTestFailed.rawValue) }
    }

    private func report(_ results: [RuleTestResult]) {
        for result in results where !result.passed {
            print("failed: \(result.rule), test \(result.number) (\(result.place))", to: .output)
            for failure in result.failures { print("  \(failure)", to: .output) }
        }
        let failed = results.filter { !$0.passed }.count
        print("\(results.count - failed) passed, \(failed) failed", to: .output)
        if results.isEmpty { print("eventail: no test was found", to: .error) }
    }
}
