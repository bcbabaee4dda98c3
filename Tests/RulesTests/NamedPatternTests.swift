// `%{NAME}` and `%{NAME:field}`: insertion, names of one's own, mistakes and their places.

import Patterns
import Rules
import Testing

@Suite struct NamedPatternTests {
    private func rule(_ match: String, head: String = "") -> String {
        "\(head)rules: [{ name: r, match: '\(match)', track: { event: E, userId: u } }]"
    }

    private func properties(_ match: String, _ input: String, head: String = "") throws -> [String] {
        try briefs(rule(match, head: head), input + "\n").map {
            $0.replacing(#"{"type":"track","userId":"u","event":"E""#, with: "").replacing(#","properties":"#, with: "").dropLast()
                .description
        }
    }

    @Test func fieldsBecomePropertiesAndNamesAloneDoNot() throws {
        #expect(
            try properties("^%{IP:client} %{WORD} %{NUMBER:size}$", "192.0.2.7 GET 17.50")
                == [#"{"client":"192.0.2.7","size":"17.50"}"#])
        #expect(try properties("^%{IP}", "192.0.2.7 x") == [""])
        #expect(try properties("%{WORD:a}-%{WORD:b}", "x-y") == [#"{"a":"x","b":"y"}"#])
    }

    @Test func fieldsThatACallHasFillIt() throws {
        let yaml = "rules: [{ name: r, match: 'user=%{USERNAME:userId} at=%{TIMESTAMP_ISO8601:timestamp}', track: E }]"
        let made = try derive(yaml, "user=ann.b at=2026-11-23 06:37:03,066+01:00\n").made
        #expect(made.map(\.brief) == [#"{"type":"track","userId":"ann.b","event":"E"}"#])
        #expect(made.map(\.timestamp) == ["2026-11-23T05:37:03.066Z"])
    }

    @Test func aNameIsOneItemWhateverIsInIt() throws {
        #expect(try properties("^%{IPORHOST}{2}$", "a.b") == [])
        #expect(try properties("^%{OWN}+!$", "abab!", head: "patterns: { OWN: 'a|b' }\n") == [""])
        #expect(try properties("^(?<x>%{OWN})%{OWN}$", "aB", head: "patterns: { OWN: '(?i)A|b' }\n") == [#"{"x":"a"}"#])
        #expect(try properties("^%{OWN}b", "aB", head: "patterns: { OWN: '(?i)A' }\n") == [])
    }

    @Test func blanksInNamedPatternsMeanBlanksUnderExtendedSyntaxToo() throws {
        #expect(
            try properties("(?x) ^ %{SYSLOGTIMESTAMP:t} [ ] %{WORD:w} # the end", "Nov 23 06:37:03 x") == [
                #"{"t":"Nov 23 06:37:03","w":"x"}"#
            ])
    }

    @Test func conditionsUnderstandNamesToo() throws {
        let yaml = "rules: [{ name: r, where: { message: { regex: '^%{IPV4}$' } }, track: { event: E, userId: u } }]"
        #expect(try briefs(yaml, "192.0.2.7\n192.0.2.256\n").count == 1)
    }

    @Test func otherPercentSignsAreThemselves() throws {
        #expect(try properties(#"^\%{WORD}$"#, "%{WORD}") == [""])
        #expect(try properties(#"^\\%{WORD:w}$"#, #"\x"#) == [#"{"w":"x"}"#])
        #expect(try properties(#"^\Q%{WORD}\E%{WORD:w}$"#, "%{WORD}x") == [#"{"w":"x"}"#])
        #expect(try properties(#"^\Qa\%{WORD}\E$"#, #"a\%{WORD}"#) == [""])
        #expect(try properties("^%{2}$", "%%") == [""])
        #expect(try properties("^100%$", "100%") == [""])
    }

    @Test func ownNamesComeBeforeTheLibrarysAndDoNotChangeIt() throws {
        let head = "patterns: { ORDER: 'o-%{INT}', HOST: '%{ORDER}|%{IPORHOST}', IPV4: 'four', USERNAME: nobody }\n"
        #expect(try properties("^%{HOST:h}$", "o-12\na.b\nfour\n192.0.2.1", head: head).count == 4)
        #expect(try properties("^%{IPV4:h}$", "four\n192.0.2.1", head: head) == [#"{"h":"four"}"#])
        #expect(try properties("^%{IP:h}$", "four\n192.0.2.1", head: head) == [#"{"h":"192.0.2.1"}"#])
        #expect(try properties("^%{USER:h}$", "ann", head: head) == [#"{"h":"ann"}"#])
    }

    @Test func accessLogsAreTakenApart() throws {
        let line = #"192.0.2.7 - ann [23/Nov/2026:06:55:25 +0100] "GET /a?b=%20c HTTP/1.1" 200 17 "https://x.io/\"q\"" "curl/8""#
        let made = try derive(rule("^%{COMBINEDAPACHELOG}$"), line + "\n" + line.replacing("GET /a?b=%20c HTTP/1.1", with: "-") + "\n").made
        #expect(made.map(\.timestamp) == ["2026-11-23T05:55:25.000Z", "2026-11-23T05:55:25.000Z"])
        #expect(
            made.map(\.brief) == [
                #"{"type":"track","userId":"u","event":"E","properties":{"clientip":"192.0.2.7","ident":"-","auth":"ann","verb":"GET","request":"/a?b=%20c","httpversion":"1.1","response":"200","bytes":"17","referrer":"\"https://x.io/\\\"q\\\"\"","agent":"\"curl/8\""}}"#,
                #"{"type":"track","userId":"u","event":"E","properties":{"clientip":"192.0.2.7","ident":"-","auth":"ann","rawrequest":"-","response":"200","bytes":"17","referrer":"\"https://x.io/\\\"q\\\"\"","agent":"\"curl/8\""}}"#,
            ])
    }

