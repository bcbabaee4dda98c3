// Times as logs write them.

import Formats
import Foundation
import RandomSupport
import Testing

@Suite struct TimestampFormatTests {
    /// 2026-11-24T12:00:00Z
    private static let now: Int64 = 1_795_521_600_000

    /// What `text` states, as RFC 3339 writes it; nil where it cannot be read.
    private func read(_ text: String, _ format: String, zone: Zone? = nil, now: Int64 = now) throws -> String? {
        let format = try #require(try TimestampFormat(format))
        let bytes = Array(text.utf8)
        return format.milliseconds(of: bytes.span, TimestampContext(zone: zone, nowMilliseconds: now)).map { Self.text($0) }
    }

    private static func text(_ milliseconds: Int64) -> String {
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let date = Date(timeIntervalSince1970: Double((milliseconds - fraction) / 1000))
        return "\(date.formatted(.iso8601).dropLast()).\(String(format: "%03d", Int(fraction)))Z"
    }

    @Test(arguments: [
        ("2026-11-23T06:37:03.066Z", "rfc3339", "2026-11-23T06:37:03.066Z"),
        ("2026-11-23 06:57:32,578", "rfc3339", "2026-11-23T06:57:32.578Z"),
        ("2026-11-23t06:37:03.0669999z", "rfc3339", "2026-11-23T06:37:03.066Z"),
        ("2026-11-23T06:37:03+01", "rfc3339", "2026-11-23T05:37:03.000Z"),
        ("2026-11-23 06:37:03 -0530", "rfc3339", "2026-11-23T12:07:03.000Z"),
        ("2026-12-31T23:59:60Z", "rfc3339", "2027-01-01T00:00:00.000Z"),
        ("23/Nov/2026:06:55:25 +0000", "clf", "2026-11-23T06:55:25.000Z"),
        ("23/Nov/2026:06:55:25 -0800", "clf", "2026-11-23T14:55:25.000Z"),
        ("Nov 23 06:37:03", "rfc3164", "2026-11-23T06:37:03.000Z"), ("Nov  3 06:37:03", "rfc3164", "2026-11-03T06:37:03.000Z"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "http", "1994-11-06T08:49:37.000Z"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "http", "1994-11-06T08:49:37.000Z"),
        ("Sun Nov  6 08:49:37 1994", "http", "1994-11-06T08:49:37.000Z"),
        ("Sun, 6 Nov 1994 08:49:37 +0100", "http", "1994-11-06T07:49:37.000Z"),
        ("1795416925.888", "epoch_s", "2026-11-23T06:55:25.888Z"), ("1795416925888", "epoch_ms", "2026-11-23T06:55:25.888Z"),
        ("1795416925888123", "epoch_us", "2026-11-23T06:55:25.888Z"), ("1795416925888123456", "epoch_ns", "2026-11-23T06:55:25.888Z"),
        ("1795416925888.25", "epoch_ms", "2026-11-23T06:55:25.888Z"), ("-1", "epoch_s", "1969-12-31T23:59:59.000Z"),
        ("2026-11-23T06:37:03Z", "auto", "2026-11-23T06:37:03.000Z"), ("23/Nov/2026:06:55:25 +0000", "auto", "2026-11-23T06:55:25.000Z"),
        ("Nov 23 06:37:03", "auto", "2026-11-23T06:37:03.000Z"), ("Sun, 06 Nov 1994 08:49:37 GMT", "auto", "1994-11-06T08:49:37.000Z"),
        ("Sun Nov  6 08:49:37 1994", "auto", "1994-11-06T08:49:37.000Z"), ("1693840791.7564995", "auto", "2023-09-04T15:19:51.756Z"),
        ("1795416925888", "auto", "2026-11-23T06:55:25.888Z"), ("1795416925888123", "auto", "2026-11-23T06:55:25.888Z"),
        ("1795416925888123456", "auto", "2026-11-23T06:55:25.888Z"),
    ]) func namedFormatsAreRead(text: String, format: String, expected: String) throws {
        #expect(try read(text, format) == expected)
    }

