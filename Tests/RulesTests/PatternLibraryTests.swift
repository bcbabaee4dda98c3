// The library's named patterns: what each matches as a whole and what not, and that no text makes one of them expensive.

import Formats
import Patterns
import Rules
import Testing

@Suite struct PatternLibraryTests {
    private static let names = PatternLibrary.patterns.keys.sorted()

    private func matches(_ name: String, _ text: String) throws -> Bool {
        let pattern = try Pattern(NamedPatterns.library.expand("\\A%{\(name):x}\\z").text)
        let bytes = Array(text.utf8)
        return Matcher().match(pattern, bytes.span) == .matched
    }

    @Test(arguments: [
        ("INT", ["0", "-12", "+7"], ["", "1.5", "a", "--1"]),
        ("POSINT", ["1", "10", "007"], ["0", "-1", "1.0"]),
        ("NONNEGINT", ["0", "10"], ["-1", ""]),
        ("NUMBER", ["0", "-1.50", ".5", "+12"], ["1.", "1.2.3", "e", "-", "1e5"]),
        ("BASE16NUM", ["0xFF", "ff", "-1A"], ["0x", "g"]),
        ("WORD", ["a", "a_1"], ["", "a b", "a-b"]),
        ("NOTSPACE", ["a-b", "\u{FF}é"], ["", "a b"]),
        ("SPACE", ["", " \t "], ["a"]),
        ("DATA", ["", "a b"], ["a\nb"]),
        ("GREEDYDATA", ["", "a b"], ["a\nb"]),
        ("QUOTEDSTRING", [#""a""#, #""a\"b""#, "'a'", "`a`", #""""#], [#""a"#, #""a"b""#, #""a'"#, "a"]),
        ("UUID", ["123e4567-E89B-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400"]),
        ("USER", ["ann", "a.b-c_1"], ["", "a b", "a@b"]),
        ("EMAILADDRESS", ["ann.b+c@x.io", "o'x@a-b.example"], ["@x.io", "a@", "a b@x.io", ".a@x.io", "a..b@x.io"]),
        ("LOGLEVEL", ["INFO", "warn", "Warning", "ERR", "error", "CRITICAL", "debug"], ["inform", "errors", "x"]),
        ("IPV4", ["192.0.2.7", "0.0.0.0", "255.255.255.255"], ["256.0.0.1", "1.2.3", "1.2.3.4.5", "300.1.1.1", "1.2.3.1234"]),
        (
            "IPV6",
            [
                "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2:3:4::6:7:8",
                "fe80::1%eth0",
                "::ffff:192.0.2.7", "1:2:3:4:5:6:192.0.2.7", "2001:DB8::192.0.2.7", "1::192.0.2.7",
            ],
            [
                "", ":", "1", "1:2", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "12345::", "::g",
                "1:2:3:4:5:6:7:8::",
                "::ffff:192.0.2.256", ":1:2:3:4:5:6:7:8", "12:30:45",
            ]
        ),
        ("IP", ["192.0.2.7", "::1"], ["x", "12:30:45"]),
        ("MAC", ["00:1a:2B:3c:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"], ["00:1a:2b:3c:4d", "00:1a:2b-3c:4d:5e"]),
        ("HOSTNAME", ["x", "a.example", "a-1.b_2.io", "x.io."], ["", "-a", "a..b", "a b", ".a"]),
        ("IPORHOST", ["::1", "192.0.2.7", "a.example"], ["a b", ""]),
        ("HOSTPORT", ["a.example:80", "192.0.2.7:8080"], ["a.example", "a.example:0"]),
        ("PATH", ["/", "/a/b", "/var/log/x.log", #"C:\a\b"#], ["a/b", ""]),
        ("URIPATH", ["/", "/a/b;c"], ["a", "/a?b", ""]),
        ("URIPATHPARAM", ["/a", "/a?b=c&d"], ["/a#b", "?a"]),
        (
            "URI", ["https://x.io", "https://u:p@x.io:8/a?b#c", "http://[::1]:80/", "file:///etc", "a+b://192.0.2.7"],
            ["x.io", "//x.io", "https:/x", "https://x y"]
        ),
        ("MONTH", ["Jan", "January", "May", "Sept", "December"], ["Janu", "13", "jan"]),
        ("MONTHNUM", ["1", "01", "12"], ["13", "00", "123"]),
        ("MONTHDAY", ["1", "01", "31"], ["32", "00", "311"]),
        ("DAY", ["Mon", "Tuesday", "Thurs"], ["Mond", "x"]),
        ("YEAR", ["26", "2026"], ["2", "202", "20266"]),
        ("HOUR", ["0", "07", "23"], ["24", "007", "a"]),
        ("MINUTE", ["00", "59"], ["60", "5"]),
        ("SECOND", ["0", "59", "60", "59.123", "59,123"], ["61", "59."]),
        ("TIME", ["06:37", "06:37:03", "6:37:03.066"], ["24:00", "06:60:00", "06", "106:37:03"]),
        (
            "TIMESTAMP_ISO8601",
            [
                "2026-11-23T06:37:03Z", "2026-11-23 06:37:03,066", "2026-11-23T06:37:03.066+01:00", "2026-11-23T06:37+0100",
                "2026-11-23 06:37:03 +01:00",
            ],
            ["2026-13-23T06:37:03Z", "2026-11-32T06:37:03Z", "2026-11-23", "26-11-23T06:37:03Z", "2026-11-23T25:37:03Z"]
        ),
        ("HTTPDATE", ["23/Nov/2026:06:55:25 +0100"], ["23/11/2026:06:55:25 +0100", "23/Nov/2026:06:55:25"]),
        ("SYSLOGTIMESTAMP", ["Nov 23 06:37:03", "Nov  3 06:37:03"], ["Nov 33 06:37:03", "23 Nov 06:37:03"]),
        ("SYSLOGPROG", ["sshd[123]", "cron", "a/b-c.d[1]"], ["sshd[]", "ss hd", "sshd[12]:"]),
    ])
    func eachNameMatchesWhatItSays(name: String, good: [String], bad: [String]) throws {
        for text in good { #expect(try matches(name, text), "%{\(name)} and \(text)") }
        for text in bad { #expect(try !matches(name, text), "%{\(name)} and \(text)") }
    }

    @Test(arguments: names) func jitAndUTFTakeEachOfThem(name: String) throws {
        let text = try NamedPatterns.library.expand("%{\(name)}").text
        #expect(try Pattern(text).isJITCompiled)
        #expect(try Pattern(text, options: PatternOptions(utf: true)).isJITCompiled)
    }

    /// Long texts of one unit, with and without something behind that no pattern takes, wherever a match may begin.
    @Test(arguments: names) func noTextMakesOneGoBackTooOften(name: String) throws {
        let units = [
            "a", "1", "0", ".", ":", "::", "a:", "1:", "a.", "1.", "-", "a-", "/", "/a", " ", "\"", "\"\\", "\\\"", "%", "+", "@", "a@",
            "_", "Jan", "?", "[", "'", "é",
        ]
        // Two of these would give two groups one name, or share the blanks between them.
        let isAlone = ["COMBINEDAPACHELOG", "COMMONAPACHELOG", "SPACE", "SYSLOGPROG"].contains(name)
        for shape in ["%{\(name)}", "^%{\(name)}$"] + (isAlone ? [] : ["^%{\(name)} %{\(name)}$"]) {
            let pattern = try Pattern(NamedPatterns.library.expand(shape).text)
            let matcher = Matcher()
            for unit in units {
                for tail in ["", "\u{1}", " x\u{1}"] {
                    let text = Array((String(repeating: unit, count: 2048 / unit.utf8.count) + tail).utf8)
                    if case .limitHit = matcher.match(pattern, text.span) { Issue.record("\(shape) on \(unit)…\(tail)") }
                }
            }
        }
    }
}
