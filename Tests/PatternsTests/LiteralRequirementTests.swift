// What the parser takes from each construct of PCRE2's syntax, written as the literals of a clause joined by `|` and clauses
// joined by ` & `; `/i` marks a literal that ignores case. "" is a pattern of which nothing is known.

import Patterns
import Testing

struct LiteralRequirementTests {
    @Test(arguments: [
        ("", ""), ("ab", ""), ("abc", "abc"), (" user=", " user="), ("a]b}c", "a]b}c"),
        // Groups that only group.
        (#"event=(?<event>order_created) "#, "event=order_created "), ("a(b)c(?:d)(?>e)(?P<n>f)(?'m'g)", "abcdefg"),
        ("a(*atomic:b)c(?|d)e", "abcde"), ("a((((b))))c", "abc"), ("()abc", "abc"),
        // Quantifiers.
        ("abcd?efg", "abc & efg"), ("abcd*efg", "abc & efg"), ("abcd+efg", "abcd & defg"), ("abcd{0,}efg", "abc & efg"),
        ("abcd{0}efg", "abc & efg"), ("abcd{2,}efg", "abcdd & ddefg"), ("abcd{2}efg", "abcddefg"), ("abcd{1,2}efg", "abcd & defg"),
        ("abc+?d", "abc"), ("abc{2}+d", "abccd"), ("abcd{,3}efg", "abc & efg"), ("abcd{ 2 }efg", "abc & efg"), ("ab{c}d", "ab{c}d"),
        ("ab{,}d", "ab{,}d"), ("ab{1d", "ab{1d"), ("(abc)+d", "abc & abcd"), ("x(abc)?yz", ""), ("(?:ab){2}", "abab"),
        ("(?:abc.def)+", "abc & def"), ("(?:(abc)*)+def", "def"),
        ("(?:ab){40}c", String(repeating: "ab", count: 32)), ("a{300}bc", String(repeating: "a", count: 64)),
        // Alternatives.
        ("abc|def", "abc|def"), ("abc|de", ""), ("abc|", ""), ("x(abc|def)y", "abc|def"), ("xyz(abc|d)", "xyz"),
        ("GET /(?:cart|order)/pay", "GET / & cart|order & /pay"), ("(abc|abc)d", "abc"), ("((abc|def)x|ghi)", "abc|def|ghi"),
        ("(abc.defg|hij)", "defg|hij"),
        // Gaps.
        ("abc.def", "abc & def"), (#"abc\d\w\s\S\W\Ddef"#, "abc & def"), ("abc[x-z]def", "abc & def"), ("abc[^x]def", "abc & def"),
        (#"abc\Rdef\Nghi\Xjkl"#, "abc & def & ghi & jkl"),
        // Anchors and assertions are empty.
        (#"^abc$"#, "abc"), (#"ab\bcd\B\A\z\Z\Gef"#, "abcdef"), (#"foo\Kbar"#, "foobar"), ("abc(?=xyz)def", "abcdef"),
        ("abc(?!xyz)def", "abcdef"), ("abc(?<=xyz)def", "abcdef"), ("abc(?<!xyz)def", "abcdef"), ("abc(*pla:xyz)def", "abcdef"),
        ("abc(*negative_lookbehind:xyz)def", "abcdef"), ("abc(?*xyz)(?<*q)def", "abcdef"), ("(?=abc)", ""), ("ab(?=c)*cd", ""),
        // Quotations and escapes.
        (#"a\Q.*(\E)"#, ""), (#"\Qa.*|b\E+c"#, "a.*|b"), (#"a\Q\Eb\Ec"#, "abc"), (#"\Qabc"#, "abc"), (#"a\Qb\E?cde"#, "cde"),
        (#"\x61\x{62}\o{143}\0141"#, "abc\u{0C}1"), (#"\a\e\f\n\r\t"#, "\u{07}\u{1B}\u{0C}\n\r\t"), (#"\cA\c[\cz"#, "\u{01}\u{1B}\u{1A}"),
        (#"\.\*\_\ \@\\"#, #".*_ @\"#), (#"\x4\xg12"#, "\u{04}\u{00}g12"), (#"ab\x{}cdef"#, ""),
        // Classes of one character, and where classes end.
        ("ab[.]cd", "ab.cd"), (#"ab[\]]cd"#, "ab]cd"), ("ab[]]cd", "ab]cd"), ("abc[^]]def", "abc & def"), ("abc[]x]def", "abc & def"),
        (#"abc[\Q]\E]def"#, "abc & def"), (#"abc[\E]]def"#, "abc]def"), ("abc[[:alpha:]x]def", "abc & def"),
        ("abc[[:x]def]ghi", "abc & def]ghi"), (#"abc[\c]]def"#, "abc & def"), ("abc[[:<:]]def", "abc & def"), ("ab[.]?cde", "cde"),
        ("abc[[.x]def", "abc & def"),
        // Options.
        ("ab(?i)cd", "abcd/i"), ("(?i)ABC", "abc/i"), ("(?i:AB)CD", "abcd/i"), ("(?i)123", "123"), ("a(?i-s)bc(?-i)d", "abcd/i"),
        ("(?:abc(?i)|def)ghi", "abc|def/i & ghi"), ("(a(?i)b)CD", "abcd/i"), ("(?i)ab(?^)cd", "abcd/i"), ("(?msnU)abc", "abc"),
        ("(?x) a b c # d\n e", "abce"), (#"(?x)a\ b c"#, "a bc"), ("(?x)ab c {2} d", "abccd"), ("(?x: a b )c d", "abc d"),
        (#"(?x)a\Q b\E c"#, "a bc"), ("(?xx)ab[ ]]cd", "ab]cd"), ("(?x)ab[ ]cd", "ab cd"), ("(?xx)a(?x)b[ ]c", "ab c"),
        ("(?x)a(?-x) b", "a b"),
        ("(?i)ask[k]", "askk/i"),
        // What may hold anything.
        (#"(abc)\1def"#, "abc & def"), (#"(?<n>abc)\k<n>\k'n'\k{n}\g{n}(?P=n)def"#, "abc & def"), (#"(abc)\g1\g{-1}def"#, "abc & def"),
        (#"(abc)\g<1>\g'1'def"#, "abc & def"), ("(abc)(?1)def(?R)?(?+1)(g)(?-1)", "abc & def"), ("(?<n>abc)(?&n)(?P>n)def", "abc & def"),
        ("(a)?(?(1)bcd|efg)hij", "hij"), ("(?(?=abc)abc|def)ghi", "ghi"), ("(?(R)abc)def", "def"), ("(?<n>a)?(?(<n>)bcd)efg", "efg"),
        ("(?(DEFINE)(?<n>abc))def", "def"), ("(?(*nla:x)abc|def)ghi", "ghi"), ("(?(VERSION>=10.0)abc|def)ghi", "ghi"),
        // Comments, callouts and verbs.
        ("ab(?#x)cd", "abcd"), ("abc(?#x)?de", ""), ("ab(?C)c(?C12)d(?C'x)''y')e(?C{x}})})f", "abcdef"), ("abc(?C1)?d", ""),
        ("abc(*COMMIT)def", "abcdef"), ("abc(*MARK:x)(*:y)(*PRUNE)(*THEN:z)d", "abcd"), ("abc(*FAIL)|abd(*F)", "abc|abd"),
        ("abc(*ACCEPT)def", ""), ("(abc|(*ACCEPT))def", ""),
        // Other bytes than ASCII are bytes.
        ("né", "né"), ("(?x)abcÅ?def", ""), (#"(?x)abc\QÅ\E"#, "abcÅ"), ("abcÅ", "abcÅ"), ("nné?abc", "nn\\xC3 & abc"),
        (#"\xff\xfe\xfd"#, "\\xFF\\xFE\\xFD"), (#"(?i)\xff\xfe\xfd"#, "\\xFF\\xFE\\xFD"),
    ])
    func bytePatternsRequire(_ pattern: String, expected: String) {
        #expect(described(LiteralRequirement.of(pattern: pattern)) == expected)
    }

    @Test(arguments: [
        ("né?abc", "abc"), ("éé", "éé"), ("(?i)éaé", ""), ("(?i)error", "error/i"), ("(?i)asset", ""), ("(?i)token", ""),
        ("(?i)abskabc", "abc/i"), (#"\x{e9}\xe9\o{351}"#, "ééé"), (#"abc\N{U+e9}def"#, "abc & def"),
        (#"abc\p{L}\pL\P{^Lu}def"#, "abc & def"),
        (#"abc\hdef\Vghi"#, "abc & def & ghi"), ("abc[é]def", "abc & def"), (#"\x{d800}abc"#, ""), (#"\x{110000}abc"#, ""),
        ("(?x)abc\u{85}def", ""), ("(?x)abc\u{2028}?def", ""), ("(?x)abcé", "abcé"), (#"\éabc"#, "éabc"), (#"\Qé\E?abc"#, "abc"),
    ])
    func utfPatternsRequire(_ pattern: String, expected: String) {
        #expect(described(LiteralRequirement.of(pattern: pattern, options: PatternOptions(utf: true))) == expected)
    }

    @Test(arguments: [
        "abc(", "abc)", "abc[", "abc(?", "abc(?<", "abc(?<n", #"abc\"#, #"abc\x{"#, "abc(*", "abc(?C'", "abc(?(", "abc(?i", #"abc\g"#,
        "abc(?[a])",
        #"abc\y"#, "abc(*NEW:d)", "(*UTF)abc", "abc(?(?=", "abc(?(?C1)", #"abc\c"#, #"abc\p{"#, #"\x{99999999999999999999}abc"#,
    ])
    func unknownSyntaxRequiresNothing(_ pattern: String) {
        #expect(LiteralRequirement.of(pattern: pattern) == .none)
    }

    /// Under `(?x)` PCRE2 skips the byte 0x85 even where subjects are bytes, so that Å (C3 85) is half skipped.
    @Test func aByteThatExtendedPatternsSkipIsNeitherRequiredNorAllowed() throws {
        #expect(throws: PatternError.self) { try Pattern("(?x)abcÅ") }
        #expect(throws: Never.self) { try Pattern(#"(?x)abc\QÅ"#) }
    }

    /// In time that grows with the square of the length, these would take minutes.
    @Test(arguments: ["{", "{1", "{1,", "[[:a", "[:a[.b", "(?#", "\\Q", "a|", "(?:", "[a"])
    func longTextIsReadInOnePass(_ piece: String) {
        let started = ContinuousClock.now
        _ = LiteralRequirement.of(pattern: "[" + String(repeating: piece, count: 60_000 / piece.utf8.count) + "]")
        _ = LiteralRequirement.of(pattern: String(repeating: piece, count: 60_000 / piece.utf8.count))
        #expect(ContinuousClock.now - started < .seconds(15))
    }

    @Test func nestingBeyondTheLimitRequiresNothing() {
        let deep = String(repeating: "(", count: 100_000) + "abc" + String(repeating: ")", count: 100_000)
        #expect(LiteralRequirement.of(pattern: deep) == .none)
    }

    @Test func clausesAndAlternativesAreBounded() {
        let many = (0..<300).map { "name\($0)" }
        #expect(LiteralRequirement.of(pattern: "(\(many.joined(separator: "|")))") == .none)
        #expect(LiteralRequirement.of(pattern: "(\(many.prefix(256).joined(separator: "|")))").clauses.first?.count == 256)
        #expect(LiteralRequirement.of(pattern: many.joined(separator: ".")).clauses.count == LiteralRequirement.clausesMax)
    }

    @Test func requirementsCombine() {
        let (one, two) = (LiteralRequirement.literal([UInt8]("abc".utf8)), LiteralRequirement.literal([UInt8]("defg".utf8)))
        #expect(described(one.and(two)) == "abc & defg")
        #expect(described(one.and(one)) == "abc")
        #expect(described(.anyOf([one, two])) == "abc|defg")
        #expect(described(.anyOf([one.and(two), one])) == "defg|abc")
        #expect(LiteralRequirement.anyOf([one, .none]) == .none)
        #expect(LiteralRequirement.anyOf([]) == .none)
        #expect(LiteralRequirement.literal([UInt8]("ab".utf8)) == .none)
        #expect(described(one.and(two).or([0x5C])) == "abc|\\ & defg|\\")
        // The longer clause is the better one, whatever short literal stands beside it.
        #expect(described(.anyOf([one.and(two).or([0x5C]), one])) == "defg|\\|abc")
        #expect(LiteralRequirement.none.or([0x5C]) == .none)
        #expect(one.or([]) == .none)
        #expect(described(.literal([UInt8]("A-B".utf8), ignoresCase: true)) == "a-b/i")
    }

    private func described(_ requirement: LiteralRequirement) -> String {
        requirement.clauses.map { clause in
            clause.map { String(validating: $0.bytes, as: UTF8.self) ?? escaped($0.bytes) }.enumerated()
                .map { index, text in text + (clause[index].ignoresCase ? "/i" : "") }.joined(separator: "|")
        }.joined(separator: " & ")
    }

    private func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16, uppercase: true) }.joined()
    }
}