    @Test func literalsAroundAndInsideOfNamesAreScannedFor() throws {
        let set = try ruleSet(rule("user=%{USER:x} from %{OWN}", head: "patterns: { OWN: 'the office' }\n"))
        #expect(set.rulesWithoutLiteral.isEmpty)
        #expect(set.literals(of: 0) == ["` from the office`"])
    }

    @Test func explanationsSpeakOfNamesAsTheyWereWritten() throws {
        let set = try ruleSet(rule("user=%{WORD:x} from %{IPV4:ip} by %{WORD:y}"))
        var explainer = Explainer(set, version: "test")
        let facts = BlockFacts(
            origin: origin, offset: 0, nowMilliseconds: noonMilliseconds, sourceName: Array("shop".utf8), sourcePath: Array("shop.log".utf8)
        )
        let record = Array("user=ann from home by car".utf8)
        let miss = try #require(explainer.explain(record.span, facts).nearMisses.first)
        guard case .pattern(let matched, let wanted, let found) = miss.reason else {
            Issue.record("\(miss)")
            return
        }
        #expect(matched == "user=%{WORD:x} from ")
        #expect(wanted == "%{IPV4:ip} by %{WORD:y}")
        #expect(found == "home by car")
    }

    /// Wherever something was written, an offset behind its expansion leads back to it.
    @Test func offsetsLeadBackToWhatWasWritten() throws {
        let written = "é%{INT}ab%{WORD:w}c%{IP}"
        let expansion = try NamedPatterns.library.expand(written)
        let letters = ["é", "ab", "c"].map { letter in
            (expanded: offset(of: letter, in: expansion.text), written: offset(of: letter, in: written))
        }
        for letter in letters { #expect(expansion.writtenOffset(of: letter.expanded) == letter.written) }
        #expect(expansion.writtenOffset(of: letters[1].expanded + 1) == letters[1].written + 1)
        #expect(expansion.writtenOffset(of: letters[1].expanded - 1) == 2)
        #expect(expansion.writtenOffset(of: expansion.text.utf8.count) == written.utf8.count)
        #expect(expansion.writtenOffset(of: expansion.text.utf8.count - 1) == offset(of: "%{IP}", in: written))
    }

    private func offset(of part: String, in text: String) -> Int {
        // `ab` and `c` occur in no pattern of the library that is used here, but in classes.
        text.utf8.distance(from: text.startIndex, to: text.firstRange(of: part)!.lowerBound)
    }

    @Test(arguments: [
        ("%{IPP}", "1:28: `match` is not a valid pattern: there is no pattern called `IPP`\n  hint: did you mean %{IP}?"),
        (
            "a %{NOTHING_LIKE_IT:x}",
            "1:30: `match` is not a valid pattern: there is no pattern called `NOTHING_LIKE_IT`\n"
                + "  hint: add it to the rule file under `patterns`, or write \\%{ for the text itself"
        ),
        (
            "%{INT:n:int}",
            "1:28: `match` is not a valid pattern: `n:int` is no name of a group\n  hint: write %{INT:n}, and what it is under `types`"
        ),
        ("%{INT:a b}", "1:28: `match` is not a valid pattern: `a b` is no name of a group\n  hint: use letters, digits and _"),
        ("%{INT:}", "1:28: `match` is not a valid pattern: `` is no name of a group\n  hint: use letters, digits and _"),
        ("%{INT} (a", "1:37: `match` is not a valid pattern: missing closing parenthesis"),
        ("é%{IP} %{INT}[", "1:42: `match` is not a valid pattern: missing terminating ] for character class"),
    ])
    func mistakesStandWhereTheyWereWritten(match: String, told: String) {
        #expect(refusals(rule(match)) == [told])
    }

    @Test func twoFieldsOfOneNameAreToldAtTheSecond() {
        let told = refusals(rule("%{INT:n} %{WORD:n}"))
        #expect(told.count == 1 && told[0].hasPrefix("1:37: `match` is not a valid pattern: two named subpatterns have the same name"))
    }

    @Test(arguments: [
        (
            "patterns: { A: '%{B}', B: '%{A}' }\n",
            [
                "1:17: `A` is not a valid pattern: the pattern `A` stands within itself\n  hint: it would never end: A → B → A",
                "1:28: `B` is not a valid pattern: the pattern `B` stands within itself\n  hint: it would never end: B → A → B",
            ]
        ),
        (
            "patterns: { A: 'x%{A}' }\n",
            ["1:18: `A` is not a valid pattern: the pattern `A` stands within itself\n  hint: it would never end: A → A"]
        ),
        ("patterns: { A: 'x(' }\n", ["1:19: `A` is not a valid pattern: missing closing parenthesis"]),
        (
            "patterns: { A: 'x %{WROD}' }\n",
            ["1:19: `A` is not a valid pattern: there is no pattern called `WROD`\n  hint: did you mean %{WORD}?"]
        ),
        ("patterns: { A-B: x }\n", ["1:13: `A-B` is no name of a pattern\n  hint: use letters, digits and _, for example ORDER_ID"]),
        ("patterns: { A: [x] }\n", ["1:16: expected a string for `A`, found a list"]),
        ("patterns: x\n", ["1:11: expected a map for `patterns`, found `x`"]),
    ])
    func mistakesInOnesOwnAreToldThere(head: String, told: [String]) {
        #expect(refusals(rule("x", head: head)) == told)
    }

    @Test func aMistakeInAUsedPatternIsAlsoToldWhereItIsUsed() {
        #expect(
            refusals(rule("a%{A}", head: "patterns: { A: '[é]' }\n")) == [
                "2:29: `match` is not a valid pattern: a character that is not ASCII, inside a class\n  hint: set `utf: true` beside the pattern"
            ])
    }

    @Test func patternsThatGrowWithoutBoundsAreRefused() {
        let doubling = (1...30).map { "P\($0): '%{P\($0 - 1)}%{P\($0 - 1)}'" }.joined(separator: ", ")
        let told = refusals(rule("%{P30}", head: "patterns: { P0: abcdefgh, \(doubling) }\n"))
        #expect(
            told.last?.hasPrefix("2:28: `match` is not a valid pattern: with its named patterns this has more than 65536 bytes") == true)
        let nested = (1...200).map { "P\($0): '%{P\($0 - 1)}'" }.joined(separator: ", ")
        let deep = refusals(rule("%{P200}", head: "patterns: { P0: a, \(nested) }\n"))
        #expect(deep.last?.contains("named patterns nest too deep") == true)
    }
}
