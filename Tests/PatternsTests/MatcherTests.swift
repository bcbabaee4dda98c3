// Matching: captures, options that hold for all patterns, and what the limits do.

import Patterns
import Testing

struct MatcherTests {
    let matcher = Matcher()

    @Test func capturesAreRangesOfTheSubject() throws {
        let line = "order user=u42 total=19.90"
        let captures = try captures(#"user=(?<userId>\S+) total=([\d.]+)"#, line)
        #expect(captures == ["user=u42 total=19.90", "u42", "19.90"])
    }

    @Test func aGroupThatTookNoPartIsNilAndAnEmptyOneIsEmpty() throws {
        #expect(try captures("(a)|(b)(x*)(c)?", "zb") == ["b", nil, "b", "", nil])
        let pattern = try Pattern("(a)|(b)(x*)(c)?")
        #expect(matcher.match(pattern, [UInt8]("zb".utf8).span) == .matched)
        #expect(matcher.capture(5) == nil)
        #expect(matcher.capture(-1) == nil)
    }

    @Test func capturesOfAnEarlierMatchAreGone() throws {
        let pattern = try Pattern("(b)")
        #expect(matcher.match(pattern, [UInt8]("abc".utf8).span) == .matched)
        #expect(matcher.match(pattern, [UInt8]("xyz".utf8).span) == .noMatch)
        #expect(matcher.capture(0) == nil)
        // Of a pattern with more groups, none may show through.
        #expect(matcher.match(try Pattern("(b)(c)"), [UInt8]("abc".utf8).span) == .matched)
        #expect(matcher.match(pattern, [UInt8]("abc".utf8).span) == .matched)
        #expect(matcher.capture(2) == nil)
    }

    @Test func theDataGrowsWithTheGroupsOfAPattern() throws {
        let pattern = try Pattern(String(repeating: "(.)", count: 40))
        #expect(matcher.match(pattern, [UInt8](0..<9).span) == .noMatch)
        #expect(matcher.match(pattern, [UInt8](20..<90).span) == .matched)
        #expect(matcher.capture(40) == 39..<40)
    }

    @Test func anEmptySubjectCanMatch() throws {
        let empty: [UInt8] = []
        #expect(matcher.match(try Pattern("^$"), empty.span) == .matched)
        #expect(matcher.capture(0) == 0..<0)
        #expect(matcher.match(try Pattern("a"), empty.span) == .noMatch)
    }

    @Test func matchingFromLaterStillSeesWhatIsBefore() throws {
        let line = [UInt8]("ab ab".utf8)
        #expect(matcher.match(try Pattern("ab"), line.span, from: 1) == .matched)
        #expect(matcher.capture(0) == 3..<5)
        #expect(matcher.match(try Pattern("^ab"), line.span, from: 1) == .noMatch)
        #expect(matcher.match(try Pattern("(?<=a)b"), line.span, from: 1) == .matched)
        #expect(matcher.capture(0) == 1..<2)
        // From inside a character, the next whole one is the first that can match.
        let accented = [UInt8]("é é".utf8)
        #expect(matcher.match(try Pattern(".", options: PatternOptions(utf: true)), accented.span, from: 1) == .matched)
        #expect(matcher.capture(0) == 2..<3)
    }

    @Test func aKeptOutStartIsNotPartOfTheMatch() throws {
        #expect(try captures(#"foo\K(bar)"#, "foobar") == ["bar", "bar"])
    }

    @Test func aLineFeedEndsDotAndDollarWhateverPCREWasBuiltWith() throws {
        #expect(try captures(".+", "ab\r\ncd") == ["ab\r"])
        #expect(try captures("b$", "ab\n") == ["b"])
        #expect(try captures("a$", "a\nb") == nil)
        #expect(try captures("(?s).+", "ab\ncd") == ["ab\ncd"])
    }

    @Test func bytesAndUTFDifferInWhatADotTakes() throws {
        #expect(try captures("^.$", "é") == nil)
        #expect(try captures("^.$", "é", utf: true) == ["é"])
        // In bytes `\R` leaves the halves of characters alone: Å is C3 85.
        #expect(try captures(#"\R"#, "Å") == nil)
        // `\w` is ASCII in both.
        #expect(try captures(#"\w"#, "é", utf: true) == nil)
    }

    @Test func brokenUTFIsSkippedNotFatal() throws {
        let pattern = try Pattern("user=(é+)", options: PatternOptions(utf: true))
        let subject: [UInt8] = [0xFF, 0x80, 0x00] + Array("user=éé".utf8) + [0xC3]
        #expect(matcher.match(pattern, subject.span) == .matched)
        #expect(matcher.capture(1) == 8..<12)
        #expect(matcher.match(try Pattern("x", options: PatternOptions(utf: true)), subject.span) == .noMatch)
        #expect(matcher.match(try Pattern("é", options: PatternOptions(utf: true)), subject.span, from: 9) == .matched)
        #expect(matcher.capture(0) == 10..<12)
    }

    @Test func catastrophicBacktrackingEndsAtTheLimit() throws {
        let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 200) + [UInt8(ascii: "!")]
        let started = ContinuousClock.now
        #expect(matcher.match(try Pattern("(a+)+$"), subject.span) == .limitHit(-47))
        #expect(ContinuousClock.now - started < .seconds(5))
        // The matcher is as good as new.
        #expect(try captures("b", "abc") == ["b"])
    }

