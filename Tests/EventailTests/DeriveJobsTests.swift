// Several threads derive what one would: the same calls in the same order, byte for byte, also where lines lie across the places at
// which files are cut, and up to the same point where a file cannot be read.

import Foundation
import RandomSupport
import Testing

struct DeriveJobsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Scene.rules, to: "r.yaml")
    }

    private func derive(_ files: [String], jobs: Int, _ options: String...) async throws -> Program.Outcome {
        let paths = files.map { folder.url($0).path }
        let common = ["derive", "--rules", folder.url("r.yaml").path, "--id-scope", "x", "--now", "2026-11-23T00:00:00Z"]
        return try await RunningProgram(common + ["--jobs", "\(jobs)"] + options + paths).end()
    }

    /// About 40 MB: short lines, long ones that no part holds alone, some of them too long for a record, and an unfinished last one.
    private func writeLongLog() throws {
        var random = SeededRandom(seed: 1)
        var text: [UInt8] = []
        var number = 0
        while text.count < 40 << 20 {
            for _ in 0..<random.number(in: 1...3000) {
                text += Array(Scene.line(number).utf8)
                text += Array(repeating: UInt8(ascii: "-"), count: random.number(in: 0...300)) + [10]
                number += 1
            }
            text += Array(repeating: UInt8(ascii: "="), count: random.oneOf([100_000, 250_000, 300_000, 9 << 20])) + [10]
        }
        text += Array(Scene.line(number).utf8.dropLast())
        try folder.write(text, to: "long.log")
    }

    @Test func theOutputIsTheSameForAnyNumberOfThreads() async throws {
        try writeLongLog()
        for index in 0..<20 { try folder.write((0..<index * 50).map { Scene.line($0) }.joined(), to: "short\(index).log") }
        let files = (0..<10).map { "short\($0).log" } + ["long.log"] + (10..<20).map { "short\($0).log" } + ["long.log"]
        let one = try await derive(files, jobs: 1)
        try #require(one.status == 0 && one.lines.count > 10_000)
        for jobs in [2, 3, 8] {
            let several = try await derive(files, jobs: jobs)
            #expect(several.output == one.output && several.error == one.error && several.status == 0, "\(jobs) jobs")
        }
        let origins = try await derive(files, jobs: 1, "--origin")
        #expect(try await derive(files, jobs: 4, "--origin").output == origins.output)
        #expect(origins.lines.count == one.lines.count)
    }

    @Test func whatStandsBeforeAFileThatCannotBeReadIsPrinted() async throws {
        try folder.write((0..<2000).map { Scene.line($0) }.joined(), to: "a.log")
        let whole = try await derive(["a.log"], jobs: 1)
        for jobs in [1, 4] {
            let outcome = try await derive(["a.log", "missing.log", "a.log", "also-missing.log"], jobs: jobs)
            #expect(outcome.status == 1 && outcome.output == whole.output, "\(jobs) jobs")
            #expect(outcome.error.contains("can't read \(folder.url("missing.log").path): No such file or directory"))
        }
    }

    /// Records of several lines are not cut from each other.
    @Test func recordsOfSeveralLinesAreDerivedFileByFile() async throws {
        try folder.write(
            #"""
            multiline: { starts_with: '^user=' }
            rules: [{ name: all, match: '(?s)^user=(?<userId>\S+).*n=(?<n>\d+)', types: { n: integer }, track: All }]
            """#, to: "r.yaml")
        let text = (0..<200_000).map { "user=u\($0 % 7)\n and more\n n=\($0)\n" }.joined()
        for name in ["a.log", "b.log", "c.log"] { try folder.write(text + "user=\(name)\n n=1\n", to: name) }
        let one = try await derive(["a.log", "b.log", "c.log"], jobs: 1)
        #expect(one.lines.count == 600_003)
        #expect(try await derive(["a.log", "b.log", "c.log"], jobs: 3).output == one.output)
    }
}
