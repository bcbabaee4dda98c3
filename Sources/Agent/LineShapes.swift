// Lines that no rule matched, grouped by their shape: numbers, ids and quoted texts do not count, so that thousands of lines
// become a handful of kinds to write rules for.

import Records

struct LineShapes {
    private var groups: [String: (count: Int, example: String)] = [:]
    private var uncounted = 0

    /// Different shapes that are kept; lines of further ones are counted together.
    private static let groupsMax = 10_000
    /// How many shapes the table shows.
    private static let rowsMax = 30
    /// How much of a line makes its shape.
    private static let lineBytesMax = 400

    mutating func add(_ line: Span<UInt8>) {
        let visible = line.extracting(first: min(line.count, Self.lineBytesMax))
        let text = visible.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        let shape = Self.shape(of: text)
        if groups[shape] != nil || groups.count < Self.groupsMax {
            groups[shape, default: (0, text)].count += 1
        } else {
            uncounted += 1
        }
    }

    /// The most frequent shapes first, each with an example.
    var table: [String] {
        let sorted = groups.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        var lines = sorted.prefix(Self.rowsMax).flatMap { shape, group in
            ["\(group.count) × \(Printable.text(shape))", "    such as: \(Printable.text(group.example))"]
        }
        let rest = sorted.dropFirst(Self.rowsMax).reduce(uncounted) { $0 + $1.value.count }
        if rest > 0 { lines.append("\(rest) × other shapes") }
        return lines.isEmpty ? ["every line was matched by a rule"] : lines
    }

    /// `#` for a number, `*` for a word with digits in it such as an id, `"…"` for a quoted text.
    static func shape(of line: String) -> String {
        var shape = ""
        var word = ""
        var quote: Character?
        func flush() {
            guard !word.isEmpty else { return }
            shape += word.allSatisfy(\.isNumber) ? "#" : word.contains(where: \.isNumber) ? "*" : word
            word = ""
        }
        for character in line {
            if let open = quote {
                if character == open {
                    shape += "…\(open)"
                    quote = nil
                }
            } else if character == "\"" {
                flush()
                shape.append(character)
                quote = character
            } else if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                flush()
                shape.append(character)
            }
        }
        flush()
        return shape
    }
}
