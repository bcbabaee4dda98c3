// Why a pattern, or a set of them, can't be used.

package struct PatternError: Error, Equatable, Sendable {
    /// What is wrong: PCRE2's own text, or ours where the rule is ours. Lower case, no full stop.
    package let message: String
    /// The byte of the pattern's UTF-8 at which it was noticed; 0 where it is about a whole set.
    package let offset: Int
    /// What to do about it.
    package let hint: String?

    package init(message: String, offset: Int, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }
}
