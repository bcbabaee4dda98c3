// Records of several lines: what the presets take together, what rules see of it, and that nothing depends on how the log is
// cut into blocks.

import Calls
import Documents
import Records
import Rules
import Testing

@Suite struct MultilineTests {
    @Test func messageIsAllLinesAndTheLastLinesEndingIsNoPartOfIt() throws {
        #expect(try messages("multiline: { starts_with: '^\\d' }", "1 a\n b\nc\r\n2\r\nd\r\n") == ["1 a\n b\nc", "2\r\nd"])
        #expect(try messages("multiline: { continues_with: '^ ' }", "1\n b\n\n\n x") == ["1\n b", "\n x"])
    }

    @Test func patternsOfOnesOwnAndOfTheLibraryHaveNames() throws {
        let head = "patterns: { MARK: '\\[x\\]' }\nmultiline: { starts_with: '^(?:%{MARK}|%{YEAR}-)' }"
        #expect(try messages(head, "[x] a\nb\n2026-11\nc\n") == ["[x] a\nb", "2026-11\nc"])
    }

    @Test func firstLineNeedNotLookLikeABeginning() throws {
        #expect(try messages("multiline: { starts_with: '^\\d' }", "orphan\nmore\n1\n") == ["orphan\nmore", "1"])
    }

    @Test func byteOrderMarkIsNoPartOfTheFirstRecord() throws {
        #expect(try messages("multiline: { starts_with: '^\\d' }", "\u{FEFF}1\n a\n2\n") == ["1\n a", "2"])
    }

    @Test func limitsCutAndCount() throws {
        let head = "multiline: { continues_with: '^ ', max_lines: 2 }"
        #expect(try messages(head, "a\n b\n c\n d\n e\nf\n") == ["a\n b", " c\n d", " e", "f"])
        #expect(try messages("multiline: { preset: indented }", "aa\n b\n c\n", recordBytesMax: 5) == ["aa\n b", " c"])
        let derived = try derive(messageRule(under: head), "a\n b\n c\n d\n e\nf\n")
        #expect(derived.counters.records == 4)
        #expect(derived.counters.cutRecords == 2)
    }

    @Test func lineOfWhichThePatternGivesUpBeginsARecord() throws {
        let hostile = String(repeating: "a", count: 60) + "!"
        let derived = try derive(messageRule(under: "multiline: { starts_with: '^(a+)+$' }"), "x\ny\n\(hostile)\n")
        #expect(derived.made.count == 2)
        #expect(derived.counters.framingLimitHits == 1)
    }

