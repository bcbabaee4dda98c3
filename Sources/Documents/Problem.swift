// One mistake in a document, told so that a person can put it right: what is wrong, where, and what to do.

/// One mistake.
package struct Problem: Error, Hashable, Sendable {
    /// Nil when it is not in a file's text (a file is missing, say).
    package var place: Place?
    /// How many characters from `place` on are wrong, at least 1. They are underlined.
    package var length: Int
    /// Lower case, without a full stop, with names in backticks.
    package var message: String
    /// The text of the line that `place` is in.
    package var excerpt: String?
    /// What to do about it.
    package var hint: String?

    /// Lines longer than this are shown in part.
    package static let excerptCharactersMax = 120

    package init(_ message: String, at place: Place? = nil, length: Int = 1, hint: String? = nil) {
        self.place = place
        self.length = max(length, 1)
        self.message = message
        excerpt = place?.excerpt
        self.hint = hint
    }

    /// The mistake as lines for a terminal or a log, without a final line feed and with control characters escaped:
    ///
    ///     rules/shop.yaml:12:5: unknown key `macth` in a rule
    ///        12 |     macth: 'order'
    ///           |     ^^^^^
    ///       hint: did you mean `match`?
    package func text(color: Bool = false) -> String {
        let paint = Paint(isOn: color)
        let message = withoutControls(message[...])
        var lines: [String] = []
        if let place {
            lines.append("\(paint.bold("\(withoutControls("\(place):"))")) \(message)")
        } else {
            lines.append(message)
        }
        if let place, let excerpt {
            let (shown, column) = Self.window(of: excerpt, around: place.column)
            let number = String(place.line)
            let margin = String(repeating: " ", count: number.count)
            let underlined = min(length, max(shown.count - column + 1, 1))
            let carets = String(repeating: "^", count: underlined)
            lines.append("   \(number) | \(shown)")
            lines.append("   \(margin) | \(String(repeating: " ", count: column - 1))\(paint.red(carets))")
        }
        if let hint {
            lines.append("  \(paint.cyan("hint:")) \(withoutControls(hint[...]))")
        }
        return lines.joined(separator: "\n")
    }

    /// The part of a line that is shown, and the column in it. Tabs and control characters become one space each, so that
    /// the carets stand where they should and nothing reaches the terminal raw.
    private static func window(of line: String, around column: Int) -> (shown: String, column: Int) {
        func plain(_ part: Substring) -> String {
            String(part.map { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? $0 : " " })
        }
        guard line.utf8.count > excerptCharactersMax, line.count > excerptCharactersMax else {
            return (plain(line[...]), column)
        }
        let dropped = max(0, min(column - 1 - excerptCharactersMax / 2, line.count - excerptCharactersMax))
        let rest = line.dropFirst(dropped)
        let kept = rest.prefix(excerptCharactersMax)
        let before = dropped > 0 ? "…" : ""
        return (before + plain(kept) + (kept.endIndex < rest.endIndex ? "…" : ""), column - dropped + before.count)
    }
}

/// The few terminal colours of a problem.
private struct Paint {
    var isOn: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }
    func red(_ text: String) -> String { wrap(text, "31") }
    func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
