// What the commands say and return: the fixed points that scripts rely on, and the errors that people read.

import Foundation
import Testing

struct CommandTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func rules(_ name: String) -> String { repository.appendingPathComponent("rules/\(name)").path }

    private static let accessLog = repository.appendingPathComponent("Sources/eventail/Demo/access.log").path

    @Test func shippedRulesPassTheirOwnTests() async throws {
        let outcome = try await Program.run("test", "--rules", Self.rules(""))
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.hasSuffix(" passed, 0 failed\n"))
        #expect(!outcome.output.hasPrefix("0 passed"))
    }

    @Test func deriveNamesTheUserOfEveryLineOfACapturedAccessLog() async throws {
        let outcome = try await Program.run("derive", "--rules", Self.rules("nginx.yaml"), "--origin", "--id-scope", "x", Self.accessLog)
        #expect(outcome.status == 0)
        var users: [Int: String] = [:]
        for line in outcome.lines {
            let call = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let origin = try #require(call["_origin"] as? [String: Any])
            let properties = try #require(call["properties"] as? [String: Any])
            users[try #require(origin["line"] as? Int)] = call["userId"] as? String ?? properties["username"] as? String
        }
        // The names that were sent, three requests each; the two lines 61 and 62 are failed sign-ins. The long name stands for all
        // that nginx writes without escapes.
        let names = [
            "alice", "bob@example.com", "jürgen", "O'Leary", #"we"ird"#, "sp ace", #"back\slash"#, nil, String(repeating: "x", count: 300),
            #"DOMAIN\carol"#, "名前", "emoji😀", "tab\there", "a=b&c", "[brackets]", "+48500100200", "00000000-0000-4000-8000-000000000001",
            "null", "root]", #""" 200 1 "-" "x"#,
        ]
        for (index, name) in names.enumerated() {
            for line in 3 * index + 1...3 * index + 3 { #expect(users[line] == name, "line \(line)") }
        }
        #expect(users[61] == "mallory")
        #expect(users[62] == "alice")
        #expect(users[81] == "alice")
        #expect(users.count == 3 * 19 + 3)
    }

    @Test func originGivesRuleFileLineAndOffset() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Scene.rules, to: "r.yaml")
        try folder.write("nothing\r\n" + Scene.line(5) + "\n" + Scene.line(6), to: "a.log")
        let outcome = try await Program.run("derive", "--rules", folder.url("r.yaml").path, "--origin", folder.url("a.log").path)
        let tails = outcome.lines.map { line in line.range(of: #","_origin":"#).map { String(line[$0.lowerBound...]) } }
        let file = folder.url("a.log").path.replacingOccurrences(of: "/", with: "/")
        #expect(
            tails == [
                #","_origin":{"rule":"action","file":"\#(file)","line":2,"offset":9}}"#,
                #","_origin":{"rule":"action","file":"\#(file)","line":4,"offset":\#(10 + Scene.line(5).utf8.count)}}"#,
            ])
    }

    @Test func deriveDecompressesAFileAndSaysWhereThatEndsTooEarly() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Scene.rules, to: "r.yaml")
        try folder.write((0..<20_000).map(Scene.line).joined(), to: "a.log")
        let rules = ["--rules", folder.url("r.yaml").path, "--now", "2026-01-01T00:00:00Z"]
        let plain = try await Program.run("derive", rules[0], rules[1], rules[2], rules[3], folder.url("a.log").path)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", folder.url("a.log").path]
        try gzip.run()
        gzip.waitUntilExit()
        let whole = try await Program.run("derive", rules[0], rules[1], rules[2], rules[3], folder.url("a.log.gz").path)
        #expect(whole.status == 0 && whole.output == plain.output && whole.lines.count == 20_000)
        let bytes = try Data(contentsOf: folder.url("a.log.gz"))
        try folder.write(bytes.prefix(bytes.count / 2), to: "half")
        let half = try await Program.run("derive", rules[0], rules[1], rules[2], rules[3], folder.url("half").path)
        #expect(half.status == 1)
        #expect(half.error.contains("the gz content has no end"))
        #expect(plain.output.hasPrefix(half.output) && !half.lines.isEmpty)
    }

    @Test func deriveReadsStandardInputAndTheIdsDoNotDependOnTheFilesName() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Scene.rules, to: "r.yaml")
        try folder.write(Scene.line(1) + Scene.line(2), to: "a.log")
        let file = try await Program.run(
            "derive", "--rules", folder.url("r.yaml").path, "--now", "2026-01-01T00:00:00Z", folder.url("a.log").path)
        let input = try await Program.run(
            "derive", "--rules", folder.url("r.yaml").path, "--now", "2026-01-01T00:00:00Z",
            input: Array((Scene.line(1) + Scene.line(2)).utf8))
        #expect(file.output == input.output)
        #expect(file.lines.count == 2)
        #expect(file.lines[0].hasPrefix(#"{"type":"track","messageId":""#))
        #expect(
            file.lines[0].contains(
                #""timestamp":"2026-01-01T00:00:00.000Z","userId":"u1","event":"Action Done","properties":{"what":"it","n":1},"context":{"library":{"name":"eventail","version":""#
            ))
    }

    @Test func aFailingRuleTestSaysWhatDiffersAndReturns65() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Scene.rules + """

                    tests:
                      - line: user=u1 did it n=1
                        expect: [{ type: track, userId: u2, properties: { what: it, n: 2 } }]
                """, to: "r.yaml")
        let outcome = try await Program.run("test", "--rules", folder.url("r.yaml").path)
        #expect(outcome.status == 65)
        #expect(outcome.output.contains(#"userId: expected "u2", got "u1""#))
        #expect(outcome.output.contains("properties.n: expected 2, got 1"))
        #expect(outcome.output.hasSuffix("0 passed, 1 failed\n"))
    }

    @Test func wrongUsageReturns2() async throws {
        #expect(try await Program.run("derive").status == 2)
        #expect(try await Program.run("run", "--no-such-option").status == 2)
        #expect(try await Program.run("nonsense").status == 2)
        #expect(try await Program.run("derive", "--rules", Self.rules("nginx.yaml"), "--now", "yesterday", "/dev/null").status == 2)
        #expect(try await Program.run("derive", "--help").status == 0)
    }

    @Test func everyCommandsHelpHasAnExample() async throws {
        for command in ["run", "check", "test", "derive", "receive", "demo", "version"] {
            let outcome = try await Program.run(command, "--help")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("eventail \(command)"), "\(command)")
            #expect(outcome.output.contains("Example"), "\(command)")
        }
    }

    @Test func aFileThatCannotBeReadIsAFailureWithItsName() async throws {
        let outcome = try await Program.run("derive", "--rules", Self.rules("nginx.yaml"), "/nonexistent.log")
        #expect(outcome.status == 1)
        #expect(outcome.error == "eventail: can't read /nonexistent.log: No such file or directory\n")
    }

    @Test func allMistakesOfARuleFileAreReportedAtOnceWithPlaceAndHint() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            #"""
            rules:
              - name: one
                macth: 'user=(?<userId>\S+)'
                track: A
              - name: two
                match: 'user=(?<userId>\S+'
                track: B
              - name: three
                match: 'user=(\S+)'
                track: C
            """#, to: "r.yaml")
        let outcome = try await Program.run("check", "--rules", folder.url("r.yaml").path)
        #expect(outcome.status == 78)
        let path = folder.url("r.yaml").path
        #expect(outcome.error.contains("\(path):3:5: unknown key `macth` in a rule"))
        #expect(outcome.error.contains("hint: did you mean `match`?"))
        #expect(outcome.error.contains("\(path):6:31: `match` is not a valid pattern: missing closing parenthesis"))
        #expect(outcome.error.contains("\(path):10:5: a track call needs a `userId` or an `anonymousId`"))
    }

    @Test func mistakesInTheConfigurationReturn78() async throws {
        let scene = try await Scene()
        try scene.folder.write("", to: "key")
        let emptyKey = try await Program.run("check", "--config", scene.configuration)
        #expect(emptyKey.status == 78)
        #expect(emptyKey.error.contains("key"))
        try FileManager.default.removeItem(at: scene.folder.url("key"))
        let missingKey = try await Program.run("run", "--config", scene.configuration)
        #expect(missingKey.status == 78)
        #expect(missingKey.error.contains(scene.folder.url("key").path))
        #expect(missingKey.error.contains("hint:"))
        #expect(try await Program.run("check", "--config", "/nonexistent.yaml").status == 78)
    }

    @Test func aWorldReadableKeyIsRefusedAndNeverShown() async throws {
        let scene = try await Scene()
        try scene.folder.write("pk_secret".utf8, to: "key", permissions: 0o644)
        let outcome = try await Program.run("run", "--config", scene.configuration)
        #expect(outcome.status == 78)
        #expect(!outcome.error.contains("pk_secret"))
        #expect(outcome.error.contains("chmod"))
    }

    @Test func aStateDirectoryThatCannotBeMadeIsAFailureWithItsPath() async throws {
        let scene = try await Scene()
        try scene.folder.write("in the way", to: "state")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 1)
        #expect(outcome.error.contains(scene.folder.url("state").path))
        #expect(outcome.error.contains("hint:"))
    }

    @Test func startAtEndThatReadsNothingSaysSo() async throws {
        let scene = try await Scene()
        let text = scene.folder.text("eventail.yaml").replacingOccurrences(of: "start_at: beginning", with: "start_at: end")
        try scene.folder.write(text, to: "eventail.yaml")
        try scene.folder.write(Scene.line(0), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("start_at: beginning"))
        #expect(try scene.arrivedCalls().isEmpty)
    }

    @Test func aSourceWithoutAFileIsToldOf() async throws {
        let scene = try await Scene()
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("warning: no file is there yet, one that appears will be followed"))
        #expect(outcome.error.contains("log/*.log"))
    }

    @Test func demoEndsWithNothingLostAndNothingDoubled() async throws {
        let outcome = try await Program.run("demo", "--seconds", "6", "--rules", Self.rules(""))
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.error)")
        let table = outcome.lines.suffix(10).map { $0.split(separator: " ").joined(separator: " ") }
        #expect(table.contains("lost 0"))
        #expect(table.contains("duplicates 0"))
        #expect(table.contains("lines written 240"))
        #expect(table.contains("records read 240"))
    }

    /// Rules that no scan can help, too many rules, and too large ones: told of, or refused with a reason, and never a hang.
    @Test func rulesMadeToDefeatTheScanAreBounded() async throws {
        let folder = try TemporaryFolder()
        func check(_ patterns: [String], _ options: String...) async throws -> Program.Outcome {
            let rules = patterns.enumerated().map { "  - { name: r\($0), match: '\($1)', track: E\($0) }\n" }
            try folder.write("rules:\n" + rules.joined(), to: "r.yaml")
            return try await RunningProgram(["check", "--rules", folder.url("r.yaml").path] + options).end()
        }
        let blind = try await check(["(?<userId>a)", ".*(?<userId>b)", "(x|y|z)(?<userId>.)", "order (?<userId>.)"])
        #expect(blind.status == 0)
        #expect(blind.output.contains(#/warning: 3 rules look at every record \(r0, r1, r2\), which takes about \d+ ns for each/#))
        let listed = try await check(["(?<userId>a)", "order (?<userId>.)"], "-v")
        #expect(listed.output.contains(#/r0 .* looks at every record.*; about \d+ ns each/#))
        #expect(listed.output.contains("looks at records that hold `order `"))

        let many = try await check((0..<5_000).map { "event=thing_\($0) user=(?<userId>\\S+)" })
        #expect(many.status == 0 && many.output.contains("5000 rules"))
        let blindMany = try await check((0..<5_000).map { ".*(?<userId>\\d+)\($0 % 10)" })
        #expect(blindMany.status == 0 && blindMany.output.contains("5000 rules look at every record (r0, r1, r2, r3, r4, …)"))

        let words = (0..<1_000_000).lazy.map { "w\(1_000_000 + $0)" }
        let huge = try await check(["(?<userId>u) (?:\(words.joined(separator: "|")))"])
        #expect(huge.status == 78 && huge.error.contains("is larger than"))
        let large = try await check(["(?<userId>u) (?:\(words.prefix(20_000).joined(separator: "|")))"])
        #expect(large.status == 78 && large.error.contains("at most 65536 are allowed"))
    }
}
