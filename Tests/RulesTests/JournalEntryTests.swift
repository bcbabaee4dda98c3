// Rules on entries of the journal: their names for fields, their ids, and the scan over blocks of entries.

import Calls
import Formats
import RandomSupport
import Records
import Rules
import Testing

/// Entries as a reader makes them; number `index` is a second behind the one before.
private func block(_ entries: [[(String, String)]], first: Int = 0) -> EntryBlock {
    var block = EntryBlock()
    for (index, fields) in entries.enumerated() {
        let time = 1_764_000_000_000_000 + UInt64(first + index) * 1_000_000
        block.beginEntry(
            EntryIdentity(
                bootHigh: 1, bootLow: 2, monotonicMicroseconds: time / 7, realtimeMicroseconds: time, fieldsHash: UInt64(first + index)))
        block.append("__REALTIME_TIMESTAMP", time)
        for (name, value) in fields { block.append(Array("\(name)=\(value)".utf8).span) }
    }
    return block
}

private func journalSet(_ yaml: String) throws -> RuleSet {
    try RuleSet([pack(yaml, override: Pack.Override(isJournal: true))])
}

private func derive(_ set: RuleSet, _ entries: borrowing EntryBlock) -> Derived {
    var deriver = Deriver(set, version: "test")
    var derived = Derived()
    let facts = BlockFacts(
        origin: origin, offset: 0, nowMilliseconds: noonMilliseconds, sourceName: Array("journal".utf8), sourcePath: Array("journal".utf8))
    deriver.derive(entries, facts, into: &derived)
    derived.counters = deriver.takeCounters()
    return derived
}

@Suite struct JournalEntryTests {
    @Test func aPackForSyslogServesForTheJournal() throws {
        let yaml = """
            format: syslog
            rules:
              - name: login
                where: { program: sshd }
                match: 'Accepted password for (?<userId>\\S+)'
                track: { event: User Signed In, properties: { host: '{{ host }}', pid: '{{ pid }}', program: '{{ program }}' } }
            """
        let entries = block([
            [
                ("_HOSTNAME", "web-1"), ("_PID", "812"), ("SYSLOG_PID", "1"), ("SYSLOG_IDENTIFIER", "sshd"), ("_COMM", "sshd-session"),
                ("MESSAGE", "Accepted password for anna from 192.0.2.7"),
            ],
            [("MESSAGE", "Accepted password for bob"), ("SYSLOG_PID", "9"), ("_COMM", "sshd"), ("_HOSTNAME", "web-2")],
            [("SYSLOG_IDENTIFIER", "other"), ("_COMM", "sshd"), ("MESSAGE", "Accepted password for carl")],
        ])
        let fromFile = try briefs(yaml, "Nov 23 06:37:03 web-1 sshd[812]: Accepted password for anna from 192.0.2.7\n")
        let fromJournal = derive(try journalSet(yaml), entries).briefs
        #expect(fromJournal.first == fromFile[0])
        #expect(fromJournal.count == 2)
        #expect(fromJournal.last?.contains(#""properties":{"host":"web-2","pid":"9","program":"sshd"}"#) == true)
    }

