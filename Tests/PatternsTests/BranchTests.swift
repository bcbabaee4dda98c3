// Which branches of a pattern a match went through, told by marks.

import Patterns
import Testing

@Suite struct BranchTests {
    /// The branches of the pattern that a match in `subject` went through, in the order in which they begin.
    private func taken(_ source: String, _ subject: String) throws -> [String] {
        let pattern = try Pattern(source)
        let matcher = Matcher()
        return try pattern.branches.sorted { $0.lowerBound < $1.lowerBound }.filter { branch in
            let marked = try pattern.marking(branch)
            return matcher.match(marked, Array(subject.utf8).span) == .matched && matcher.passedMark
        }.map { String(decoding: Array(source.utf8)[$0], as: UTF8.self) }
    }

    @Test func aBranchIsTakenWhenItLiesOnThePathOfTheMatch() throws {
        #expect(try taken("a(?:b|c)", "ac") == ["c"])
        // The first branch matches, and is gone back from.
        #expect(try taken("(?:ab|abc)$", "abc") == ["abc"])
        #expect(try taken("x(?:(?:a|b)c|d)", "xbc") == ["(?:a|b)c", "b"])
        #expect(try taken("(?:a|b)+", "abab") == ["a", "b"])
        #expect(try taken("a(?:b|)c", "ac") == [""])
        #expect(try taken("one|two", "two") == ["two"])
    }

    @Test func eachKindOfGroupHasBranches() throws {
        #expect(try taken("(?<n>a|b)", "b") == ["b"])
        #expect(try taken("(?>a|b)", "b") == ["b"])
        #expect(try taken("(?|(a)|(b))", "b") == ["(b)"])
        #expect(try taken("(?i:a|b)", "B") == ["b"])
        #expect(try taken("(x)?(?(1)a|b)", "xa") == ["a"])
        #expect(try taken("(?x) a | b # c|d", "b") == [" b # c|d"])
    }

    @Test func whatIsNoAlternationHasNone() throws {
        for source in ["abc", #"a\|b"#, "[|]", #"\Qa|b\E"#, "(?=a|b)c", "(?<!a|b)c", "(a|b)(?1)", "(*MARK:x)(?:a|b)", "(?#a|b)c"] {
            #expect(try Pattern(source).branches.isEmpty, "\(source)")
        }
    }
}
