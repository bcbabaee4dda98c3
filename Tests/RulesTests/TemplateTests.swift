// Templates: literal text, expressions, types, absent values, names.

import Rules
import Testing

@Suite struct TemplateTests {
    @Test func oneWholeExpressionKeepsItsType() throws {
        #expect(try evaluate("{{ v | to_number }}", "5.0") == "5")
        #expect(try evaluate("{{v|to_number}}", "5.0") == "5")
        #expect(try evaluate("{{ v | to_boolean }}", "yes") == "true")
        #expect(try evaluate("{{ 5 }}", "") == "5")
        #expect(try evaluate("{{ false }}", "") == "false")
    }

    @Test func anythingAroundMakesText() throws {
        #expect(try evaluate("{{ v | to_number }} ", "5.0") == #""5 ""#)
        #expect(try evaluate("{{ v }}{{ v | to_boolean }}", "yes") == #""yestrue""#)
        #expect(try evaluate("a {{ v }} b {{ v | upcase }} c", "x") == #""a x b X c""#)
    }

    @Test func absentValueMakesTheWholeTemplateAbsent() throws {
        #expect(try evaluate("{{ v | to_number }}", "x") == nil)
        #expect(try evaluate("total: {{ v | to_number }} {{ v }}", "x") == nil)
        #expect(try evaluate(#"total: {{ v | to_number | default: "none" }}"#, "x") == #""total: none""#)
    }

    @Test func literalTextIsKeptAsItIs() throws {
        #expect(try evaluate("no expression } }} { %} | ' \"", "") == #""no expression } }} { %} | ' \"""#)
        #expect(try evaluate("", "") == #""""#)
        #expect(try evaluate(#"{"a":"{{ v }}"}"#, "x") == #""{\"a\":\"x\"}""#)
    }

    @Test func quotedTextMayHoldWhatEndsExpressions() throws {
        #expect(try evaluate(#"{{ v | append: "}} | '" }}"#, "x") == #""x}} | '""#)
        #expect(try evaluate(#"{{ v | append: '}}"' }}"#, "x") == #""x}}\"""#)
        #expect(try evaluate(#"{{ v | replace: "|", ":" }}"#, "a|b") == #""a:b""#)
    }

    @Test func capturesHideFieldsOfTheirName() throws {
        let yaml = #"rules: [{ name: r, match: 'x(?<message>.)', track: { event: '{{ message }}', userId: u, properties: {} } }]"#
        #expect(try briefs(yaml, "axyz\n") == [#"{"type":"track","userId":"u","event":"y"}"#])
    }

    @Test func sourceHostAndAllowedEnvironmentHaveNames() throws {
        let context = RuleContext(hostName: "web-1", environment: ["STAGE": "test"])
        let yaml = #"""
            rules:
              - name: r
                match: x
                track: { event: '{{ source.name }} {{ source.path }} {{ host.name }} {{ env.STAGE }} {{ message }}', userId: u }
            """#
        #expect(
            try derive(yaml, "x!\n", context: context).briefs
                == [#"{"type":"track","userId":"u","event":"shop /var/log/shop.log web-1 test x!"}"#])
        #expect(
            refusals(yaml) == [
                """
                4:77: the environment variable `STAGE` is not set, or not allowed here
                  hint: list it in eventail.yaml: environment: [STAGE]
                """
            ])
    }

    @Test func escapesOfAFieldAreUndone() throws {
        let yaml = """
            format: combined
            rules:
              - name: r
                where: { user_agent: { exists: true } }
                track: { event: '{{ user_agent }}|{{ user_agent | upcase }}', userId: '{{ remote_user }}' }
            """
        let line = #"192.0.2.1 - \xE5\x90\x8D [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 17 "-" "a\x22b\"c\\""#
        #expect(
            try briefs(yaml, line + "\n")
                == [#"{"type":"track","userId":"名","event":"a\"b\"c\\|A\"B\"C\\"}"#])
    }

    @Test func hostileTextCannotLeaveItsString() throws {
        let input = #"","userId":"admin"} {{ env.HOME }} {% raw %} \"#
        #expect(try evaluate("{{ v }}", input) == #""\",\"userId\":\"admin\"} {{ env.HOME }} {% raw %} \\""#)
    }
}