    @Test func patternsSeeTheRecordAsOneSubject() throws {
        let rules = #"""
            multiline: { preset: java }
            rules:
              - { name: dot, match: '^ERROR (?<userId>\S+) (?<rest>.*)', track: dot }
              - { name: end, match: '^ERROR (?<userId>\S+)$', track: end }
              - { name: line, match: '(?m)^ERROR (?<userId>\S+) boom$', track: line }
              - { name: inner, match: 'ERROR (?<userId>\S+)[^\0]*Caused by: (?<cause>\S+)', track: inner }
              - { name: joint, match: '(?<userId>u\d) boom\n\tat (?<where>\S+)', track: joint }
            """#
        let log = "ERROR u1 boom\n\tat a.B.c\nCaused by: x.Y\nCaused by: nothing\nERROR u2 fine\n"
        #expect(
            try briefs(rules, log) == [
                #"{"type":"track","userId":"u1","event":"dot","properties":{"rest":"boom"}}"#,
                #"{"type":"track","userId":"u1","event":"line"}"#,
                #"{"type":"track","userId":"u1","event":"inner","properties":{"cause":"nothing"}}"#,
                #"{"type":"track","userId":"u1","event":"joint","properties":{"where":"a.B.c"}}"#,
                #"{"type":"track","userId":"u2","event":"dot","properties":{"rest":"fine"}}"#,
            ])
    }

    @Test func idsDoNotDependOnTheFraming() throws {
        let rules = "rules: [{ name: r, match: '^1', track: { userId: u, event: e } }]"
        let log = "0\n1 a\r\n b\r\n1 c\n"
        let byLine = try derive(rules, log).made.map(\.messageID)
        #expect(byLine.count == 2)
        #expect(try derive("multiline: { continues_with: '^ ' }\n" + rules, log).made.map(\.messageID) == byLine)
        #expect(try derive("multiline: { starts_with: '^1' }\n" + rules, log).made.map(\.messageID) == byLine)
    }

    @Test func originIsTheRecordsFirstLine() throws {
        var deriver = Deriver(try ruleSet(messageRule(under: "multiline: { preset: indented }")), version: "test")
        var derived = Derived()
        var facts = BlockFacts(origin: origin, offset: 100, nowMilliseconds: 0, sourceName: [], sourcePath: [])
        facts.firstLine = 11
        deriver.derive(Array("a\n b\nc\n d\n e\nf\n".utf8).span, facts, into: &derived)
        #expect(derived.made.map(\.facts.recordLine) == [11, 13, 16])
        #expect(derived.made.map(\.facts.recordOffset) == [100, 105, 113])
    }

    @Test func openRecordIsLeftAndTakenWhenItIsWhole() throws {
        var deriver = Deriver(try ruleSet(messageRule(under: "multiline: { preset: indented }")), version: "test")
        var derived = Derived()
        let facts = BlockFacts(origin: origin, offset: 0, nowMilliseconds: 0, sourceName: [], sourcePath: [])
        #expect(deriver.derive(Array("a\n b\n".utf8).span, facts, isFinal: false, into: &derived) == 0)
        #expect(deriver.derive(Array("a\n b\n c\nd\n".utf8).span, facts, isFinal: false, into: &derived) == 8)
        #expect(derived.made.count == 1)
        #expect(deriver.takeCounters().records == 1)
        #expect(deriver.derive(Array("d\n".utf8).span, facts, isFinal: true, into: &derived) == 2)
        #expect(derived.made.count == 2)
    }

    @Test func packsThatFrameDifferentlyCannotStandTogether() throws {
        let (java, python) = (
            try pack(messageRule(under: "multiline: { preset: java }"), file: "rules/a.yaml"), "multiline: { preset: python }"
        )
        let other = try pack(messageRule(under: python).replacing("name: r", with: "name: q"), file: "rules/b.yaml")
        #expect {
            _ = try RuleSet([java, other])
        } throws: { error in
            let problem = (error as? Problems)?.all.first
            return problem?.message == "this `multiline` differs from the one at rules/a.yaml:1:12, and both would read the same source"
                && problem?.place?.file == "rules/b.yaml"
        }
    }

    @Test func packThatNamesNoFramingTakesTheOthersWhereTheyAgree() throws {
        func made(_ heads: String...) throws -> [[String]] {
            let packs = try heads.enumerated().map { index, head in
                try pack(messageRule(under: head).replacing("name: r", with: "name: r\(index)"), file: "rules/\(index).yaml")
            }
            return try RuleSet.sets(for: packs).map { $0.rules.map(\.name) }
        }
        #expect(try made("", "multiline: { preset: java }", "multiline: { preset: java }") == [["r0", "r1", "r2"]])
        #expect(try made("multiline: { preset: java }", "", "multiline: { preset: go }") == [["r1"], ["r0"], ["r2"]])
        #expect(try made("", "") == [["r0", "r1"]])
    }

    @Test func sourceWinsOverThePack() throws {
        let statement = MultilineStatement(
            startsWith: PlacedWord("^2", at: Place(file: "x", line: 1, column: 1), length: 1), at: Place(file: "x", line: 1, column: 1))
        let pack = try pack(messageRule(under: "multiline: { starts_with: '^1' }"), override: Pack.Override(multiline: statement))
        #expect(derive(try RuleSet([pack]), Array("2\n1\n2\n".utf8)).made.count == 2)
    }

    @Test func mistakesAreToldWhereTheyStand() throws {
        let rules = "\nrules: [{ name: r, match: x, track: { userId: u, event: e } }]"
        for (head, told) in [
            ("multiline: {}", "1:12: `multiline` says neither how a record begins nor how it goes on"),
            ("multiline: { max_lines: 3 }", "1:12: `multiline` says neither how a record begins nor how it goes on"),
            ("multiline: { preset: java, starts_with: x }", "1:12: `multiline` says it twice"),
            ("multiline: { preset: jave }", "1:22: there is no preset `jave`\n  hint: did you mean `java`?"),
            ("multiline: { starts_with: '(' }", "1:27: `starts_with` is not a valid pattern: missing closing parenthesis"),
            ("multiline: { continues_with: '[' }", "1:30: `continues_with` is not a valid pattern: missing terminating ]"),
            ("multiline: { preset: java, max_lines: 0 }", "1:39: `max_lines` is out of range: `0`"),
            ("multiline: { preset: java, timeout: 2 }", "1:37: the duration `timeout` lacks a unit: `2`"),
            ("multiline: { start_with: x }", "1:14: unknown key `start_with` in `multiline`"),
            ("multiline: java", "1:12: expected a map for `multiline`, found `java`"),
        ] {
            let refusal = refusals(head + rules).first ?? "nothing"
            #expect(refusal.hasPrefix(told), "\(refusal)")
        }
    }

    @Test func testsOfARuleFrameTheirLines() throws {
        let yaml = """
            multiline: { preset: indented }
            rules:
              - name: r
                match: '^(?<userId>\\w+)\\n (?<more>\\w+)$'
                track: E
                tests:
                  - lines: [anna, ' more', 'bob', 'carl', ' most']
                    expect: [{ userId: anna, properties: { more: more } }, { userId: carl }]
            """
        let results = try RuleTestRunner(version: "test").run(pack(yaml))
        #expect(results.map(\.failures) == [[]], "\(results[0].failures)")
        let gaps = try RuleTestRunner(version: "test").coverage(of: pack(yaml))[0].gaps
        #expect(gaps == ["no test in which it makes none"])
    }
}