    @Test func fieldsHaveTheirOwnNames() throws {
        let set = try journalSet(
            """
            rules:
              - name: order
                where: { _SYSTEMD_UNIT: shop.service, SHOP_KIND: { exists: true } }
                match: '(?s)^order (?<userId>\\w+)\\n(?<rest>.*)$'
                track: { event: E, properties: { kind: '{{ SHOP_KIND }}', none: '{{ ABSENT }}' } }
            """)
        let entries = block([
            [("SHOP_KIND", "a\nb"), ("_SYSTEMD_UNIT", "shop.service"), ("MESSAGE", "order u1\nsecond\nthird")],
            [("SHOP_KIND", "x"), ("_SYSTEMD_UNIT", "other.service"), ("MESSAGE", "order u2\n")],
            [("SHOP_KIND", "x"), ("_SYSTEMD_UNIT", "shop.service")],
        ])
        #expect(derive(set, entries).briefs == [#"{"type":"track","userId":"u1","event":"E","properties":{"kind":"a\nb"}}"#])
        #expect(
            Set(set.journalFields) == [
                "MESSAGE", "_SYSTEMD_UNIT", "SHOP_KIND", "ABSENT", "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP",
            ])
    }

    @Test func messagesOfOtherFormatsAreTakenApart() throws {
        let set = try journalSet(
            """
            format: json
            rules:
              - name: login
                where: { event: login, _UID: '33' }
                track: { event: E, userId: '{{ user.id }}', properties: { unit: '{{ journald.UNIT_OF_APP }}', program: '{{ syslog.program }}', p: '{{ program }}' } }
            """)
        let message = #"{"event":"login","user":{"id":7},"program":"inner","_UID":"33","journald":{"UNIT_OF_APP":"forged"}}"#
        let fields = [("SYSLOG_IDENTIFIER", "shop"), ("UNIT_OF_APP", "real")]
        let entries = block([
            [("MESSAGE", message)] + fields + [("_UID", "33")],
            // No text can pass for what journald found out.
            [("MESSAGE", message)] + fields,
            [("MESSAGE", "not JSON"), ("_UID", "33")],
            [("_UID", "33")],
        ])
        let derived = derive(set, entries)
        #expect(
            derived.briefs == [
                #"{"type":"track","userId":"7","event":"E","properties":{"unit":"real","program":"shop","p":"inner"}}"#
            ])
    }

    @Test func timesAreJournaldsUnlessARuleSaysOtherwise() throws {
        let yaml = """
            timestamp: { format: '%d.%m.%Y %H:%M:%S' }
            rules:
              - { name: own, match: 'own (?<timestamp>[\\d.]+ [\\d:]+)', track: { event: E, userId: u } }
              - { name: entry, match: 'entry', track: { event: E, userId: u } }
            """
        let entries = block([
            [("MESSAGE", "own 05.03.2025 06:07:08")], [("MESSAGE", "entry")],
            [("MESSAGE", "entry"), ("_SOURCE_REALTIME_TIMESTAMP", "1763999999123456")],
            [("_SOURCE_REALTIME_TIMESTAMP", "1763999999123456"), ("MESSAGE", "entry")],
        ])
        #expect(
            derive(try journalSet(yaml), entries).made.map(\.timestamp) == [
                "2025-03-05T06:07:08.000Z", "2025-11-24T16:00:01.000Z", "2025-11-24T15:59:59.123Z", "2025-11-24T15:59:59.123Z",
            ])
    }

    @Test func noLinePassesForAnEntry() throws {
        let set = try journalSet("rules: [{ name: r, where: { _UID: '0' }, track: { event: E, userId: u } }]")
        let forged = block([[("_UID", "0"), ("MESSAGE", "x")]])
        #expect(derive(set, forged).made.count == 1)
        #expect(derive(set, Array(forged.bytes[EntryIdentity.byteCount...])).made.isEmpty)
        #expect(derive(set, forged.bytes).made.isEmpty)
    }

    @Test func idsAreOfTheEntryAndItsTextAlone() throws {
        let yaml = "rules: [{ name: r, match: 'order', track: { event: E, userId: u } }]"
        func ids(_ entries: EntryBlock) throws -> [String] { derive(try journalSet(yaml), entries).made.map(\.messageID) }
        let texts = (0..<5).map { [("MESSAGE", "order \($0)\nrest")] }
        let all = try ids(block(texts))
        #expect(Set(all).count == 5)
        // In another block, with another place in it, other fields and other lines behind the first.
        #expect(
            try ids(block([[("OTHER", "order"), ("MESSAGE", "order 3\nelse")], [("MESSAGE", "order 4")]], first: 3)) == Array(all[3...]))
        #expect(try ids(block([[("MESSAGE", "order 3\nrest")]], first: 2))[0] != all[3])
        #expect(try derive(yaml, "order 3\n").made[0].messageID != all[3])
    }

    @Test func rawIsTheMessage() throws {
        let set = try journalSet(
            "format: json\nrules: [{ name: r, field: raw, match: '^[^{].*text(?<v>.)$', track: { event: E, userId: u } }]")
        let entries = block([[("_UID", "0 text0"), ("MESSAGE", "some text1")], [("_UID", "some text2")]])
        #expect(derive(set, entries).briefs == [#"{"type":"track","userId":"u","event":"E","properties":{"v":"1"}}"#])
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func theScanOverABlockOfEntriesChangesNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let words = ["order", "user", "login", "\n", " ", "500", "{\"a\":\"b\"}", "=", "MESSAGE", "shop.service", ""]
        let format = random.oneOf(["plain", "syslog", "json"])
        func yaml(_ isReference: Bool) -> String {
            var random = SeededRandom(seed: seed)
            let rules = (0..<6).map { number in
                let word = random.oneOf(["order", "login", "user", "500", "service"])
                let pattern = isReference ? "(?:\(word)|(?!))" : word
                let subject = random.oneOf(["message", "raw", format == "json" ? "a" : "program", "_COMM"])
                let condition =
                    random.number(in: 0...1) == 0
                    ? "" : "where: { _SYSTEMD_UNIT: { regex: '\(isReference ? "(?:shop|(?!))" : "shop")' } }, "
                return "  - { name: r\(number), field: \(subject), \(condition)match: '\(pattern)', track: { event: E, userId: u } }"
            }
            return "format: \(format)\nrules:\n" + rules.joined(separator: "\n")
        }
        let (fast, reference) = (try journalSet(yaml(false)), try journalSet(yaml(true)))
        try #require(reference.rulesWithoutLiteral.count == 6)
        let entries = (0..<200).map { _ in
            ["MESSAGE", "_COMM", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "UNUSED"].filter { _ in random.number(in: 0...3) > 0 }.map { name in
                let text = (0..<random.number(in: 0...5)).map { _ in random.oneOf(words) }.joined()
                guard name == "MESSAGE", format == "json" else { return (name, text) }
                let escaped = random.oneOf(["", "\\u006frder", "\\/login"]) + text.replacing(#/[\n"{}]/#, with: "")
                return (name, random.oneOf(["{\"a\":\"\(escaped)\"}", text]))
            }
        }
        let whole = derive(fast, block(entries))
        let slow = entries.indices.flatMap { derive(reference, block([entries[$0]], first: $0)).jsons }
        #expect(whole.jsons == slow, "seed \(seed)\n\(yaml(false))")
        #expect(!whole.made.isEmpty)
        #expect(whole.counters.records == 200)
    }

    @Test func moreHitsThanAScanKeepsAreHalvedBetweenEntries() throws {
        let set = try journalSet("rules: [{ name: r, match: 'abc(?<n>\\d+)$', track: { event: E, userId: u } }]")
        let entries = (0..<300).map { [("MESSAGE", String(repeating: "abc\n", count: 2_000) + "abc\($0)")] }
        let derived = derive(set, block(entries))
        #expect(derived.briefs == (0..<300).map { #"{"type":"track","userId":"u","event":"E","properties":{"n":"\#($0)"}}"# })
    }

    @Test func testsInARuleFileSayWhatTheEntryHolds() throws {
        let yaml = """
            format: journald
            rules:
              - name: r
                where: { _SYSTEMD_UNIT: shop.service }
                match: '(?s)hello (?<userId>\\w+).*bye'
                track: { event: E }
                tests:
                  - { line: "hello u1\\nbye", fields: { _SYSTEMD_UNIT: shop.service }, expect: [ { userId: u1 } ] }
                  - { line: "hello u1\\nbye", expect: [] }
            """
        let read = try pack(yaml)
        #expect(try RuleTestRunner(version: "test").run(read).map(\.failures) == [[], []])
        #expect(try RuleTestRunner(version: "test").coverage(of: read).map(\.gaps) == [[]])
        #expect(refusals(yaml.replacing("fields: { _S", with: "fields: { __S")).count == 1)
    }

    @Test func namesThatAreNoneAreRefusedWithAHint() throws {
        let yaml = "format: journald\nrules: [{ name: r, match: x, track: { event: E, userId: '{{ user }}' } }]"
        #expect(
            refusals(yaml).first?.contains(
                "`user` is no name of a field\n  hint: write _SYSTEMD_UNIT or another field of the journal, or one of message") == true)
        #expect(throws: (any Error).self) {
            try journalSet("format: docker\nrules: [{ name: r, match: x, track: { event: E, userId: u } }]")
        }
    }
}