    @Test(
        arguments: [
            ("2026-11-23 06:37:03.25", "%Y-%m-%d %H:%M:%S.%f", "2026-11-23T06:37:03.250Z"),
            ("2026-11-23 06:37:03,250", "%F %T,%L", "2026-11-23T06:37:03.250Z"),
            ("23/Nov/2026:06:55:25 +0100", "%d/%b/%Y:%H:%M:%S %z", "2026-11-23T05:55:25.000Z"),
            ("Mon Nov 23 06:55:25.123456 2026", "%a %b %d %H:%M:%S.%f %Y", "2026-11-23T06:55:25.123Z"),
            ("monday,  3 NOVEMBER 26  12:05 am", "%A, %e %B %y %I:%M %p", "2026-11-03T00:05:00.000Z"),
            ("3 May 2026 12:05PM", "%d %b %Y %l:%M%p", "2026-05-03T12:05:00.000Z"),
            ("11/23/69 6:5:4", "%D %H:%M:%S", "1969-11-23T06:05:04.000Z"), ("20261123063703", "%Y%m%d%H%M%S", "2026-11-23T06:37:03.000Z"),
            ("2024-366", "%Y-%j", "2024-12-31T00:00:00.000Z"), ("at 1795416925.5%", "at %s%%", "2026-11-23T06:55:25.500Z"),
            ("11-23 06:37", "%m-%d %R", "2026-11-23T06:37:00.000Z"), ("23:59:59", "%T", "2026-11-24T23:59:59.000Z"),
            ("00:30", "%H:%M", "2026-11-25T00:30:00.000Z"),
            ("2026-11-23 06:37:03 EST", "%F %T %Z", "2026-11-23T11:37:03.000Z"),
            ("2026-11-23T06:37:03 UTC", "%FT%T %Z", "2026-11-23T06:37:03.000Z"),
            ("3 Foo", "%d %b", nil), ("2026-11-23x", "%F", nil), ("2026-11-23 06:37:03 CEST", "%F %T %Z", nil), ("2023-366", "%Y-%j", nil),
            ("2026-13-01", "%F", nil), ("13:00 pm", "%I:%M %p", nil), ("2026-02-29", "%F", nil), ("0000-01-01", "%F", nil),
            ("24:00:00", "%T", nil),
        ] as [(String, String, String?)]) func patternsAreReadAsStrptimeDoes(text: String, format: String, expected: String?) throws
    {
        // 00:30 is nearest to a late hour on the day after it.
        let now = text == "00:30" ? Self.now + 10 * 3_600_000 : Self.now
        #expect(try read(text, format, now: now) == expected)
    }

    @Test(arguments: [
        ("", "auto"), ("-", "auto"), ("2026", "auto"), ("2026-11-23", "rfc3339"), ("2026-02-30T00:00:00Z", "rfc3339"),
        ("2026-11-23T24:00:00Z", "rfc3339"),
        ("2026-11-23T06:37:03Zx", "rfc3339"), ("2026-11-23T06:37:03+1:00", "rfc3339"), ("23/Nov/2026:06:55:25", "clf"),
        ("Nov 31 06:37:03", "rfc3164"),
        ("99999999999999999999", "epoch_s"), ("9223372036854775807", "epoch_s"), ("9223372036854775807", "epoch_ms"), ("1e9", "epoch_s"),
        ("12x", "epoch_s"),
        ("1.", "epoch_s"), ("--1", "epoch_s"),
    ]) func whatIsNoTimeIsUnreadable(text: String, format: String) throws {
        #expect(try read(text, format) == nil)
    }

