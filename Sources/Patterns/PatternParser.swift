// Reads a PCRE2 pattern for the literals that every match must contain, for what we refuse though PCRE2 would take it, and for
// what JIT code would not be bounded by the match limit. It knows PCRE2's syntax (pcre2pattern(3)) well enough to step over everything it doesn't understand the meaning of;
// syntax that it doesn't know at all makes it require nothing.
//
// What it relies on: only what is certain is a literal. Optional parts, classes, references, conditionals and calls of
// groups are gaps; assertions are empty, and what they look at is left out; alternatives give one literal each or nothing.
//
// What it refuses: settings at the start of a pattern, `(?J)`, and, where subjects are bytes, non-ASCII characters in a class or
// where case is ignored, the byte 0x85 under `(?x)`, and `\h \H \v \V \p \P`: all would mean bytes of Latin-1, halves of UTF-8
// characters.

struct PatternParser {
    /// Syntax that the parser does not know. PCRE2 knows it no better, unless it is newer than this parser.
    struct UnknownSyntax: Error {}

    /// The options that change how a pattern reads, as `(?i)` sets them.
    struct Inline {
        var ignoresCase = false
        var extended = false
        var extendedMore = false
    }

    let pattern: [UInt8]
    let utf: Bool
    var index = 0
    var depth = 0
    var inline = Inline()
    /// Between `\Q` and `\E`.
    var isQuoting = false
    /// Something was read that makes all literals doubtful.
    var isUncertain = false
    /// A group is called, by number, by name or as a whole.
    var callsGroups = false
    private(set) var refusal: PatternError?
    /// Where the branches of groups with several lie, outside lookarounds.
    var branches: [Range<Int>] = []

    /// What a pattern turned out to be.
    struct Reading {
        var requirement = LiteralRequirement.none
        var refusal: PatternError?
        /// Whether JIT code heeds the match limit well enough. It counts loops and optional parts, but (in 10.42) neither the branches of a
        /// capture or atomic group nor calls: `(a|aa)` forty times in a row would run for years.
        var isBoundedInJIT = false
        /// The bytes of every branch of groups with several, outside lookarounds; empty where groups are called.
        var branches: [Range<Int>] = []
    }

    /// The most ways to choose branches, as a power of two, that JIT code may go through between two counts.
    private static let uncountedBitsMax = 10.0

    init(_ pattern: [UInt8], utf: Bool) {
        self.pattern = pattern
        self.utf = utf
    }

    mutating func read() -> Reading {
        if let refusal = refusedSetting() { return Reading(refusal: refusal) }
        do {
            let stretch = try alternatives(insideGroup: false)
            return Reading(
                requirement: isUncertain ? .none : stretch.requirement, refusal: refusal,
                isBoundedInJIT: !callsGroups && stretch.choiceBits <= Self.uncountedBitsMax, branches: callsGroups ? [] : branches)
        } catch {
            return Reading(refusal: refusal)
        }
    }

    /// A setting such as `(*UTF)`, which counts only at the start, where a verb such as `(*COMMIT)` may stand as well.
    func refusedSetting() -> PatternError? {
        guard pattern.starts(with: "(*".utf8) else { return nil }
        let name = pattern[2...].prefix { $0.isASCIILetter || $0 == UInt8(ascii: "_") }
        guard let first = name.first, first.isASCIIUppercase, !Self.verbs.contains(String(decoding: name, as: UTF8.self)) else {
            return nil
        }
        let isUTF = name.elementsEqual("UTF".utf8)
        return PatternError(
            message: "a setting at the start of the pattern, `(*\(String(decoding: name, as: UTF8.self))…`, is not allowed", offset: 0,
            hint: isUTF ? "set `utf: true` beside the pattern" : "leave it out; limits and line ends are the same for all patterns")
    }

    /// Remembers the first thing that is refused.
    mutating func refuse(_ message: String, at offset: Int, hint: String?) {
        if refusal == nil { refusal = PatternError(message: message, offset: offset, hint: hint) }
    }

