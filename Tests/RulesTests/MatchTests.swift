// `match`, `field`, `utf`, and how rules stand together: order, `final`, several packs.

import Documents
import Rules
import Testing

@Suite struct MatchTests {
    @Test func patternsAreUnanchoredAndSeeOneRecord() throws {
        let yaml = #"rules: [{ name: r, match: '(?<userId>u\d)$', track: E }]"#
        #expect(try briefs(yaml, "xx u1\nu2 x\nu3\n").count == 2)
        #expect(try briefs(#"rules: [{ name: r, match: '\Aa(?<userId>.*)b\z', track: E }]"#, "a1b\nx\na2\nb\n").count == 1)
    }

    @Test func firstOfSeveralPatternsThatMatchesGivesTheCaptures() throws {
        let yaml = #"""
            rules:
              - name: r
                match: ['login (?<userId>\w+) from (?<ip>\S+)', 'login (?<userId>\w+)', 'signed in: (?<mail>\S+) (?<userId>\w+)']
                track: E
            """#
        #expect(
            try briefs(yaml, "login a from 1.2\nlogin b\nsigned in: m c\nlogout d\n")
                == [
                    #"{"type":"track","userId":"a","event":"E","properties":{"ip":"1.2"}}"#,
                    #"{"type":"track","userId":"b","event":"E"}"#,
                    #"{"type":"track","userId":"c","event":"E","properties":{"mail":"m"}}"#,
                ])
    }

    @Test func patternLooksAtTheFieldThatTheRuleNames() throws {
        let yaml = #"""
            format: syslog
            rules:
              - { name: message, match: 'app', track: { event: message, userId: u } }
              - { name: program, field: program, match: '^app', track: { event: program, userId: u } }
              - { name: raw, field: raw, match: '^Nov.*app|^app', track: { event: raw, userId: u } }
            """#
        let derived = try derive(yaml, "Nov 23 06:37:03 web app[1]: hello\nNov 23 06:37:03 web cron[1]: an app\napp is no syslog line\n")
        let events = derived.made.map { String($0.json.firstMatch(of: #/"event":"(\w+)"/#)!.output.1) }
        #expect(events == ["program", "raw", "message", "raw", "raw"])
        #expect(derived.counters.unparsed == 1)
    }

    @Test func bytesUnlessTheRuleSaysUTF() throws {
        let yaml = "rules: [{ name: r, match: '^(?<userId>.)$', utf: false, track: E }]"
        #expect(try briefs(yaml, "é\ne\n").count == 1)
        #expect(try briefs(yaml.replacing("utf: false", with: "utf: true"), "é\ne\n\u{FF}\n").count == 3)
        #expect(
            try briefs("rules: [{ name: r, where: { message: { regex: '^[éè]$' } }, utf: true, track: { event: E, userId: u } }]", "é\nx\n")
                .count
                == 1)
    }

    @Test func allMatchingRulesEmitInFileOrder() throws {
        let yaml = #"""
            rules:
              - { name: c, match: 'zzz|buy', track: { event: c, userId: u } }
              - { name: a, match: 'b', track: { event: a, userId: u } }
              - { name: b, match: 'buy this', track: { event: b, userId: u } }
            """#
        #expect(try derive(yaml, "buy this\n").made.map(\.facts.rule) == [0, 1, 2])
        #expect(
            try derive(yaml, "buy this\nb\nbuy\n").made.map { [Int($0.facts.recordOffset), $0.facts.rule] }
                == [[0, 0], [0, 1], [0, 2], [9, 1], [11, 0], [11, 1]])
    }

    @Test func finalRuleStopsTheLaterOnesOfItsPackAlone() throws {
        func yaml(_ name: String) -> String {
            """
            rules:
              - { name: \(name)-first, match: 'buy', track: { event: E, userId: u } }
              - { name: \(name)-final, match: 'buy this', final: true, track: { event: E, userId: '{{ "-" }}' } }
              - { name: \(name)-last, match: 'bu', track: { event: E, userId: u } }
            """
        }
        let set = try RuleSet([
            pack(yaml("a"), file: "a.yaml"), pack(yaml("b").replacing("final: true", with: "final: false"), file: "b.yaml"),
        ])
        // The final rule names nobody, so it makes no call; it stops the others all the same.
        #expect(
            derive(set, Array("buy this\nbuy that\n".utf8)).made.map { set.rules[$0.facts.rule].name }
                == ["a-first", "b-first", "b-last", "a-first", "a-last", "b-first", "b-last"])
    }

    @Test func packsOfDifferentFormatsReadTheSameRecord() throws {
        let syslog = "format: syslog\nrules: [{ name: s, match: '^hello', track: { event: s, userId: '{{ host }}' } }]"
        let plain = "rules: [{ name: p, match: 'hello$', track: { event: p, userId: '{{ source.name }}' } }]"
        let set = try RuleSet([pack(syslog, file: "s.yaml"), pack(plain, file: "p.yaml")])
        #expect(
            derive(set, Array("Nov 23 06:37:03 web app: hello\nhello\n".utf8)).briefs
                == [
                    #"{"type":"track","userId":"web","event":"s"}"#, #"{"type":"track","userId":"shop","event":"p"}"#,
                    #"{"type":"track","userId":"shop","event":"p"}"#,
                ])
    }

    @Test func equalStemsAndRuleNamesOfTwoFilesAreRefused() throws {
        let packs = try [
            pack("rules: [{ name: a, match: x, track: { event: E, userId: u } }]", file: "one/shop.yaml"),
            pack("rules: [{ name: a, match: x, track: { event: E, userId: u } }]", file: "two/shop.yml"),
        ]
        do throws(Problems) {
            _ = try RuleSet(packs)
            Issue.record("two packs of one stem were accepted")
        } catch {
            #expect(
                error.all.map { $0.text().split(separator: "\n")[0] } == [
                    "two/shop.yml:1:1: two rule files are called `shop`", "two/shop.yml:1:9: a second rule called `a`",
                ])
        }
    }
}
