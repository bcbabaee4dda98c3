// What a rule's calls are made of: short and long forms, captures, payloads, order.

import Calls
import Rules
import Testing

@Suite struct CallReaderTests {
    private let head = """
        rules:
          - name: r
            match: 'user=(?<userId>\\S+)(?: anon=(?<anonymousId>\\S+))?(?: id=(?<id>\\S+))?(?: total=(?<total>[\\d.]+))?'

        """

    private func one(_ call: String, _ line: String) throws -> String {
        let calls = try briefs(head + call.split(separator: "\n").map { "    \($0)\n" }.joined(), line + "\n")
        try #require(calls.count == 1)
        return calls[0]
    }

    @Test func shortFormsTakeTheFieldThatIsTheirOwn() throws {
        let line = "user=u1 id=7"
        #expect(
            try one("track: Order Completed", line) == #"{"type":"track","userId":"u1","event":"Order Completed","properties":{"id":"7"}}"#)
        #expect(try one("page: Home", line) == #"{"type":"page","userId":"u1","name":"Home","properties":{"id":"7"}}"#)
        #expect(try one("screen: Home", line) == #"{"type":"screen","userId":"u1","name":"Home","properties":{"id":"7"}}"#)
        #expect(try one("group: '{{ id }}'", line) == #"{"type":"group","userId":"u1","groupId":"7","traits":{"id":"7"}}"#)
        #expect(try one("alias: 'old-{{ id }}'", line) == #"{"type":"alias","userId":"u1","previousId":"old-7"}"#)
        let identify = #"rules: [{ name: r, match: 'user=(?<userId>\S+)(?: plan=(?<plan>\S+))?', identify: '{{ userId | upcase }}' }]"#
        #expect(try briefs(identify, "user=u1 plan=free\n") == [#"{"type":"identify","userId":"U1","traits":{"plan":"free"}}"#])
    }

