// Places inside a scalar, so that an error in a pattern or a template points at the character that is wrong.

extension Node {
    /// The place of a character of the scalar's text.
    ///
    /// Exact for plain and single-quoted scalars on one line (`''` counts as one character of the text and two of the
    /// line); for all else the scalar's own place.
    ///
    /// - Parameter characterOffset: 0-based, in characters; the text's length is the place just past it.
    package func place(atOffset characterOffset: Int) -> Place {
        guard case .scalar(let text, _) = content, let line = place.excerpt, (0...text.count).contains(characterOffset) else {
            return place
        }
        let written = line.dropFirst(place.column - 1)
        var moved = place
        switch style {
        case .plain where written.hasPrefix(text):
            moved.column += characterOffset
        case .singleQuoted:
            let before = text.prefix(characterOffset)
            let quotes = before.count { $0 == "'" }
            let body = text.replacing("'", with: "''")
            guard written.dropFirst().hasPrefix(body) else { return place }
            moved.column += 1 + characterOffset + quotes
        default:
            break
        }
        return moved
    }
}