    // MARK: Alternatives and sequences

    /// Reads branches up to the `)` that closes the group, and past it, or to the end of the pattern.
    mutating func alternatives(insideGroup: Bool) throws(UnknownSyntax) -> LiteralStretch {
        var branches: [LiteralStretch] = []
        var branchStarts = [index]
        var sequence = LiteralStretch.empty
        /// The item that a quantifier would apply to; not yet part of the sequence.
        var item = LiteralStretch.empty
        while index < pattern.count {
            let byte = pattern[index]
            if isQuoting, !starts(with: "\\E") {
                sequence.append(item)
                item = character()
                continue
            }
            switch byte {
            case UInt8(ascii: ")"):
                guard insideGroup else { throw UnknownSyntax() }
                noteBranches(branchStarts)
                index += 1
                sequence.append(item)
                return LiteralStretch(anyOf: branches + [sequence])
            case UInt8(ascii: "|"):
                index += 1
                branchStarts.append(index)
                sequence.append(item)
                branches.append(sequence)
                (sequence, item) = (.empty, .empty)
            case UInt8(ascii: "\\") where starts(with: "\\Q") || starts(with: "\\E"):
                isQuoting = pattern[index + 1] == UInt8(ascii: "Q")
                index += 2
            case _ where inline.extended && isSkippedWhenExtended(byte):
                skipExtended()
            default:
                if let quantifier = quantifier() {
                    item = item.repeated(atLeast: quantifier.countMin, atMost: quantifier.countMax)
                } else if let next = try self.item() {
                    sequence.append(item)
                    item = next
                }
            }
        }
        guard !insideGroup else { throw UnknownSyntax() }
        noteBranches(branchStarts)
        sequence.append(item)
        return LiteralStretch(anyOf: branches + [sequence])
    }

    /// Remembers the branches that begin at `starts`, the last of which ends here.
    private mutating func noteBranches(_ starts: [Int]) {
        guard starts.count > 1 else { return }
        branches += zip(starts, starts.dropFirst().map { $0 - 1 } + [index]).map { $0..<$1 }
    }

