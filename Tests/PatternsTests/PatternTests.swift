// What a pattern says about itself, and what is refused when it is compiled.

import Patterns
import Testing

struct PatternTests {
    @Test func groupsAreKnownByNameAndNumber() throws {
        let pattern = try Pattern(#"(\d+) user=(?<userId>\S+) (?:x) (?'total'.*)"#)
        #expect(pattern.groupCount == 3)
        #expect(pattern.groupNames.map(\.name) == ["userId", "total"])
        #expect(pattern.groupNames.map(\.number) == [2, 3])
        #expect(pattern.isJITCompiled)
        #expect(pattern.source.hasPrefix(#"(\d+) user"#))
    }

    @Test func aSyntaxErrorHasPCREsTextAndPlace() {
        let error = refusal(of: "user=(\\d+")
        #expect(error?.message == "missing closing parenthesis")
        #expect(error?.offset == 9)
        #expect(refusal(of: "ab[z-a]")?.offset == 5)
        #expect(refusal(of: "é+*+", utf: false)?.offset == 3)
    }

    @Test(arguments: [
        ("(*UTF)a", 0, "utf: true"), ("(*UCP)a", 0, "leave it out"), ("(*LIMIT_MATCH=4000000000)a", 0, "leave it out"),
        ("(*LIMIT_HEAP=1)a", 0, "leave it out"), ("(*NO_JIT)a", 0, "leave it out"), ("(*CRLF)a", 0, "leave it out"),
        ("(*BSR_UNICODE)a", 0, "leave it out"), ("a(?J)b", 3, "a name of its own"), (#"a\Cb"#, 3, "use `"),
        (#"ab\h"#, 2, "utf: true"), (#"ab\V"#, 2, "utf: true"), (#"a[b\v]"#, 3, "utf: true"), (#"\p{Lu}"#, 0, "utf: true"),
        ("abc[dé]", 5, "utf: true"), (#"[\Qé\E]"#, 3, "utf: true"), ("a(?i)é", 5, "utf: true"), (#"a(?i)\Qé"#, 7, "utf: true"),
        ("a(?i:b|(c[x]é))", 12, "utf: true"),
    ])
    func whatWouldMisreadBytesOrLiftLimitsIsRefused(_ source: String, offset: Int, hint: String) {
        let error = refusal(of: source)
        #expect(error?.offset == offset)
        #expect(error?.hint?.contains(hint) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        "é", "é(?i)a", "(?i:a)é", #"\\h"#, #"\Q\h\E"#, "(?#é)a", "(?i)(?#é)a", #"[\\h]"#, "(*COMMIT)a", "(*:n)a", #"\xE9[\xE9]"#, "(?:é)?",
        #"a\Qb"#, "(?i)a(?-i)é", "(?i)a(?^)é",
    ])
    func whatReadsBytesRightIsAllowed(_ source: String) {
        #expect(refusal(of: source) == nil)
    }

    @Test(arguments: [#"\h\H\v\V\p{Lu}\X"#, "[é-ü]", "(?i)é", #"[\h]"#])
    func utfAllowsWhatBytesCannotMean(_ source: String) {
        #expect(refusal(of: source, utf: true) == nil)
    }

    @Test func aPatternIsBoundedBeforeItIsCompiled() {
        let long = String(repeating: "(a|b|c)", count: 1_500_000)
        let error = refusal(of: long)
        #expect(error?.message == "the pattern has 10500000 bytes; at most 65536 are allowed")
        let deep = String(repeating: "(", count: 101) + String(repeating: ")", count: 101)
        #expect(refusal(of: deep)?.hint == "at most 100 levels are allowed")
        #expect(refusal(of: "(((a{1000}){1000}){1000})")?.hint == "repeat less inside repeats, or split it into several rules")
    }

    @Test(arguments: [
        #"(GET|POST|PUT|PATCH|DELETE) (\S+) HTTP/(1\.[01]|2)"#, "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ 0-3]\\d)",
        #"(?:(\d+)ms|(\d+)s) (a|b|)"#, "(a+)+$", "(?:a|aa)*b", "((a|aa)|b){3}", #"(a)\1\k{n}(?<n>b)(?P=n)\g{1}"#,
        String(repeating: "(a|b)", count: 40), String(repeating: "(a|aa)", count: 10),
    ])
    func whatJITCodeBoundsIsCompiledByIt(_ source: String) throws {
        #expect(try Pattern(source).isJITCompiled)
    }

    @Test(arguments: [
        String(repeating: "(a|aa)", count: 11), "(a|aa){11}", "(a|aa){0,11}", "(?:(a|aa){4}){3}", "(?=(a|aa){11})", "(?(?=(a|aa){11})b)",
        "(?<n>a)(?&n)", "(?<n>a)(?P>n)", "(a)(?1)", "a(?R)?", #"(a)\g<1>"#, #"(a)\g'1'"#,
    ])
    func whatJITCodeDoesNotBoundIsInterpreted(_ source: String) throws {
        #expect(try !Pattern(source).isJITCompiled)
    }

    @Test func duplicateNamesAreRefusedHoweverTheyAreWritten() throws {
        #expect(refusal(of: "(?<n>a)|(?<n>b)") != nil)
        #expect(refusal(of: "(?J:(?<n>a)|(?<n>b))")?.message == "the option `(?J)` for duplicate names is not allowed")
        // One number, one name.
        #expect(try Pattern("(?|(?<n>a)|(?<n>b))").groupNames.map(\.name) == ["n"])
    }

    private func refusal(of source: String, utf: Bool = false) -> PatternError? {
        do {
            _ = try Pattern(source, options: PatternOptions(utf: utf))
            return nil
        } catch {
            return error
        }
    }
}
