// How far a pattern gets on a text that it does not match: the longest beginning of the pattern that matches. For people who
// write rules; slow, and never on the hot path.

import Patterns

struct PatternProgress {
    private let written: WrittenPattern
    /// Beginnings of the pattern, shortest first, each a pattern of its own.
    private let beginnings: [(end: Int, pattern: Pattern)]

    /// A longer pattern is looked at in this many beginnings at most.
    private static let beginningsMax = 256

    /// The longest beginning that matches, what follows it in the pattern, and where in the text it ends.
    struct Reach {
        var matched: String
        var wanted: String
        /// The first byte of the text behind the match.
        var position: Int
    }

    init(_ written: WrittenPattern) {
        self.written = written
        let source = Array(written.pattern.source.utf8)
        let options = written.pattern.options
        beginnings = Self.cuts(source).prefix(Self.beginningsMax).compactMap { cut in
            let text = String(decoding: source[..<cut.end], as: UTF8.self) + String(repeating: ")", count: cut.openGroups)
            // A cut at which the beginning is no pattern is none.
            return (try? Pattern(text, options: options)).map { (cut.end, $0) }
        }
    }

    /// Nil where no beginning that demands a text of its own matches.
    func reach(_ subject: Span<UInt8>, _ matcher: Matcher) -> Reach? {
        for beginning in beginnings.reversed() where matcher.match(beginning.pattern, subject) == .matched {
            guard !beginning.pattern.requirement.clauses.isEmpty, let match = matcher.capture(0) else { return nil }
            // Of a named pattern that matches in part, the name is told.
            let text = Array(written.text.utf8)
            let end = written.expansion.writtenOffset(of: beginning.end)
            return Reach(
                matched: String(decoding: text[..<end], as: UTF8.self), wanted: String(decoding: text[end...], as: UTF8.self),
                position: match.upperBound)
        }
        return nil
    }

    private struct Cut {
        var end: Int
        var openGroups: Int
    }

    /// The places behind each element of the pattern together with its quantifier, outside lookarounds.
    private static func cuts(_ source: [UInt8]) -> [Cut] {
        var cuts: [Cut] = []
        var index = 0
        // For each open group whether it is a lookaround: cutting inside one would turn its meaning around.
        var groups: [Bool] = []
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "("):
                let start = index
                index = groupHeadEnd(source, start)
                groups.append(isLookaround(source, start) || groups.last == true)
                continue
            case UInt8(ascii: ")"):
                _ = groups.popLast()
                index += 1
            case UInt8(ascii: "|"):
                index += 1
                continue
            case UInt8(ascii: "["): index = classEnd(source, index)
            case UInt8(ascii: "\\"): index = escapeEnd(source, index)
            default: index += 1
            }
            index = quantifierEnd(source, index)
            if groups.last != true { cuts.append(Cut(end: min(index, source.count), openGroups: groups.count)) }
        }
        return cuts
    }

    /// Behind `(`, `(?:`, `(?<name>`, `(?=` and the like.
    private static func groupHeadEnd(_ source: [UInt8], _ start: Int) -> Int {
        guard start + 1 < source.count, source[start + 1] == UInt8(ascii: "?") else { return start + 1 }
        var index = start + 2
        while index < source.count {
            let byte = source[index]
            index += 1
            if [UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: "'")].contains(
                byte)
            {
                break
            }
            if byte == UInt8(ascii: ")") { return index - 1 }
        }
        return index
    }

    private static func isLookaround(_ source: [UInt8], _ start: Int) -> Bool {
        ["(?=", "(?!", "(?<=", "(?<!"].contains { source[start...].starts(with: $0.utf8) }
    }

    private static func classEnd(_ source: [UInt8], _ start: Int) -> Int {
        var index = start + 1
        if index < source.count, source[index] == UInt8(ascii: "^") { index += 1 }
        if index < source.count, source[index] == UInt8(ascii: "]") { index += 1 }
        while index < source.count, source[index] != UInt8(ascii: "]") {
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, source.count)
    }

    private static func escapeEnd(_ source: [UInt8], _ start: Int) -> Int {
        guard start + 2 < source.count else { return source.count }
        if source[start + 2] == UInt8(ascii: "{"), let close = source[start...].firstIndex(of: UInt8(ascii: "}")) { return close + 1 }
        if source[start + 1] == UInt8(ascii: "x") { return min(start + 4, source.count) }
        return start + 2
    }

    private static func quantifierEnd(_ source: [UInt8], _ start: Int) -> Int {
        var index = start
        if index < source.count, source[index] == UInt8(ascii: "{"), let close = source[index...].firstIndex(of: UInt8(ascii: "}")) {
            index = close + 1
        }
        while index < source.count, [UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(source[index]) { index += 1 }
        return index
    }
}
