// What `eventail explain` tells of lines, and the reports of `eventail test`.

import Foundation
import Testing

struct ExplainTests {
    private static let rules = #"""
        rules:
          - name: order
            match: '^order user=(?<userId>\S+) total=(?<total>[\d.]+) (?<currency>[A-Z]{3})$'
            where: { currency: [EUR, USD] }
            track: Order Completed
        """#

    private func explain(_ arguments: String...) async throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        try folder.write(Self.rules, to: "r.yaml")
        let running = try RunningProgram(["explain", "--rules", folder.url("r.yaml").path] + arguments)
        return try await running.end()
    }

    @Test func aMatchIsToldWithItsCapturesAndItsCall() async throws {
        let outcome = try await explain("order user=anna total=19.90 EUR")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("userId = anna"))
        #expect(outcome.output.contains("currency = EUR"))
        #expect(outcome.output.contains(#"→ {"type":"track""#))
        #expect(outcome.output.contains("1 of 1 lines were matched by a rule"))
    }

    @Test func aNearMissNamesThePartOfThePatternThatFailed() async throws {
        let outcome = try await explain("order user=anna total=free EUR")
        #expect(outcome.output.contains(#"matches up to  ^order user=(?<userId>\S+) total="#))
        #expect(outcome.output.contains(#"then wants     (?<total>[\d.]+) (?<currency>[A-Z]{3})$"#))
        #expect(outcome.output.contains("but finds      free EUR"))
    }

    @Test func aNearMissNamesTheConditionThatFailed() async throws {
        let outcome = try await explain("order user=anna total=1 PLN")
        #expect(outcome.output.contains("where currency: wants EUR or USD, finds PLN"))
    }

    @Test func missedLinesAreGroupedByShape() async throws {
        let folder = try TemporaryFolder()
        try folder.write("job 17 done in 5 ms\njob 18 done in 123 ms\norder user=a total=1 EUR\n\u{1B}[31mred\n", to: "a.log")
        let outcome = try await explain("--missed", folder.url("a.log").path)
        #expect(outcome.output.contains("2 × job # done in # ms"))
        #expect(!outcome.output.contains("\u{1B}"))
        #expect(outcome.output.contains("1 of 4 lines were matched by a rule"))
    }

    @Test func explanationsCanBeReadByPrograms() async throws {
        let outcome = try await explain("--json", "order user=anna total=2 EUR")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let match = try #require((object["matches"] as? [[String: Any]])?.first)
        #expect(match["rule"] as? String == "order")
        #expect((match["captures"] as? [String: String])?["userId"] == "anna")
    }

    @Test func testsCanNameAFileAndTheCallsItGivesAndBeReportedToBuildServers() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Self.rules + "\n    tests: [{ file: sample.log, expect_file: sample.ndjson }, { line: x, expect: [{ type: track }] }]\n",
            to: "r.yaml")
        try folder.write("noise\norder user=anna total=2 EUR\n", to: "sample.log")
        try folder.write(#"{"type":"track","userId":"anna","properties":{"total":"2","currency":"EUR"}}"# + "\n", to: "sample.ndjson")
        let outcome = try await Program.run(
            "test", "--rules", folder.url("r.yaml").path, "--junit", folder.url("report.xml").path, "--coverage")
        #expect(outcome.status == 65)
        #expect(outcome.output.hasSuffix("1 passed, 1 failed\n"))
        #expect(folder.text("report.xml").contains(#"<testsuite name="r" tests="2" failures="1">"#))
        #expect(folder.text("report.xml").contains(#"<testcase classname="order" name="test 1"/>"#))
        #expect(outcome.output.contains(/untried: \S+r\.yaml:\d+:\d+: order: no test in which it makes none\n/))
    }
}
