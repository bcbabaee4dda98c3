// Tests inside rule files: what passes, what fails, and what a failure says.

import Documents
import Rules
import Testing

@Suite struct RuleTestRunnerTests {
    /// The failures of the tests, a list per test.
    private func failures(_ tests: String, rule: String = "track: Order") throws -> [[String]] {
        let yaml = """
            rules:
              - name: order
                match: 'order (?<id>\\S+) user=(?<userId>\\S+)(?: total=(?<total>\\S+))?'
                types: { total: number }
                \(rule)
                tests:

            """
        let pack = try pack(yaml + tests.split(separator: "\n").map { "      \($0)\n" }.joined())
        return try RuleTestRunner(version: "test").run(pack).map(\.failures)
    }

    private let line = "- line: 'order o-7 user=u1 total=19.90'\n  expect: "

    @Test func statedPartOfTheTopLevelIsEnough() throws {
        #expect(try failures(line + "[{}]") == [[]])
        #expect(try failures(line + "[{ type: track, event: Order }]") == [[]])
        #expect(try failures(line + "[{ userId: u1, timestamp: '2026-01-01T00:00:00.000Z' }]") == [[]])
    }

    @Test func propertiesMustBeStatedWholeAndNumbersCountByValue() throws {
        #expect(try failures(line + "[{ properties: { id: o-7, total: 19.9 } }]") == [[]])
        #expect(try failures(line + "[{ properties: { id: 'o-7', total: 19.90 } }]") == [[]])
        #expect(try failures(line + "[{ properties: { id: o-7, total: 1.99e1 } }]") == [[]])
        let got = #"got: {"type":"track","messageId":""#
        for (stated, failure) in [
            ("{ id: o-7 }", "properties.total: not expected, got 19.9"),
            ("{ id: o-7, total: 20 }", "properties.total: expected 20, got 19.9"),
            ("{ id: o-7, total: '19.9' }", #"properties.total: expected "19.9", got 19.9"#),
            ("{ id: o-7, total: 19.9 EUR }", #"properties.total: expected "19.9 EUR", got 19.9"#),
            ("{ id: O-7, total: 19.9 }", #"properties.id: expected "O-7", got "o-7""#),
            ("{ id: o-7, total: 19.9, more: [a, { b: 1 }] }", #"properties.more: expected ["a",{"b":1}], got nothing"#),
            ("{ id: o-7, total: { a: x } }", #"properties.total: expected {"a":"x"}, got 19.9"#),
            ("[]", #"properties: expected [], got {"id":"o-7","total":19.9}"#),
        ] {
            let told = try failures(line + "[{ properties: \(stated) }]")[0]
            #expect(told.count == 2 && told[0] == failure && told[1].hasPrefix(got), "\(told)")
        }
    }

    @Test func topLevelIsTextWhereverYAMLWouldReadANumber() throws {
        #expect(try failures("- line: order 1 user=7\n  expect: [{ userId: 7 }]") == [[]])
        #expect(try failures("- line: order 1 user=7\n  expect: [{ userId: 8 }]")[0][0] == #"userId: expected 8, got "7""#)
        #expect(try failures("- line: order 1 user=true\n  expect: [{ userId: true }]") == [[]])
        #expect(try failures("- line: order 1 user=7\n  expect: [{ tpye: track }]")[0][0] == #"tpye: expected "track", got nothing"#)
    }

    @Test func textThatLooksLikeANumberIsTextInProperties() throws {
        #expect(try failures("- line: order 7 user=u\n  expect: [{ properties: { id: '7' } }]") == [[]])
        #expect(
            try failures("- line: order 7 user=u\n  expect: [{ properties: { id: 7 } }]")[0][0] == #"properties.id: expected 7, got "7""#)
        for word in ["nan", "inf", "0x10", "no", "2026-11-23", "99999999999999999999"] {
            #expect(try failures("- line: order \(word) user=u\n  expect: [{ properties: { id: \(word) } }]") == [[]], "\(word)")
        }
    }

    @Test func largeIntegersAndBooleansAreToldApart() throws {
        let rule = "track: { event: E, properties: { n: '{{ total }}', b: '{{ id | to_boolean }}' } }"
        func told(_ stated: String) throws -> [String] {
            try failures("- line: order yes user=u total=9007199254740993\n  expect: [{ properties: \(stated) }]", rule: rule)[0]
        }
        #expect(try told("{ n: 9007199254740993, b: true }") == [])
        #expect(try told("{ n: 9007199254740992, b: true }")[0] == "properties.n: expected 9007199254740992, got 9007199254740993")
        #expect(try told("{ n: 9007199254740993, b: 1 }")[0] == "properties.b: expected 1, got true")
        #expect(try told("{ n: 9007199254740993, b: false }")[0] == "properties.b: expected false, got true")
        #expect(
            try failures("- line: order 1 user=u total=1\n  expect: [{ properties: { n: true, b: true } }]", rule: rule)[0][0]
                == "properties.n: expected true, got 1")
    }

    @Test func contextNeedNotNameTheProgram() throws {
        let rule = "track: { event: E, properties: {}, context: { ip: '{{ id }}' } }"
        #expect(try failures("- line: order 1.2 user=u\n  expect: [{ context: { ip: '1.2' } }]", rule: rule) == [[]])
        #expect(
            try failures("- line: order 1.2 user=u\n  expect: [{ context: {} }]", rule: rule)[0][0]
                == #"context.ip: not expected, got "1.2""#)
        #expect(
            try failures(
                "- line: order 1.2 user=u\n  expect: [{ context: { ip: '1.2', library: { name: eventail, version: test } } }]", rule: rule)
                == [[]])
        #expect(try failures("- line: order 1.2 user=u\n  expect: [{ properties: {}, context: { ip: '1.2' } }]", rule: rule) == [[]])
    }

    @Test func numberOfCallsMustBeRight() throws {
        #expect(try failures(line + "[]")[0].first == "expected 0 calls, got 1")
        #expect(try failures(line + "[]")[0].count == 2)
        #expect(
            try failures("- line: something else\n  expect: [{ type: track }]") == [["expected 1 call, got 0", "the rule did not match"]])
        #expect(
            try failures("- line: order 1 user=null\n  expect: [{ type: track }]")
                == [["expected 1 call, got 0", "a call lacked what its type needs, or named nobody"]])
    }

    @Test func callThatWouldNotBeSentIsNone() throws {
        let told = try failures("- line: order Deleted user=u\n  expect: [{ type: track }]", rule: "track: 'User {{ id }}'")[0]
        #expect(told[0] == "expected 1 call, got 0")
        #expect(told[1].hasPrefix("not sent (its event name, taken from the record, is a reserved command): {"))
        #expect(try failures("- line: order Deleted user=u\n  expect: []", rule: "track: 'User {{ id }}'") == [[]])
    }

    @Test func callsOfSeveralLinesAreComparedInOrder() throws {
        let tests = "- lines: [order 1 user=a, noise, order 2 user=b]\n  expect: [{ userId: a }, { userId: b }]"
        #expect(try failures(tests) == [[]])
        #expect(try failures(tests.replacing("userId: a }, { userId: b", with: "userId: b }, { userId: a"))[0].count == 4)
    }

    @Test func clockOfATestCanBeSet() throws {
        #expect(
            try failures(
                "- line: order 1 user=u\n  now: '2026-11-23T13:00:00+01:00'\n  expect: [{ timestamp: '2026-11-23T12:00:00.000Z' }]") == [[]]
        )
    }

    @Test func resultsSayWhichTestOfWhichRule() throws {
        let yaml = """
            rules:
              - { name: a, match: x, track: { event: E, userId: u }, tests: [{ line: x, expect: [{}] }, { line: y, expect: [{}] }] }
              - { name: b, match: x, track: { event: E, userId: u }, tests: [{ line: x, expect: [{}] }] }
            """
        let results = try RuleTestRunner(version: "test").run(pack(yaml))
        #expect(results.map(\.rule) == ["a", "a", "b"] && results.map(\.number) == [1, 2, 1])
        #expect(results.map(\.passed) == [true, false, true])
        #expect(results[1].place.description == "rules/shop.yaml:2:93")
        #expect(try RuleTestRunner(version: "test").run(pack(yaml), includes: { $0.name == "b" }).count == 1)
    }

    @Test func expectedCallThatIsNoMapIsTold() throws {
        let told = try failures(line + "[track]")[0]
        #expect(told[0] == "rules/shop.yaml:8:18: an expected call is a map, such as { type: track }", "\(told)")
    }
}
