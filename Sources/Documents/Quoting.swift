// Texts from elsewhere (keys, values, paths) inside messages.

/// How much of a value a message shows.
package let quotedCharactersMax = 60
/// How much of a path a message shows: all of it (PATH_MAX of Linux).
package let quotedPathCharactersMax = 4_096

/// `text` in backticks for a message: control characters escaped, and cut when it is long.
package func quoted(_ text: String, charactersMax: Int = quotedCharactersMax) -> String {
    let shown = text.prefix(charactersMax)
    return "`\(withoutControls(shown))\(shown.endIndex < text.endIndex ? "…" : "")`"
}

/// A path in backticks.
package func quotedPath(_ path: String) -> String {
    quoted(path, charactersMax: quotedPathCharactersMax)
}

/// The text with its control characters escaped, so that it can't command a terminal or forge a line of a log.
func withoutControls(_ text: Substring) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return String(text) }
    return text.unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
}

/// C0, DEL, C1, and the line and paragraph separators.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
}
