// The lines of one file, kept so that a problem can show the line it is about. Lines end where the YAML parser ends them
// (LF, CR, CR LF, NEL, LS, PS), so its line numbers fit.

/// The text of one file by lines. Shared by every node and place of the file.
final class SourceText: Sendable {
    let file: String
    private let lines: [Line]

    /// On lines of up to this many code points, columns count characters as a reader sees them; on longer lines that are not ASCII they
    /// count code points, because finding the characters would cost the square of the line's length.
    static let exactColumnsMax = 4_096

    private struct Line: Sendable {
        var text: String
        var scalarCount: Int
        /// One code point is one column.
        var isUniform: Bool
    }

    init(file: String, text: String) {
        self.file = file
        var lines: [Line] = []
        var start = text.unicodeScalars.startIndex
        var index = start
        var isASCII = true
        var count = 0
        let scalars = text.unicodeScalars
        func line(upTo end: String.Index) -> Line {
            Line(text: String(text[start..<end]), scalarCount: count, isUniform: isASCII || count > Self.exactColumnsMax)
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            guard Self.isBreak(scalar) else {
                isASCII = isASCII && scalar.isASCII
                count += 1
                index = next
                continue
            }
            lines.append(line(upTo: index))
            index = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n" ? scalars.index(after: next) : next
            start = index
            isASCII = true
            count = 0
        }
        lines.append(line(upTo: scalars.endIndex))
        self.lines = lines
    }

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    var lineCount: Int { lines.count }

    /// The text of a line (1-based) without its end, or nil when there is no such line.
    func line(_ number: Int) -> String? {
        lines.indices.contains(number - 1) ? lines[number - 1].text : nil
    }

    /// The place of a code point, moved into the text where the parser points past its end.
    ///
    /// - Parameters:
    ///   - line: 1-based.
    ///   - scalarColumn: 1-based, in code points.
    func place(line: Int, scalarColumn: Int) -> Place {
        if line > lines.count || line == lines.count && lines[line - 1].text.isEmpty {
            let lastWritten = lines.lastIndex { !$0.text.isEmpty } ?? 0
            return Place(line: lastWritten + 1, column: lines[lastWritten].text.count + 1, in: self)
        }
        let number = max(line, 1)
        let found = lines[number - 1]
        let before = min(max(scalarColumn - 1, 0), found.scalarCount)
        let column = found.isUniform ? before : String(found.text.unicodeScalars.prefix(before)).count
        return Place(line: number, column: column + 1, in: self)
    }

    /// The text from a place to the end of its line; nil on lines so long that finding it for each node would take too long.
    func rest(from place: Place) -> Substring? {
        guard lines.indices.contains(place.line - 1) else { return nil }
        let line = lines[place.line - 1]
        return line.scalarCount > Self.exactColumnsMax ? nil : line.text.dropFirst(place.column - 1)
    }

    /// The same as bytes, where the line is ASCII; nil where it is not, or has no end in sight.
    func asciiRest(from place: Place) -> Substring.UTF8View? {
        guard lines.indices.contains(place.line - 1) else { return nil }
        let line = lines[place.line - 1]
        guard line.isUniform, line.scalarCount <= Self.exactColumnsMax else { return nil }
        return line.text.utf8.dropFirst(place.column - 1)
    }
}