    /// Reads one item. Nil for what a quantifier looks through: comments, callouts and options.
    private mutating func item() throws(UnknownSyntax) -> LiteralStretch? {
        switch pattern[index] {
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "["): return try characterClass()
        case UInt8(ascii: "\\"): return try escape()
        case UInt8(ascii: "^"), UInt8(ascii: "$"):
            index += 1
            return .empty
        case UInt8(ascii: "."):
            index += 1
            return .gap
        default: return character()
        }
    }

    /// Reads the character at `index`: one byte, or in UTF mode all its bytes.
    mutating func character() -> LiteralStretch {
        let start = index
        index += 1
        guard pattern[start] >= 0x80 else { return literal(ascii: pattern[start]) }
        if utf {
            while index < pattern.count, pattern[index] & 0xC0 == 0x80 { index += 1 }
            return inline.ignoresCase ? .gap : LiteralStretch(pattern[start..<index].map { LiteralStretch.Unit(byte: $0) })
        }
        if inline.extended, !isQuoting, pattern[start] == 0x85 {
            // PCRE2 skips it as Unicode's NEL, even out of a character of UTF-8 such as Å.
            refuse("`(?x)` would skip the byte 0x85 of a character", at: start, hint: Self.utfHint + #", or write `\x85`"#)
            isUncertain = true
        }
        if inline.ignoresCase {
            refuse("a character that is not ASCII, where case is ignored", at: start, hint: Self.utfHint)
        }
        return LiteralStretch([LiteralStretch.Unit(byte: pattern[start])])
    }

    /// An ASCII character, which under `(?i)` also matches its other case and, in UTF mode, for `k` and `s` the Kelvin sign and the
    /// long s: these two are gaps.
    func literal(ascii byte: UInt8) -> LiteralStretch {
        guard inline.ignoresCase, byte.isASCIILetter else { return LiteralStretch([LiteralStretch.Unit(byte: byte)]) }
        let lower = byte.asciiLowercased
        if utf, lower == UInt8(ascii: "k") || lower == UInt8(ascii: "s") { return .gap }
        return LiteralStretch([LiteralStretch.Unit(byte: lower, ignoresCase: true)])
    }

    // MARK: Extended patterns

    /// Under `(?x)`: white space and comments. The few non-ASCII characters that PCRE2 also skips make the pattern uncertain.
    private mutating func isSkippedWhenExtended(_ byte: UInt8) -> Bool {
        // The lead bytes of U+0085 and of U+200E, U+200F, U+2028, U+2029.
        if utf, byte == 0xC2 || byte == 0xE2 { isUncertain = true }
        return byte == UInt8(ascii: "#") || byte.isASCIISpace
    }

    private mutating func skipExtended() {
        let isComment = pattern[index] == UInt8(ascii: "#")
        index += 1
        guard isComment else { return }
        while index < pattern.count, pattern[index] != UInt8(ascii: "\n") { index += 1 }
    }

    // MARK: Quantifiers

    /// Reads a quantifier with what makes it lazy or possessive; nil, and nothing read, where there is none.
    private mutating func quantifier() -> (countMin: Int, countMax: Int?)? {
        let counts: (Int, Int?)
        switch pattern[index] {
        case UInt8(ascii: "*"): counts = (0, nil)
        case UInt8(ascii: "+"): counts = (1, nil)
        case UInt8(ascii: "?"): counts = (0, 1)
        case UInt8(ascii: "{"):
            guard let (braced, end) = bracedCounts() else { return nil }
            counts = braced
            index = end
        default: return nil
        }
        index += 1
        if index < pattern.count, pattern[index] == UInt8(ascii: "+") || pattern[index] == UInt8(ascii: "?") { index += 1 }
        return counts
    }

    /// `{n}`, `{n,}` or `{n,m}`, with the place of the `}`. Releases of PCRE2 differ on `{,m}` and on spaces inside: some take the
    /// text literally, others repeat. Both hold if it is read as any number of times.
    private func bracedCounts() -> ((Int, Int?), end: Int)? {
        var end = index + 1
        while end < pattern.count, pattern[end].isASCIIDigit || ", \t".utf8.contains(pattern[end]) {
            end += 1
        }
        guard end < pattern.count, pattern[end] == UInt8(ascii: "}") else { return nil }
        let inside = pattern[(index + 1)..<end]
        guard inside.contains(where: \.isASCIIDigit), inside.count(where: { $0 == UInt8(ascii: ",") }) <= 1 else { return nil }
        let counts = inside.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard let countMin = counts[0] else { return ((0, nil), end) }
        guard counts.count == 2 else { return ((countMin, countMin), end) }
        if let countMax = counts[1] { return ((countMin, countMax), end) }
        return pattern[end - 1] == UInt8(ascii: ",") ? ((countMin, nil), end) : ((0, nil), end)
    }

    // MARK: Reading

    func starts(with text: StaticString) -> Bool {
        guard pattern.count - index >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { pattern[index..<(index + $0.count)].elementsEqual($0) }
    }

    func peek(_ distance: Int = 0) -> UInt8? {
        index + distance < pattern.count ? pattern[index + distance] : nil
    }

    /// Reads past the next `end`.
    mutating func skip(past end: UInt8) throws(UnknownSyntax) {
        guard let found = pattern[index...].firstIndex(of: end) else { throw UnknownSyntax() }
        index = found + 1
    }

    static let utfHint = "set `utf: true` beside the pattern"
    /// What may stand in upper case behind `(*` anywhere in a pattern.
    static let verbs: Set<String> = ["ACCEPT", "COMMIT", "F", "FAIL", "MARK", "PRUNE", "SKIP", "THEN"]
}

extension UInt8 {
    /// White space for C's isspace() in the C locale, which is what PCRE2's built-in tables hold.
    var isASCIISpace: Bool {
        self == UInt8(ascii: " ") || (self >= 9 && self <= 13)
    }
}
