// Which branches of a pattern's alternations a match goes through: for people who test rules, never on the hot path. A branch is
// told by a mark at its beginning, `(*MARK:…)` of pcre2pattern(3), which a match reports only if it lies on its path.

extension Pattern {
    /// The bytes of `source` that the branches of groups with several take, inner ones before outer ones. Empty where a mark would
    /// not tell: in a pattern that calls groups or has verbs of its own. Branches inside lookarounds are left out.
    package var branches: [Range<Int>] {
        let bytes = Array(source.utf8)
        guard !zip(bytes, bytes.dropFirst()).contains(where: { $0 == (UInt8(ascii: "("), UInt8(ascii: "*")) }) else { return [] }
        var parser = PatternParser(bytes, utf: options.utf)
        return parser.read().branches
    }

    /// The same pattern, after whose match `Matcher.passedMark` says whether it went through the branch.
    /// - Throws: where the pattern is then too large.
    package func marking(_ branch: Range<Int>) throws(PatternError) -> Pattern {
        let bytes = Array(source.utf8)
        let marked = bytes[..<branch.lowerBound] + Array("(*MARK:branch)".utf8) + bytes[branch.lowerBound...]
        return try Pattern(String(decoding: marked, as: UTF8.self), options: options)
    }
}
