// Records of several lines in formats that wrap each line in a line of their own, and pieces of cut lines.

import Rules
import Testing

@Suite struct MultilineFormatTests {
    @Test func syslogHeaderIsInTheFirstLine() throws {
        let rules = #"""
            format: syslog
            multiline: { continues_with: '^\s' }
            rules:
              - { name: r, where: { program: shop }, match: '(?s)^(?<_what>.*)$', track: { userId: '{{ pid }}', event: '{{ _what }}' } }
            """#
        let log = "Nov 23 06:37:03 web-1 shop[812]: boom\n\tat here\nNov 23 06:37:04 web-1 shop:\n x[9]: y\nno syslog\n x\n"
        #expect(try briefs(rules, log) == [#"{"type":"track","userId":"812","event":"boom\n\tat here"}"#])
        let other = rules.replacing("{{ pid }}", with: "{{ host }}").replacing(
            "'{{ _what }}' }", with: "e, properties: { m: '{{ _what }}' } }")
        #expect(try briefs(other, log).last == #"{"type":"track","userId":"web-1","event":"e","properties":{"m":"\n x[9]: y"}}"#)
    }

    @Test func objectMaySpanLines() throws {
        let rules = """
            format: json
            multiline: { starts_with: '^\\{' }
            rules: [{ name: r, where: { event: login }, track: { userId: '{{ user.id }}', event: e } }]
            """
        #expect(try briefs(rules, "{\"event\": \"login\",\n  \"user\": {\n    \"id\": \"u7\"\n  }\n}\n{}\n").count == 1)
    }

    private func docker(_ text: String, _ stream: String = "stdout") -> String {
        "{\"log\":\"\(text)\",\"stream\":\"\(stream)\",\"time\":\"2026-11-23T06:57:32.5Z\"}\n"
    }

    @Test func piecesOfACutLineAreJoined() throws {
        let log =
            docker("one ") + docker("tw\\u006f ") + docker("\\\"three\\\"\\n") + docker("whole\\n") + docker("left")
            + docker("err\\n", "stderr")
        #expect(try messages("format: docker", log) == ["one two \"three\"", "whole", "left", "err"])
        let cri = """
            2026-11-23T06:57:32.578177Z stdout P one\u{20}
            2026-11-23T06:57:32.578178Z stdout F two
            2026-11-23T06:57:32.578179Z stderr P three
            2026-11-23T06:57:32.578180Z stdout F four

            """
        #expect(try messages("format: cri", cri) == ["one two", "three", "four"])
    }

    @Test func joinedLineIsReadAsOneOfItsFormat() throws {
        let rules = """
            format: docker+json
            rules: [{ name: r, where: { event: login, docker.stream: stdout }, track: { userId: '{{ user }}', event: e } }]
            """
        let log = docker("{\\\"event\\\":\\\"lo") + docker("gin\\\",\\\"user\\\":\\\"u7\\\"}\\n")
        #expect(try briefs(rules, "noise\n" + log + "noise\n") == [#"{"type":"track","userId":"u7","event":"e"}"#])
        #expect(try derive(rules, log).counters.unparsed == 0)
    }

    @Test func tracesInsideOfWrappedLinesAreJoined() throws {
        let log =
            docker("2026 failed\\n") + docker("java.lang.Error: boom\\n") + docker("\\tat x(Y.java:1)\\n") + docker("2026 next\\n")
            + docker("\\tat z\\n", "stderr")
        #expect(
            try messages("format: docker\nmultiline: { preset: java }", log) == [
                "2026 failed\njava.lang.Error: boom\n\tat x(Y.java:1)", "2026 next", "\tat z",
            ])
    }
}
