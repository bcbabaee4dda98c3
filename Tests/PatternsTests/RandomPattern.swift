// Random patterns from a grammar that has every construct of PCRE2's syntax, each with lines that it is likely to match.

import RandomSupport

/// Builds one pattern, and knows how to write lines for it. The lines need not match: PCRE2 decides.
struct RandomPattern {
    /// A part of a pattern and what it might match.
    struct Part {
        let text: String
        var isRepeatable = true
        let write: (inout SeededRandom) -> [UInt8]

        static func text(_ text: String, matching matched: String = "") -> Part {
            Part(text: text) { _ in Array(matched.utf8) }
        }
    }

    let utf: Bool
    private(set) var part = Part.text("")
    private var groupCount = 0
    private var named: [Int] = []
    private var rng: SeededRandom

    init(seed: UInt64) {
        rng = SeededRandom(seed: seed)
        utf = rng.next() % 2 == 0
        let start = choose(["", "", "", "", "(?i)", "(?x)", "(?xx)", "(?ix)", "(*COMMIT)", "(?<n1>q)?"])
        if start.hasPrefix("(?<") { (groupCount, named) = (1, [1]) }
        let body = alternatives(depth: 0)
        part = Part(text: start + body.text, write: body.write)
    }

    private mutating func choose(_ texts: [String]) -> String {
        texts[Int(rng.next() % UInt64(texts.count))]
    }

    private mutating func oneIn(_ count: UInt64) -> Bool {
        rng.next() % count == 0
    }

    private mutating func alternatives(depth: Int) -> Part {
        let count = oneIn(3) ? Int(2 + rng.next() % 2) : 1
        let branches = (0..<count).map { _ in sequence(depth: depth) }
        return Part(text: branches.map(\.text).joined(separator: "|")) { rng in branches.randomElement(using: &rng)!.write(&rng) }
    }

    private mutating func sequence(depth: Int) -> Part {
        let items = (0..<Int(1 + rng.next() % (depth == 0 ? 5 : 3))).map { _ in quantified(depth: depth) }
        return Part(text: items.map(\.text).joined()) { rng in items.flatMap { $0.write(&rng) } }
    }

    private mutating func quantified(depth: Int) -> Part {
        let item = item(depth: depth)
        guard oneIn(4), item.isRepeatable || oneIn(20) else { return item }
        let quantifier = choose(["?", "*", "+", "{0}", "{0,}", "{1}", "{2}", "{1,3}", "{2,}", "{,2}", "{ 1 }", "{40}", "{", "{1", "{,}"])
        let between = oneIn(6) ? choose(["(?#)", " ", "#\n", "\\E", "\\Q\\E", "(?C)", "(?C'+')"]) : ""
        let suffix = oneIn(3) ? choose(["?", "+"]) : ""
        return Part(text: item.text + between + quantifier + suffix) { rng in
            let counts = quantifier == "{40}" ? [40] : [0, 1, 1, 2, 3]
            var written = (0..<counts.randomElement(using: &rng)!).flatMap { _ in item.write(&rng) }
            if quantifier.hasPrefix("{"), Int.random(in: 0..<3, using: &rng) == 0 { written += Array(quantifier.utf8) }
            return written
        }
    }

    private mutating func item(depth: Int) -> Part {
        if depth < 2, oneIn(3) { return group(depth: depth + 1) }
        switch rng.next() % 12 {
        case 0...5: return word()
        case 6: return characterClass()
        case 7, 8: return escape()
        case 9: return zeroWidth()
        case 10: return reference()
        default: return .text(".", matching: choose(["a", "~", "ab", "\u{212A}"]))
        }
    }

    private mutating func word() -> Part {
        let letters = ["a", "b", "c", "k", "s", "K", "S", "B", " ", "=", "]", "}", "0", "-", "é", "\u{212A}", "ſ", "\u{2028}", "Å", ","]
        let word = (0..<(1 + rng.next() % 5)).map { _ in choose(oneIn(8) ? letters : Array(letters.prefix(13))) }.joined()
        if oneIn(8) { return .text("\\Q" + word + ".|(\\E", matching: word + ".|(") }
        if oneIn(12) { return .text("#" + word + "\n", matching: "#" + word + "\n") }
        return .text(word, matching: word)
    }

    private mutating func characterClass() -> Part {
        let text = choose([
            "[ab]", "[.]", "[^a]", "[]]", "[^]]", "[]a]", "[a-c]", #"[\]]"#, #"[\d\]]"#, "[[:alpha:]]", "[[:^digit:]x]", "[[:a]",
            #"[\Qa]\Eb]"#,
            #"[\Ek]"#, #"[\Q\E^a]"#, "[ ]", "[ ]]", "[^ ]]", "[k]", "[S]", #"[\c]]"#, #"[a\E]"#, "[a[b]", "[[:<:]]", "[[:>:]]",
            #"[\x{41}]"#,
            #"[\-]"#, #"[\\]"#, "[[.a]", "[é]", #"[\h]"#, "[#]", "[\t ]", #"[\E]]"#, #"[\b]"#,
        ])
        return .text(
            text, matching: choose(["a", "b", "k", "K", "\u{212A}", ".", "]", " ", "x", "1", "", "é", "#", "-", "\\", "S", "ſ", "a]"]))
    }