    @Test func callsWithoutAValueUseTheCapturesAlone() throws {
        #expect(try one("page: true", "user=u1") == #"{"type":"page","userId":"u1"}"#)
        #expect(try one("screen:", "user=u1 total=5") == #"{"type":"screen","userId":"u1","properties":{"total":"5"}}"#)
        let named = #"""
            rules:
              - name: r
                match: '(?<userId>\w+) (?<event>\w+) (?<name>\w+) (?<groupId>\w+) (?<previousId>\w+)'
                TYPE: true
            """#
        let line = "u1 bought n g p\n"
        #expect(
            try briefs(named.replacing("TYPE", with: "track"), line)
                == [#"{"type":"track","userId":"u1","event":"bought","properties":{"name":"n","groupId":"g","previousId":"p"}}"#])
        #expect(
            try briefs(named.replacing("TYPE", with: "page"), line)
                == [#"{"type":"page","userId":"u1","name":"n","properties":{"event":"bought","groupId":"g","previousId":"p"}}"#])
        #expect(
            try briefs(named.replacing("TYPE", with: "group"), line)
                == [#"{"type":"group","userId":"u1","groupId":"g","traits":{"event":"bought","name":"n","previousId":"p"}}"#])
        #expect(try briefs(named.replacing("TYPE", with: "alias"), line) == [#"{"type":"alias","userId":"u1","previousId":"p"}"#])
        #expect(
            try briefs(named.replacing("TYPE", with: "identify"), line)
                == [#"{"type":"identify","userId":"u1","traits":{"event":"bought","name":"n","groupId":"g","previousId":"p"}}"#])
    }

    @Test func longFormSaysEveryField() throws {
        let call = """
            track:
              userId: '{{ userId }}!'
              anonymousId: a-{{ id }}
              event: '{{ id }} Order'
              properties: { total: '{{ total | to_number }}', nested: { list: [a, '{{ id }}', { deep: true }], none: {} } }
              context: { ip: 1.2.3.4 }
              integrations: { All: false, Email: { on: true } }
              timestamp: '2026-01-02T03:04:05Z'
            """
        let made = try derive(head + call.split(separator: "\n").map { "    \($0)\n" }.joined(), "user=u1 id=7 total=19.90\n").made[0]
        #expect(
            made.brief
                == #"{"type":"track","userId":"u1!","anonymousId":"a-7","event":"7 Order","properties":{"total":19.9,"#
                + #""nested":{"list":["a","7",{"deep":true}]}},"context":{"ip":"1.2.3.4"},"#
                + #""integrations":{"All":false,"Email":{"on":true}}}"#
        )
        #expect(made.timestamp == "2026-01-02T03:04:05.000Z")
        #expect(made.json.contains(#""context":{"ip":"1.2.3.4","library":{"name":"eventail","version":"test"}}"#))
    }

    @Test func callsOfOneRuleComeInTheirFixedOrder() throws {
        let yaml =
            head + """
                    track: { event: E, properties: {} }
                    screen: { properties: {} }
                    page: { properties: {} }
                    group: { groupId: g, traits: {} }
                    identify: { traits: {} }
                    alias: { previousId: p }
                """
        let made = try derive(yaml, "user=u1\n").made
        #expect(made.map(\.type) == [.alias, .identify, .group, .page, .screen, .track])
        #expect(Set(made.map(\.messageID)).count == 6)
    }

    @Test func severalCallsSendOnlyWhatTheyState() throws {
        let yaml = head + "    identify: { traits: { total: '{{ total }}' } }\n    track: { event: E, properties: {} }\n"
        #expect(
            try briefs(yaml, "user=u1 id=7 total=5\n")
                == [#"{"type":"identify","userId":"u1","traits":{"total":"5"}}"#, #"{"type":"track","userId":"u1","event":"E"}"#])
    }

    @Test func groupsThatTookNoPartGiveNoProperty() throws {
        #expect(try one("track: E", "user=u1") == #"{"type":"track","userId":"u1","event":"E"}"#)
        #expect(try one("track: E", "user=u1 total=5") == #"{"type":"track","userId":"u1","event":"E","properties":{"total":"5"}}"#)
        let empty = #"rules: [{ name: r, match: '(?<userId>\w+)=(?<v>\w*)', track: E }]"#
        #expect(try briefs(empty, "u1=\n") == [#"{"type":"track","userId":"u1","event":"E","properties":{"v":""}}"#])
    }

    @Test func groupsWithAnUnderscoreHelpTemplatesAndAreNeverSent() throws {
        let yaml = #"rules: [{ name: r, match: '(?<userId>\w+) (?<_verb>\w+) (?<x>\w+)', track: '{{ _verb | upcase }}' }]"#
        #expect(try briefs(yaml, "u1 buy y\n") == [#"{"type":"track","userId":"u1","event":"BUY","properties":{"x":"y"}}"#])
    }

    @Test func addAddsAndReplacesTheCaptureOfItsName() throws {
        #expect(
            try one("track: E\nadd: { id: 'n-{{ id }}', shop: main, count: 2, deep: { a: b } }", "user=u1 id=7 total=5")
                == #"{"type":"track","userId":"u1","event":"E","properties":{"total":"5","id":"n-7","shop":"main","#
                + #""count":2,"deep":{"a":"b"}}}"#
        )
    }

    @Test func explicitPayloadReplacesTheCaptures() throws {
        #expect(
            try one("track: { event: E, properties: { only: x } }", "user=u1 id=7")
                == #"{"type":"track","userId":"u1","event":"E","properties":{"only":"x"}}"#)
        #expect(try one("track: { event: E, properties: {} }", "user=u1 id=7") == #"{"type":"track","userId":"u1","event":"E"}"#)
    }

    @Test func typesMakeNumbersAndBooleansOfCaptures() throws {
        let yaml = """
            rules:
              - name: r
                match: '(?<userId>\\w+) (?<n>\\S+) (?<i>\\S+) (?<b>\\S+) (?<s>\\S+)'
                types: { n: number, i: integer, b: boolean, s: string }
                track: E
            """
        #expect(
            try briefs(yaml, "1 19.90 7.9 YES 5\n2 x x x x\n")
                == [
                    #"{"type":"track","userId":"1","event":"E","properties":{"n":19.9,"i":7,"b":true,"s":"5"}}"#,
                    #"{"type":"track","userId":"2","event":"E","properties":{"s":"x"}}"#,
                ])
    }

    @Test func yamlConstantsKeepTheirType() throws {
        #expect(
            try one(
                "track: E\nadd: { a: 1.50, b: '1.50', c: true, d: 'true', e: -7, f: 2026-11-23, g: no, h: 99999999999999999999 }", "user=u1"
            )
                == #"{"type":"track","userId":"u1","event":"E","properties":{"a":1.5,"b":"1.50","c":true,"d":"true","e":-7,"#
                + #""f":"2026-11-23","g":"no","h":"99999999999999999999"}}"#)
    }

    @Test func contextOfTheRuleIsForAllCallsAndOneCallMayReplaceIt() throws {
        let yaml =
            head + """
                    context: { ip: '{{ id }}', gone: '{{ total }}' }
                    identify: { traits: {} }
                    track: { event: E, properties: {}, context: { page: { path: / } } }
                """
        #expect(
            try briefs(yaml, "user=u1 id=1.2.3.4\n")
                == [
                    #"{"type":"identify","userId":"u1","context":{"ip":"1.2.3.4"}}"#,
                    #"{"type":"track","userId":"u1","event":"E","context":{"page":{"path":"/"}}}"#,
                ])
    }

    @Test func everyCallNamesTheProgramLast() throws {
        let made = try derive(head + "    track: E\n", "user=u1\n").made[0]
        #expect(made.json.hasSuffix(#","event":"E","context":{"library":{"name":"eventail","version":"test"}}}"#))
    }

    @Test func keysComeInTheOrderThatTheDocumentationPromises() throws {
        let call = "track: E\nadd: { z: 1 }\nintegrations: { All: true }\ncontext: { ip: x }\nallow_secret: []"
        #expect(
            try one(call, "user=u1 anon=a1 id=7")
                == #"{"type":"track","userId":"u1","anonymousId":"a1","event":"E","properties":{"id":"7","z":1},"context":{"ip":"x"},"#
                + #""integrations":{"All":true}}"#)
    }

    @Test func namesThatSoundSecretCanBeAllowedOneByOne() throws {
        let call = "track: E\nadd: { token: t, nested: { cookie: c } }\n"
        #expect(try one(call + "allow_secret: [token, cookie]", "user=u1").contains(#""token":"t","nested":{"cookie":"c"}"#))
        #expect(refusals(head + "    track: E\n    add: { token: t, cookie: c }\n    allow_secret: token\n").count == 1)
    }

    @Test func aWholeObjectIsThePayloadOfARuleThatAllowsIt() throws {
        func identify(_ traits: String, _ record: String) throws -> [String] {
            let yaml =
                "format: json\nrules: [{ name: r, where: { e: login }, allow_raw: true, identify: { userId: u, traits: '\(traits)' } }]"
            return try briefs(yaml, record + "\n")
        }
        let bare = #"{"type":"identify","userId":"u"}"#
        #expect(
            try identify("{{ user }}", #"{"e":"login","user":{"plan" : "pro", "gone": null, "deep": {"a": [1.50]}}}"#)
                == [#"{"type":"identify","userId":"u","traits":{"plan":"pro","deep":{"a":[1.5]}}}"#])
        #expect(
            try identify("{{ message }}", #"{"e":"login","n":1}"#) == [#"{"type":"identify","userId":"u","traits":{"e":"login","n":1}}"#])
        #expect(try identify("{{ body }}", #"{"e":"login","body":"{\"a\":1}"}"#) == [#"{"type":"identify","userId":"u","traits":{"a":1}}"#])
        for user in [#""text""#, "[1]", "{}", #"{"a":null}"#, "7", "null"] {
            #expect(try identify("{{ user }}", "{\"e\":\"login\",\"user\":\(user)}") == [bare], "\(user)")
        }
    }

    @Test func reservedEventsCanBeAllowedByTheDestinations() throws {
        let allowing = RuleContext(hostName: "h", destinations: ["main": ["User Suppressed"]])
        #expect(try derive(head + "    track: User Suppressed\n", "user=u1\n", context: allowing).made.map(\.facts.verdict) == [.send])
        #expect(refusals(head + "    track: User Deleted\n", context: allowing).count == 1)
    }

    @Test func aRuleMayNameItsDestinations() throws {
        let known = RuleContext(hostName: "h", destinations: ["crm": ["User Deleted"], "warehouse": []])
        func rules(_ lines: String) -> String { head + "    track: Seen\n    \(lines)\n" }
        #expect(try pack(rules("destinations: [crm, crm]"), context: known).rules[0].destinations == ["crm"])
        #expect(try pack(rules("destinations: warehouse"), context: known).rules[0].destinations == ["warehouse"])
        #expect(try pack(rules("final: false"), context: known).rules[0].destinations == nil)
        // Without a configuration nobody knows the names.
        #expect(try pack(rules("destinations: [elsewhere]")).rules[0].destinations == ["elsewhere"])
        let typo = refusals(rules("destinations: [warehose]"), context: known)
        #expect(typo.count == 1 && typo[0].contains("no destination called `warehose`") && typo[0].contains("did you mean `warehouse`?"))
        #expect(refusals(rules("destinations: [x]"), context: known)[0].contains("crm, warehouse"))
        #expect(refusals(rules("destinations: []"), context: known).count == 1)
    }

    @Test func anEventIsAllowedByAllThatGetIt() throws {
        let some = RuleContext(hostName: "h", destinations: ["crm": ["User Deleted"], "warehouse": []])
        let call = head + "    track: User Deleted\n"
        #expect(refusals(call, context: some).count == 1)
        #expect(refusals(call + "    destinations: [crm]\n", context: some).isEmpty)
        #expect(refusals(call + "    destinations: [crm, warehouse]\n", context: some).count == 1)
        #expect(refusals(call + "    destinations: [crm]\n").count == 1)
    }
}
