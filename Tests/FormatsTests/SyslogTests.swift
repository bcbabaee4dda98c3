// Fields of syslog lines.

import Formats
import RandomSupport
import Testing

@Suite struct SyslogTests {
    @Test(arguments: [
        "Nov 3 06:37:03 web-1 sshd[812]: Accepted password for anna", "Nov  3 06:37:03 web-1 sshd[812]: Accepted password for anna",
        "Nov 23 06:37:03 web-1 sshd[812]: Accepted password for anna", "<38>Nov 23 06:37:03 web-1 sshd[812]: Accepted password for anna",
        "2026-11-23T06:37:03.066123+00:00 web-1 sshd[812]: Accepted password for anna",
        "<38>1 2026-11-23T06:37:03.066Z web-1 sshd 812 - - Accepted password for anna",
        "<38>1 2026-11-23T06:37:03.066Z web-1 sshd 812 - [a@1 x=\"]\\\" y\"][b] Accepted password for anna",
        "<38>1 2026-11-23T06:37:03.066Z web-1 sshd 812 - - \u{FEFF}Accepted password for anna",
    ]) func allFormsGiveTheSameFields(record: String) {
        let parsed = Parsed(record, "syslog")
        #expect(parsed.isOfFormat)
        #expect(parsed["host"] == "web-1")
        #expect(parsed["program"] == "sshd")
        #expect(parsed["pid"] == "812")
        #expect(parsed["message"] == "Accepted password for anna")
        #expect(parsed["time"]?.contains("06:37:03") == true)
    }

    @Test func aLineWithoutTagIsAllMessage() {
        let parsed = Parsed("Nov  3 06:37:03 web-1 last message repeated 2 times", "syslog")
        #expect(parsed["time"] == "Nov  3 06:37:03")
        #expect(parsed["program"] == nil)
        #expect(parsed["message"] == "last message repeated 2 times")
    }

    @Test func headerIsInTheFirstLineAndTheRestIsMessage() {
        let parsed = Parsed("Nov 23 06:37:03 web-1 sshd[812]: one\n two[3]: x", "syslog")
        #expect(parsed["program"] == "sshd" && parsed["pid"] == "812" && parsed["message"] == "one\n two[3]: x")
        #expect(Parsed("<38>1 2026-11-23T06:37:03Z h p 1 - - one\ntwo", "syslog")["message"] == "one\ntwo")
        #expect(!Parsed("Nov 23 06:37:03 web-1\nsshd[812]: x", "syslog").isOfFormat)
    }

    @Test(arguments: [
        "", "hello", "Nov 23 06:37:03", "<38>1 - -", "<38>1 2026-11-23T06:37:03Z h p 1 - [open", "2026-11-23 06:37:03 h p: m",
    ])
    func otherLinesAreUnparsed(record: String) {
        #expect(!Parsed(record, "syslog").isOfFormat)
        #expect(Parsed(record, "syslog")["message"] == record)
    }

    /// Whatever the bytes, no parser may leave the record.
    @Test(arguments: RecordFormat.allCases.map(\.rawValue)) func truncatedAndBrokenLinesAreHarmless(format: String) {
        let lines = [
            "<38>1 2026-11-23T06:37:03.066Z web-1 sshd 812 - [a@1 x=\"]\\\" y\"] {\"a\":{\"b\":\"\\u0041\"}} k=\"v\"",
            "Nov 23 06:37:03 web-1 sshd[812]: a=\"b\\",
            #"{"log":"{\"a\":{\"b\":\"\\u0041\"}}\r\n","stream":"stdout","time":"2026-11-23T06:57:32Z"}"#,
            #"2026-11-23T06:57:32.578177001Z stdout P ::1 - a [23/Nov/2026:06:55:25 +0000] "GET /\x4 HTTP/1.1" 200 2 "\" "\x""#,
        ]
        let names = RecordFormat(rawValue: format)!.hasFreeNames ? ["a", "k"] : []
        var random = SeededRandom(seed: 7)
        for line in lines {
            let bytes = Array(line.utf8)
            for end in 0...bytes.count {
                #expect(Parsed(Array(bytes[..<end]), format, names)["message"] != nil)
            }
            for _ in 0..<300 {
                var broken = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    broken[Int.random(in: 0..<broken.count, using: &random)] = Array("\"\\{}[]<>: =\n\u{0}1-".utf8).randomElement(
                        using: &random)!
                }
                #expect(Parsed(broken, format, names)["message"] != nil)
            }
        }
    }
}
