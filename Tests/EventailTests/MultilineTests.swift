// Records of several lines through the real program: followed as they are written, read once, derived and explained.

import Foundation
import TestSupport
import Testing

struct MultilineTests {
    private static let rules = #"""
        multiline: { preset: java, timeout: 300ms }
        rules:
          - name: failed
            match: '^user=(?<userId>\S+) failed n=(?<n>\d+)\n\S+ boom\n\tat (?<where>\S+)$'
            types: { n: integer }
            track: Order Failed
        """#

    private static let now = "2026-11-23T06:37:03Z"

    private static func record(_ number: Int) -> String {
        "user=u\(number % 3) failed n=\(number)\njava.lang.Error: boom\n\tat shop.Order.\(number)\n"
    }

    @Test func tracesThatAreWrittenPieceByPieceArriveWholeThoughTheAgentIsKilled() async throws {
        // Longer than any pause that this test makes in the middle of a record.
        let scene = try await Scene(rules: Self.rules.replacingOccurrences(of: "300ms", with: "5s"))
        var agent = try scene.start()
        for number in 0..<60 {
            let record = Self.record(number)
            let cut = record.index(record.startIndex, offsetBy: number % record.count)
            try scene.folder.append(String(record[..<cut]), to: "log/app.log")
            try scene.folder.append(String(record[cut...]), to: "log/app.log")
            if number % 20 == 10 {
                agent.kill()
                agent = try scene.start()
            }
        }
        // The last one too, once the file has been quiet.
        try await eventually("all calls arrive") { try scene.arrivedCalls().count >= 60 }
        #expect(try await agent.stop().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<60))
        #expect(Set(try scene.arrivedCalls().keys) == Set(try await scene.derivedCalls("log/app.log").keys))
        #expect(try await scene.derivedTotal() == 60)
    }

    @Test func onceDeliversTheLastRecordToo() async throws {
        let scene = try await Scene(rules: Self.rules)
        try scene.folder.write(Self.record(0) + Self.record(1), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == [0, 1])
    }

    @Test func sourceDecidesHowLinesMakeRecords() async throws {
        let scene = try await Scene(rules: Self.rules, source: "    multiline: { starts_with: '^user=', timeout: 100ms }")
        try scene.folder.write(Self.record(0) + Self.record(1), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try scene.arrivedCalls().count == 2)
    }

    @Test func packsThatFrameOneSourceDifferentlyAreRefusedByRunAndReadByDerive() async throws {
        let scene = try await Scene(rules: Self.rules)
        let other = #"""
            rules:
              - { name: line, match: '^\tat (?<userId>\S+)', track: Seen }
            """#
        try scene.folder.write("multiline: { preset: indented, max_lines: 1 }\n" + other, to: "rules.d/lines.yaml")
        let refused = try await scene.runOnce()
        #expect(refused.status == 78)
        #expect(refused.error.contains("this `multiline` differs from the one at"))
        #expect(refused.error.contains("say `multiline` at the source"))

        let log = (0..<200).map(Self.record).joined()
        try scene.folder.write(log, to: "a.log")
        let file = try await Program.run(
            "derive", "--rules", scene.folder.url("rules.d").path, "--id-scope", "x", "--now", Self.now, "--origin",
            scene.folder.url("a.log").path)
        #expect(file.status == 0, "\(file.error)")
        let lines = file.lines.compactMap { line in line.firstMatch(of: #/"line":(\d+),"offset"/#).flatMap { Int($0.output.1) } }
        let expected: [Int] = (0..<200).flatMap { number in [3 * number + 1, 3 * number + 3] }
        #expect(lines == expected)
        let input = try await Program.run(
            "derive", "--rules", scene.folder.url("rules.d").path, "--id-scope", "x", "--now", Self.now, "--origin", input: Array(log.utf8))
        let named = input.output.replacingOccurrences(of: "\"file\":\"-\"", with: "\"file\":\"\(scene.folder.url("a.log").path)\"")
        #expect(named == file.output)
    }

    @Test func explanationIsOfWholeRecords() async throws {
        let scene = try await Scene(rules: Self.rules)
        try scene.folder.write(Self.record(7) + Self.record(8), to: "a.log")
        let outcome = try await Program.run("explain", "--rules", scene.folder.url("rules.d").path, scene.folder.url("a.log").path)
        #expect(outcome.output.contains("where = shop.Order.8"))
        #expect(outcome.output.contains("2 of 2 records were matched by a rule"))
    }
}
