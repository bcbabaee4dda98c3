// Classes: where they end, whether they hold what is refused, and the one kind that is a literal, `[.]`.

extension PatternParser {
    /// Reads from the `[` past its `]`. A gap, but for a class of one character written plainly.
    mutating func characterClass() throws(UnknownSyntax) -> LiteralStretch {
        index += 1
        skipIgnoredInClass()
        let isNegated = peek() == UInt8(ascii: "^")
        if isNegated {
            index += 1
            skipIgnoredInClass()
        }
        let start = index
        var isQuotingInClass = false
        // A `]` in the first place stands for itself.
        if peek() == UInt8(ascii: "]") { index += 1 }
        while let byte = peek(), isQuotingInClass || byte != UInt8(ascii: "]") {
            if byte >= 0x80, !utf { refuse("a character that is not ASCII, inside a class", at: index, hint: Self.utfHint) }
            if isQuotingInClass {
                isQuotingInClass = !starts(with: "\\E")
                index += isQuotingInClass ? 1 : 2
            } else if byte == UInt8(ascii: "\\") {
                isQuotingInClass = starts(with: "\\Q")
                skipEscapeInClass()
            } else if byte == UInt8(ascii: "["), let end = endOfPosixClass() {
                index = end
            } else {
                index += 1
            }
        }
        guard peek() != nil else { throw UnknownSyntax() }
        let content = pattern[start..<index]
        index += 1
        return isNegated ? .gap : onlyCharacter(of: content).map(literal(ascii:)) ?? .gap
    }

    /// An empty quotation, and under `(?xx)` a blank, count for nothing, even before the `^` and the first `]`.
    private mutating func skipIgnoredInClass() {
        while true {
            if starts(with: "\\E") {
                index += 2
            } else if starts(with: "\\Q\\E") {
                index += 4
            } else if inline.extendedMore, peek() == UInt8(ascii: " ") || peek() == UInt8(ascii: "\t") {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func skipEscapeInClass() {
        switch peek(1) {
        case UInt8(ascii: "c"): index += 3
        case let letter? where "HhVvPp".utf8.contains(letter):
            refuseInBytes(letter, at: index)
            index += 2
        case let byte? where byte < 0x80: index += 2
        default: index += 1
        }
    }

    /// At `[:` (or `[.`, `[=`): the place behind the matching `:]`, by the rule of PCRE2, which takes the `[` for itself where a `]`
    /// or another such opening comes first.
    private func endOfPosixClass() -> Int? {
        guard let terminator = peek(1), ":.=".utf8.contains(terminator) else { return nil }
        var place = index + 2
        // No class has a longer name, so that what PCRE2 would find beyond is an error to it.
        let limit = min(pattern.count, place + 32)
        while place + 1 < limit {
            let (byte, next) = (pattern[place], pattern[place + 1])
            if byte == UInt8(ascii: "\\"), next == UInt8(ascii: "]") || next == UInt8(ascii: "\\") {
                place += 2
            } else if byte == UInt8(ascii: "]") || (byte == UInt8(ascii: "[") && next == terminator) {
                return nil
            } else if byte == terminator, next == UInt8(ascii: "]") {
                return place + 2
            } else {
                place += 1
            }
        }
        return nil
    }

    private func onlyCharacter(of content: ArraySlice<UInt8>) -> UInt8? {
        guard let first = content.first, let last = content.last, last < 0x80 else { return nil }
        switch content.count {
        case 1: return inline.extendedMore && last.isASCIISpace ? nil : last
        case 2: return first == UInt8(ascii: "\\") && !last.isASCIILetter && !last.isASCIIDigit ? last : nil
        default: return nil
        }
    }
}
