// `eventail test`: runs the tests inside rule files.

import Agent
import ArgumentParser
import Glibc

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
              eventail test --rules rules.d --junit report.xml --coverage
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("Only rules whose name contains this.", valueName: "text"))
    var filter: String?

    @Option(help: ArgumentHelp("Also write a report for build servers, in JUnit's XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Also tell what no test tries: rules, patterns, groups.")
    var coverage = false

    func run() throws {
        let files = try RuleFiles(paths: rules.paths)
        let outcomes = try files.runTests(filter: filter)
        for outcome in outcomes where !outcome.failures.isEmpty {
            print("failed: \(outcome.rule), test \(outcome.number) (\(outcome.place))", to: .output)
            for failure in outcome.failures { print("  \(Printable.text(failure))", to: .output) }
        }
        if coverage {
            let gaps = try files.coverageGaps()
            for gap in gaps { print("untried: \(Printable.text(gap))", to: .output) }
            if gaps.isEmpty { print("every rule, pattern, alternative and group is tried by a test", to: .output) }
        }
        if let junit { try write(JUnitReport(outcomes).text, to: junit) }
        let failed = outcomes.filter { !$0.failures.isEmpty }.count
        print("\(outcomes.count - failed) passed, \(failed) failed", to: .output)
        if outcomes.isEmpty { print("eventail: no test was found", to: .error) }
        if failed > 0 { throw ExitCode(ExitStatus.ruleTestFailed.rawValue) }
    }

    private func write(_ text: String, to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't write \(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let output = BufferedOutput(descriptor: descriptor)
        output.append(text.utf8)
        do {
            try output.flush()
        } catch {
            throw AgentError(.failure, "can't write \(file): \(String(cString: strerror(error.number)))")
        }
    }
}
