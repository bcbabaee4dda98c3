// What `check -v` and `test --coverage` remark on, and what they leave alone.

import Documents
import Rules
import Testing

struct RuleLintsTests {
    private func pack(_ text: String) throws -> Pack {
        try Pack.read(try Node.parse(text, file: "r.yaml"), file: "r.yaml", context: RuleContext(hostName: "h"))
    }

    private func lints(_ rule: String) throws -> [String] {
        try RuleSet([try pack("rules:\n" + rule)]).lints.map(\.message)
    }

    @Test func aUserBehindFreeTextIsRemarkedOn() throws {
        #expect(try lints(#"  - { name: a, match: 'user=(?<userId>\S+)', track: T }"#).first?.contains("anywhere in the text") == true)
        #expect(try lints(#"  - { name: a, match: '^\S+ .*user=(?<userId>\S+)', track: T }"#).first?.contains("forge") == true)
        #expect(try lints(#"  - { name: a, match: '^\S+ user=(?<userId>\S+)$', track: T }"#).isEmpty)
    }

    @Test func anEventNamedByTheRecordIsRemarkedOn() throws {
        #expect(
            try lints(#"  - { name: a, match: '^(?<userId>\S+) (?<event>\S+)$', track: }"#) == [
                "`a` takes its event's name from the record: each new text is a new event"
            ])
    }

    @Test func aPatternThatGoesBackWithoutEndIsRemarkedOn() throws {
        #expect(try lints(#"  - { name: a, match: '^(?<userId>(?:a|aa)+)!$', track: T }"#).contains { $0.contains("goes back so often") })
    }

    @Test func aDivisionOfIntegersIsRemarkedOn() throws {
        func lints(_ value: String) throws -> [String] {
            try self.lints("  - { name: a, match: '^(?<userId>x)(?<n>y)$', track: T, add: { deep: [{ x: '{{ n | \(value) }}' }] } }")
        }
        #expect(try lints("divided_by: 100") == ["`a` divides by 100, which rounds down where the field holds an integer"])
        #expect(try lints("divided_by: 100.0").isEmpty)
        #expect(try lints("divided_by: 100 | floor").isEmpty)
        #expect(try lints("times: 100").isEmpty)
    }

    @Test func aRuleThatAFinalOneHidesIsRemarkedOn() throws {
        let rules = #"""
              - { name: first, match: '^(?<userId>\S+)$', final: true, track: T }
              - { name: second, match: '^(?<userId>\S+)$', track: U }
            """#
        #expect(try lints(rules) == ["`second` can never match: `first` has the same pattern and is final"])
    }

    @Test func coverageNamesWhatNoTestTries() throws {
        let pack = try pack(
            #"""
            rules:
              - name: a
                match: ['^in (?<userId>\S+)(?: from (?<ip>\S+))?$', '^out (?<userId>\S+)$']
                track: T
                tests: [{ line: in anna, expect: [{ userId: anna }] }]
              - { name: b, match: '^(?<userId>x)$', track: U }
            """#)
        let coverage = try RuleTestRunner(version: "1").coverage(of: pack)
        #expect(
            coverage.map(\.gaps) == [
                ["no test in which it makes none", "pattern 2 of 2 matches in no test", "the group `ip` takes part in no test"],
                ["no test"],
            ])
    }

    @Test func coverageNamesTheAlternativesThatNoTestTakes() throws {
        let pack = try pack(
            #"""
            rules:
              - name: a
                match: '^(?:paid|refunded|(?:can|with)drawn) by (?<userId>%{USER})(?: via (?:card|(?i:sepa|wire))|)(?!a|b)$'
                track: T
                tests:
                  - { line: paid by anna, expect: [{ userId: anna }] }
                  - { line: withdrawn by anna via SEPA, expect: [{ userId: anna }] }
                  - { line: refund by anna via card, expect: [] }
            """#)
        let coverage = try RuleTestRunner(version: "1").coverage(of: pack)
        #expect(
            coverage[0].gaps == [
                "no test takes the alternatives `refunded` (at 10), `can` (at 22), `card` (at 70), `wire` (at 84)"
            ])
    }
}
