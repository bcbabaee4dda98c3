// `derive` and `explain` on journals: what they read, what they print, and what they say when there is nothing to read.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: JournalFolder.isAvailable, Comment(rawValue: JournalFolder.whyNot ?? "")))
struct JournalCommandTests {
    private let journal: JournalFolder
    private let folder: TemporaryFolder

    private static let rules = #"""
        rules:
          - name: action
            match: '^user=(?<userId>\S+) did (?<what>\S+) n=(?<n>\d+)$'
            where: { _SYSTEMD_UNIT: [shop.service, web.service], SHOP_PLAN: { not: free } }
            types: { n: integer }
            track: Action Done
            add: { pid: '{{ _PID }}' }
        """#

    init() throws {
        journal = try JournalFolder()
        folder = try TemporaryFolder()
        try folder.write(Self.rules, to: "shop.yaml")
    }

    private static func entry(_ number: Int, unit: String = "shop.service", plan: String = "pro", _ message: String? = nil) -> WrittenEntry
    {
        let message = message ?? String(Scene.line(number).dropLast())
        return WrittenEntry(
            number, ("MESSAGE", message), ("_SYSTEMD_UNIT", unit), ("_PID", "\(100 + number)"), ("SHOP_PLAN", plan),
            ("_TRANSPORT", "journal")
        )
    }

    private func run(_ command: String, _ arguments: String..., launcher: [String] = []) async throws -> Program.Outcome {
        try await RunningProgram(
            [command, "--rules", folder.url("shop.yaml").path] + arguments, launcher: launcher
        ).end()
    }

    @Test func derivedCallsAreThoseThatRunSends() async throws {
        try journal.write((0..<40).map { Self.entry($0, unit: $0 % 4 == 0 ? "web.service" : "shop.service") })
        let scene = try await Scene(
            rules: Self.rules,
            files: """
                    journald: { units: [shop], directory: \(journal.path), start_at: beginning }
                """)
        let once = try await scene.runOnce()
        #expect(once.status == 0, "\(once.error)")
        let sent = try scene.arrivedCalls()
        #expect(sent.values.map(\.number).sorted() == (0..<40).filter { $0 % 4 != 0 })
        let derived = try await run("derive", "--id-scope", "test", "--journald", "shop", "--directory", journal.path)
        #expect(derived.status == 0 && derived.error == "", "\(derived.error)")
        #expect(Set(try Call.all(inLines: derived.lines).map(\.messageID)) == Set(sent.keys))
        let bodies = scene.receiver.requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        for line in derived.lines { #expect(bodies.contains(line)) }
    }

    @Test func journalCanBeNarrowed() async throws {
        try journal.write((0..<9).map { Self.entry($0, unit: ["shop.service", "web.service", "ssh.service"][$0 % 3]) })
        func numbers(_ options: String...) async throws -> [Int] {
            let outcome = try await RunningProgram(
                ["derive", "--id-scope", "x", "--rules", folder.url("shop.yaml").path, "--directory", journal.path] + options
            ).end()
            #expect(outcome.status == 0, "\(outcome.error)")
            return try Call.all(inLines: outcome.lines).map(\.number)
        }
        #expect(try await numbers("--journald", "all") == [0, 1, 3, 4, 6, 7])
        #expect(try await numbers("--journald", "web") == [1, 4, 7])
        #expect(try await numbers("--journald", "web", "--journald", "shop.service", "--since", Self.time(of: 4)) == [4, 6, 7])
        #expect(try await numbers("--journald", "all", "--match", "_PID=103", "--match", "_PID=104", "--match", "SHOP_PLAN=pro") == [3, 4])
        #expect(try await numbers("--journald", "all", "--since", "1m") == [])
    }

    private static func time(of number: Int) -> String {
        let seconds = Double(WrittenEntry(number).realtime) / 1_000_000
        return Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }

    @Test func originOfACallIsTheTimeOfItsEntry() async throws {
        try journal.write([Self.entry(3)])
        let outcome = try await run("derive", "--origin", "--journald", "all", "--directory", journal.path)
        #expect(outcome.output.hasSuffix(#","_origin":{"rule":"action","realtime_us":\#(WrittenEntry(3).realtime)}}"# + "\n"))
    }

    @Test func invalidTextAndTextThatIsNoneGiveCallsOfValidJSON() async throws {
        var entry = Self.entry(0)
        entry.fields[2].value = [0xFF, 0, 0x1B, 10, UInt8(ascii: "\""), 0xC3]
        try journal.write([entry, WrittenEntry(1, ("_PID", "5")), Self.entry(2)])
        let outcome = try await run("derive", "--journald", "all", "--directory", journal.path)
        #expect(try Call.all(inLines: outcome.lines).map(\.number) == [0, 2])
    }

    @Test func explanationIsOfMessagesAndNamesTheFieldThatFailed() async throws {
        try journal.write([
            Self.entry(0), Self.entry(1, plan: "free"), Self.entry(2, "user=u1 did it\nn=7"), WrittenEntry(3, ("SHOP_PLAN", "no message")),
        ])
        let outcome = try await run("explain", "--journald", "all", "--directory", journal.path)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("1: user=u0 did it n=0\n   action"))
        #expect(outcome.output.contains("userId = u0"))
        #expect(outcome.output.contains("where SHOP_PLAN: wants not: free, finds free"))
        #expect(outcome.output.contains(#"3: user=u1 did it\nn=7"#))
        #expect(outcome.output.contains("1 of 4 messages were matched by a rule"))
        let missed = try await run("explain", "--missed", "--journald", "shop.service", "--directory", journal.path)
        #expect(missed.output.contains("1 of 3 messages were matched by a rule"))
    }

    @Test func whereThereIsNothingToReadItIsSaid() async throws {
        let missing = try await run("derive", "--journald", "all", "--directory", "/nowhere/at/all")
        #expect(missing.status == 1 && missing.error.contains("can't read the journal in /nowhere/at/all: no such file or directory"))
        let empty = try await run("explain", "--journald", "all", "--directory", journal.path)
        #expect(empty.status == 1 && empty.error.contains("there is no journal file in \(journal.path)"))
        let unit = try await run("derive", "--journald", "sh*", "--directory", journal.path)
        #expect(unit.status == 2 && unit.error.contains("`sh*` is no name of a unit") && unit.error.contains("all is every unit"))
        let match = try await run("derive", "--journald", "all", "--match", "shop")
        #expect(match.status == 2 && match.error.contains("`shop` is no match") && match.error.contains("FIELD=value"))
        let time = try await run("derive", "--journald", "all", "--since", "yesterday")
        #expect(time.status == 2 && time.error.contains("`yesterday` is no time"))
        let both = try await run("derive", "--journald", "all", "app.log")
        #expect(both.status == 2 && both.error.contains("--journald does not go with log files"))
        let neither = try await run("explain")
        #expect(neither.status == 2 && neither.error.contains("--journald UNIT"))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to become one who may not read the file"))
    func whoMayNotReadIsToldWhichGroupToJoin() async throws {
        try journal.write([Self.entry(0)])
        #expect(chown(journal.file("system.journal"), 65_534, 65_534) == 0 && chmod(journal.file("system.journal"), 0o600) == 0)
        let launcher = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        let denied = try await run("derive", "--journald", "all", "--directory", journal.path, launcher: launcher)
        #expect(denied.status == 1 && denied.output == "")
        #expect(denied.error.contains("no permission to read \(journal.file("system.journal"))"))
        #expect(denied.error.contains("run it as a member of the group systemd-journal"))
        // What can be read is read, and the rest is told of.
        try journal.write([Self.entry(1)], to: "other.journal")
        let partly = try await run("derive", "--journald", "all", "--directory", journal.path, launcher: launcher)
        #expect(try Call.all(inLines: partly.lines).map(\.number) == [1])
        #expect(partly.status == 0 && partly.error.contains("no permission to read the journal"))
    }

    @Test func damagedFileIsToldOfAndTheOthersAreRead() async throws {
        try journal.write([Self.entry(0)])
        try Data("no journal".utf8).write(to: URL(fileURLWithPath: journal.file("bad.journal")))
        let outcome = try await run("derive", "--journald", "all", "--directory", journal.path)
        #expect(try Call.all(inLines: outcome.lines).map(\.number) == [0])
        #expect(outcome.error.contains("journal file is damaged") && outcome.error.contains("bad.journal"))
    }

    @Test func rulesForTheJournalAreNotRunOnLines() async throws {
        try folder.write("format: journald\n" + Self.rules, to: "shop.yaml")
        let outcome = try await run("derive", "/dev/null")
        #expect(outcome.status == 2 && outcome.error.contains("are for entries of the journal, not for lines"))
        #expect(outcome.error.contains("--journald UNIT"))
        try journal.write([Self.entry(0)])
        #expect(try await run("derive", "--journald", "all", "--directory", journal.path).lines.count == 1)
    }

    @Test func packThatSaysHowLinesMakeRecordsReadsEntriesAsTheyAre() async throws {
        try folder.write("multiline: { starts_with: '^user=' }\n" + Self.rules, to: "shop.yaml")
        try journal.write([Self.entry(0), Self.entry(1, "  at somewhere"), Self.entry(2)])
        let outcome = try await run("derive", "--journald", "all", "--directory", journal.path)
        #expect(try Call.all(inLines: outcome.lines).map(\.number) == [0, 2])
        try folder.write("format: journald\nmultiline: { preset: java }\n" + Self.rules, to: "shop.yaml")
        let refused = try await run("derive", "--journald", "all", "--directory", journal.path)
        #expect(refused.status == 78 && refused.error.contains("an entry of the journal is one record"))
    }
}
