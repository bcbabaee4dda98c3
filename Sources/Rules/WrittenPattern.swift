// A pattern of a rule file together with how it was written, for whatever is told about it.

import Documents
import Patterns

struct WrittenPattern: Sendable {
    let pattern: Pattern
    /// As it was written, with `%{NAME}`.
    let text: String
    let expansion: NamedPatterns.Expansion

    /// Compiles the pattern that the scalar `node` holds; nil and a problem at the place PCRE2 reports when it is none.
    /// - Parameter inside: the named patterns that it is a part of.
    static func read(
        _ node: Node, _ options: PatternOptions, _ named: NamedPatterns, inside: [String] = [], what: String, in problems: ProblemCollector
    ) -> WrittenPattern? {
        guard let text = node.string(in: problems, what: what) else { return nil }
        var expansion: NamedPatterns.Expansion?
        do {
            let expanded = try named.expand(text, inside: inside)
            expansion = expanded
            return WrittenPattern(pattern: try Pattern(expanded.text, options: options), text: text, expansion: expanded)
        } catch {
            let offset = expansion?.writtenOffset(of: error.offset) ?? error.offset
            let before = String(decoding: Array(text.utf8).prefix(offset), as: UTF8.self)
            problems.add("`\(what)` is not a valid pattern: \(error.message)", at: node.place(atOffset: before.count), hint: error.hint)
            return nil
        }
    }
}