    @Test(arguments: [
        ("Dec 31 23:59:59", "2027-01-01T00:00:10.000Z", "2026-12-31T23:59:59.000Z"),
        ("Jan  1 00:00:01", "2026-12-31T23:59:59.000Z", "2027-01-01T00:00:01.000Z"),
        ("Feb 29 12:00:00", "2024-03-01T00:00:00.000Z", "2024-02-29T12:00:00.000Z"),
        ("Feb 29 12:00:00", "2025-01-01T00:00:00.000Z", "2024-02-29T12:00:00.000Z"),
        ("Feb 29 12:00:00", "2027-12-31T00:00:00.000Z", "2024-02-29T12:00:00.000Z"),
        // Logs tell of the past, also where the same day of next year is nearer.
        ("Mar 27 13:08:09", "2026-11-24T00:00:00.000Z", "2026-03-27T13:08:09.000Z"),
        ("Nov 30 23:59:59", "2026-11-24T00:00:00.000Z", "2026-11-30T23:59:59.000Z"),
        ("Dec  1 00:00:01", "2026-11-24T00:00:00.000Z", "2025-12-01T00:00:01.000Z"),
    ]) func theYearIsTheLatestThatIsNotInTheFuture(text: String, now: String, expected: String) throws {
        let bytes = Array(now.utf8)
        let milliseconds = TimestampFormat.rfc3339.milliseconds(of: bytes.span, TimestampContext(nowMilliseconds: 0))!
        #expect(try read(text, "rfc3164", now: milliseconds) == expected)
        #expect(try read(text, "%b %e %T", now: milliseconds) == expected)
    }

    @Test func aFebruary29WithoutALeapYearNearIsUnreadable() throws {
        // 2103-03-01: 2100 was no leap year.
        #expect(try read("Feb 29 12:00:00", "rfc3164", now: 4_202_150_400_000) == nil)
    }

    @Test(arguments: ["%", "%Q", "%Y", "%Y-%m", "%d", "%M:%S", "abc%%", "%S" + String(repeating: "x", count: 300), "%é"])
    func patternsThatStateNoTimeAreRefused(format: String) {
        #expect(throws: FormatsError.self) { try TimestampFormat(format) }
    }

    @Test func anUnknownNameIsNoFormat() throws {
        #expect(try TimestampFormat("iso") == nil)
        #expect(TimestampFormat.names.contains("epoch_ms"))
    }

    @Test func unknownZoneNamesNeedATimezone() throws {
        #expect(try read("2026-07-01 12:00:00 CEST", "%F %T %Z", zone: .fixed(7200)) == "2026-07-01T10:00:00.000Z")
    }

    /// Every format on every prefix of every time, and on some broken ones.
    @Test func truncatedTimesAreHarmless() throws {
        let texts = [
            "2026-11-23T06:37:03.066+01:00", "23/Nov/2026:06:55:25 +0000", "Nov 23 06:37:03", "Sunday, 06-Nov-94 08:49:37 GMT",
            "1795416925.888",
            "9223372036854775807.9", "-9223372036854775808", "\u{0}\u{FF}--", "99999-99-99T99:99:99",
        ]
        for format in TimestampFormat.names + ["%a, %d %b %Y %I:%M:%S.%f %p %z", "%y%j%s%Z"] {
            for text in texts {
                for end in 0...text.utf8.count {
                    _ = try read(String(decoding: Array(text.utf8)[..<end], as: UTF8.self), format, now: .max / 4)
                }
            }
        }
    }

    @Test(arguments: 0..<20) func daysAreThoseThatFoundationCounts(round: Int) throws {
        var random = SeededRandom(seed: UInt64(round))
        for _ in 0..<100 {
            // From 1583 on; Foundation counts earlier days by the Julian calendar.
            let milliseconds = Int64.random(in: -12_212_553_600_000...253_402_300_799_999, using: &random)
            let text = Self.text(milliseconds)
            let bytes = Array(text.utf8)
            let found = TimestampFormat.rfc3339.milliseconds(of: bytes.span, TimestampContext(nowMilliseconds: 0))
            #expect(found == milliseconds, "seed \(round): \(text)")
        }
    }
}
