// The time that calls carry: where it is stated, how it is read, and when it is not believed. Records are read at noon of
// 2026-11-23.

import Rules
import Testing

@Suite struct RecordTimeTests {
    private func derive(_ timestamp: String, _ record: String, rule: String = "") throws -> Derived {
        try RulesTests.derive(
            """
            format: json
            timestamp: { \(timestamp) }
            rules:
              - name: r
                where: { e: { exists: true } }
                track: { userId: u, event: e }
                \(rule)
            """, record + "\n")
    }

    @Test(arguments: [
        ("field: t", #""2026-11-23T06:57:32.5Z""#, "2026-11-23T06:57:32.500Z"), ("field: t", "1795416925.888", "2026-11-23T06:55:25.888Z"),
        ("field: t, format: epoch_ms", "1795416925888", "2026-11-23T06:55:25.888Z"),
        ("field: t, format: '%d.%m.%Y %H:%M', timezone: '+01:00'", #""23.11.2026 06:37""#, "2026-11-23T05:37:00.000Z"),
        ("field: t", "null", "2026-11-23T12:00:00.000Z"), ("field: t", "true", "2026-11-23T12:00:00.000Z"),
    ]) func theFieldIsReadAsStated(timestamp: String, value: String, expected: String) throws {
        #expect(try derive(timestamp, "{\"e\":1,\"t\":\(value)}").made.map(\.timestamp) == [expected])
    }

    @Test func parseTimeReadsWhatARuleFinds() throws {
        let derived = try derive(
            "timezone: '-05:00'", #"{"e":1,"d":"23/11/2026","c":"06:37"}"#,
            rule: #"timestamp: '{{ d | append: " " | append: c | parse_time: "%d/%m/%Y %H:%M" }}'"#)
        #expect(derived.made.map(\.timestamp) == ["2026-11-23T11:37:00.000Z"])
    }

    @Test func parseTimeGivesText() throws {
        #expect(try evaluate(#"{{ v | parse_time: "%s" }}"#, "1795416925.888") == #""2026-11-23T06:55:25.888Z""#)
        #expect(try evaluate("{{ v | parse_time }}", "23/Nov/2026:06:55:25 +0100") == #""2026-11-23T05:55:25.000Z""#)
        #expect(try evaluate(#"{{ v | parse_time: "clf" }}"#, "yesterday") == nil)
    }

    @Test(arguments: [
        ("max_age: 1h", "2026-11-23T10:59:59Z", true), ("max_age: 1h", "2026-11-23T11:00:00Z", false),
        ("max_future: 5m", "2026-11-23T12:05:01Z", true),
        ("max_future: 5m", "2026-11-23T12:05:00Z", false), ("max_age: none, max_future: none", "1970-01-01T00:00:00Z", false),
        ("timezone: UTC", "9999-12-31T23:59:59Z", false),
    ]) func aTimeOutsideTheWindowIsNotBelieved(window: String, time: String, isImplausible: Bool) throws {
        let derived = try derive("field: t, \(window)", "{\"e\":1,\"t\":\"\(time)\"}")
        #expect(derived.made.map(\.timestamp) == [isImplausible ? "2026-11-23T12:00:00.000Z" : time.replacing("Z", with: ".000Z")])
        #expect(derived.counters.rules.map(\.implausibleTimes) == [isImplausible ? 1 : 0])
        #expect(derived.counters.rules.map(\.unreadableTimes) == [0])
    }

    @Test(arguments: [
        ("timestamp: { timezone: Nowhere/Town }", "there is no time zone `Nowhere/Town`"),
        ("timestamp: { format: rfc3338 }", "there is no time format `rfc3338`"),
        ("timestamp: { format: '%Q' }", "time formats have no `%Q`"),
        ("timestamp: { max_age: 10 }", "expected a duration for `max_age`, found `10`"),
    ]) func mistakesSayWhatIsWrong(line: String, message: String) {
        let mistakes = refusals("format: json\n\(line)\nrules:\n  - { name: r, where: { e: x }, track: { userId: u, event: e } }")
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains(message) == true)
    }

    @Test(arguments: [
        (#"{{ t | parse_time: "nope" }}"#, "there is no time format `nope`"), (#"{{ t | parse_time: "%Q" }}"#, "time formats have no `%Q`"),
        ("{{ t | parse_time: t }}", "`parse_time` takes a format in quotes"),
        (#"{{ t | parse_time: "%s", "x" }}"#, "takes at most one argument, found 2"),
    ]) func formatsOfParseTimeAreCheckedWhenRulesAreRead(template: String, message: String) {
        let mistakes = refusals(
            "format: json\nrules:\n  - { name: r, where: { e: x }, track: { userId: u, event: e }, timestamp: '\(template)' }")
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains(message) == true)
    }
}