    @Test func aPatternThatRecursesWithoutEndIsStopped() throws {
        let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 100)
        guard case .limitHit = matcher.match(try Pattern("(?<r>a?(?&r))"), subject.span) else {
            Issue.record("it was not stopped")
            return
        }
    }

    /// JIT code counts none of these branches, so that under JIT each would run for years.
    @Test(arguments: [
        "(a|aa)", "(*napla:a|aa)", "(?>a|aa)(?:a|aa)", "(?i:a|A)(?:a|a)", "(|)", "(?|(a)|a)", "(?:(a)|a)", "(?(?=a)(a|aa)|b)",
        "(a|aa)(aa|ab|a)",
    ])
    func branchesThatCanMatchTheSameTextAreCounted(_ part: String) throws {
        let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        let pattern = try Pattern(String(repeating: part, count: 40) + "(?!)")
        #expect(!pattern.isJITCompiled)
        #expect(matcher.match(pattern, subject.span) == .limitHit(-47))
    }

    @Test func whatOverflowsTheJITStackIsTriedByTheInterpreter() throws {
        let pattern = try Pattern("^(?:(a)|b)*c")
        let subject = [UInt8](repeating: UInt8(ascii: "a"), count: 3_000) + [UInt8(ascii: "c")]
        let tight = Matcher(limits: MatchLimits(jitStackBytesMax: 8 * 1_024))
        // PCRE2_ERROR_JIT_STACKLIMIT would be -46; the interpreter has room enough.
        #expect(tight.match(pattern, subject.span) == .matched)
        #expect(tight.capture(0) == 0..<3_001)
        let tighter = Matcher(limits: MatchLimits(heapKiBMax: 64, jitStackBytesMax: 8 * 1_024))
        #expect(tighter.match(pattern, subject.span) == .limitHit(-63))
        let shallow = Matcher(limits: MatchLimits(depthMax: 100, jitStackBytesMax: 8 * 1_024))
        #expect(shallow.match(pattern, subject.span) == .limitHit(-53))
    }

    private func captures(_ source: String, _ line: String, utf: Bool = false) throws -> [String?]? {
        let pattern = try Pattern(source, options: PatternOptions(utf: utf))
        let bytes = [UInt8](line.utf8)
        guard matcher.match(pattern, bytes.span) == .matched else { return nil }
        return (0...pattern.groupCount).map { group in
            matcher.capture(group).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }
}