    private mutating func escape() -> Part {
        let pairs: [(String, String)] = [
            (#"\x41"#, "A"), (#"\x{62}"#, "b"), (#"\x{6b}"#, "\u{212A}"), (#"\o{143}"#, "c"), (#"\0141"#, "\u{0C}1"), (#"\t"#, "\t"),
            (#"\n"#, "\n"), (#"\r\n"#, "\r\n"), (#"\e"#, "\u{1B}"), (#"\a\f"#, "\u{07}\u{0C}"), (#"\cA"#, "\u{01}"), (#"\c\\"#, "\u{1C}"),
            (#"\."#, "."), (#"\ "#, " "), ("\\#", "#"), (#"\_"#, "_"), (#"\d"#, "7"), (#"\W"#, "-"), (#"\s"#, " "), (#"\N"#, "n"),
            (#"\R"#, "\r\n"), (#"\X"#, "e\u{301}"),
            (#"\123"#, "S"), (#"\81"#, "81"), (#"\377"#, "ÿ"), (#"\x{e9}"#, "é"), (#"\x"#, "\0"), (#"\é"#, "é"),
            (#"\N{2}"#, "nn"), (#"\xe"#, "\u{0E}"), (#"\E"#, ""),
        ]
        let onlyUTF: [(String, String)] = [
            (#"\N{U+e9}"#, "é"), (#"\p{Lu}"#, "A"), (#"\pL"#, "l"), (#"\P{L}"#, "1"), (#"\h"#, "\t"), (#"\V"#, "v"), (#"\p{^L}"#, "1"),
        ]
        let known = utf && oneIn(4) ? onlyUTF : pairs
        let (text, matched) = known[Int(rng.next() % UInt64(known.count))]
        return .text(text, matching: matched)
    }

    private mutating func zeroWidth() -> Part {
        let text = choose([
            "^", "$", #"\b"#, #"\B"#, #"\A"#, #"\Z"#, #"\z"#, #"\G"#, #"\K"#, "(?#ab)c", "(?i)", "(?-i)", "(?x)", "(?-x)", "(?xx)", "(?^)",
            "(?^x)", "(?s)", "(?U)", "(?n)", "(?i-x)", "(?C)", "(?C1)", "(?C'a''b')", "(?C{a}}b})", "(*COMMIT)", "(*PRUNE)", "(*SKIP)",
            "(*THEN)", "(*MARK:abc)", "(*:abc)", "(*ACCEPT)", "(*F)", "(?#)", "()", "(?:)", "(?)", #"\Q\E"#, "# abc\n", " ",
        ])
        let matched = choose(["", "", "", "c", " "])
        return Part(text: text, isRepeatable: false) { _ in Array(matched.utf8) }
    }

    private mutating func reference() -> Part {
        guard groupCount > 0 else { return .text("(?R)?") }
        let number = 1 + Int(rng.next() % UInt64(groupCount))
        var texts = [
            "\\\(number)", "\\g{\(number)}", "\\g{-1}", "\\g\(number)", "(?\(number))", "(?R)?", "(?-1)", "\\g<\(number)>",
            "\\g'\(number)'",
        ]
        if named.contains(number) {
            texts += [
                "\\k<n\(number)>", "\\k{n\(number)}", "\\k'n\(number)'", "(?&n\(number))?", "(?P=n\(number))", "(?P>n\(number))",
            ]
        }
        if oneIn(10) { texts = ["(?+1)?", "\\g{\(number + 1)}"] }
        let text = choose(texts)
        return .text(text, matching: choose(["", "ab", "abc", "k"]))
    }

    private mutating func group(depth: Int) -> Part {
        if oneIn(10) { return conditional(depth: depth) }
        var open = choose([
            "(", "(", "(?:", "(?:", "(?<N>", "(?<N>", "(?P<N>", "(?'N'", "(?>", "(*atomic:", "(?|", "(?i:", "(?-i:", "(?x:", "(?i-x:",
            "(?^:",
            "(?^i:", "(?s:", "(?=", "(?!", "(?<=", "(?<!", "(?*", "(?<*", "(*pla:", "(*nla:", "(*plb:", "(*nlb:", "(*napla:", "(*naplb:",
            "(*positive_lookahead:", "(*sr:",
        ])
        if open == "(*sr:", !utf { open = "(?:" }
        let isLook = ["=", "!", "*", "la:", "lb:", "ahead:"].contains { open.dropFirst(2).hasSuffix($0) }
        if open == "(" || open.contains("N") { groupCount += 1 }
        if open.contains("N") { named.append(groupCount) }
        let name = "n\(groupCount)"
        // A lookbehind must have a fixed length.
        let content =
            open.contains("b:") || open.contains("<=") || open.contains("<!") || open.contains("<*") ? word() : alternatives(depth: depth)
        return Part(text: open.split(separator: "N", omittingEmptySubsequences: false).joined(separator: name) + content.text + ")") {
            rng in
            isLook && Int.random(in: 0..<4, using: &rng) > 0 ? [] : content.write(&rng)
        }
    }

    private mutating func conditional(depth: Int) -> Part {
        let number = groupCount == 0 ? 1 : groupCount
        let condition = choose([
            named.contains(number) ? "(<n\(number)>)" : "(R)", named.contains(number) ? "('n\(number)')" : "(R)",
            groupCount > 0 ? "(\(number))" : "(R)", "(DEFINE)", "(?=a)", "(?!abc)", "(?<=b)", "(*pla:ab)", "(?C1)(?=a)",
            "(VERSION>=10.0)",
            groupCount > 0 ? "(-1)" : "(R)",
        ])
        let (yes, no) = (sequence(depth: depth), sequence(depth: depth))
        let hasNo = condition != "(DEFINE)" && oneIn(2)
        return Part(text: "(?" + condition + yes.text + (hasNo ? "|" + no.text : "") + ")") { rng in
            Bool.random(using: &rng) ? yes.write(&rng) : hasNo ? no.write(&rng) : []
        }
    }
}
