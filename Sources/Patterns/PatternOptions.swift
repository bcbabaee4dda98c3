// How a pattern reads its subject: as bytes, or as UTF-8 that may be broken.

package struct PatternOptions: Hashable, Sendable {
    /// False: pattern and subject are bytes; `.` is one byte. True: both are UTF-8 (PCRE2_UTF with
    /// PCRE2_MATCH_INVALID_UTF: a match never spans an invalid sequence); `\w \d \s \b` stay ASCII (no UCP).
    package var utf: Bool

    package init(utf: Bool = false) {
        self.utf = utf
    }
}

/// The bounds on one pattern when it is compiled. PCRE2 itself adds that a compiled pattern fits its link size (64 KiB
/// in the builds that distributions ship), which bounds what nested repeats expand to.
package enum PatternLimits {
    /// The longest pattern, in bytes of UTF-8, after named patterns have been inserted.
    package static let patternBytesMax = 65_536
    /// The deepest nesting of parentheses.
    package static let nestingMax = 100
    /// The largest compiled pattern, in bytes, whatever the link size of the PCRE2 at hand.
    package static let compiledBytesMax = 1_048_576
}
