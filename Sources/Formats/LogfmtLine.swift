// Logfmt lines: `level=info user=alice note="two words, \"quoted\"" retried`.
//
// - A value ends at white space, or is quoted with the escapes of JSON; `key=` and a key alone have the empty text.
// - Of a key that occurs twice the first counts. A logger that does not quote lets a value forge keys behind it; those before
//   it are safe.
// - Words that belong to no key are passed over. A line without any `key=`, or with a quote that is never closed, is no logfmt.

import Records

enum LogfmtLine {
    /// - Parameter keys: the slot of each key that rules ask for.
    static func parse(_ line: Span<UInt8>, keys: KeyTable, into target: inout RecordFields) -> Bool {
        var index = 0
        var hasPair = false
        while true {
            while index < line.count, line[index].isWhitespace { index += 1 }
            guard index < line.count else { return hasPair }
            if line[index] == .quote {
                guard let end = closingQuote(line, index) else { return false }
                index = end + 1
                continue
            }
            let keyStart = index
            while index < line.count, line[index] != UInt8(ascii: "="), !line[index].isWhitespace { index += 1 }
            let key = keyStart..<index
            var value = Field(index..<index)
            if index < line.count, line[index] == UInt8(ascii: "=") {
                hasPair = true
                guard let field = self.value(line, &index) else { return false }
                value = field
            }
            if let slot = keys.value(of: line.extracting(key)), target.fields[slot].kind == .missing { target.fields[slot] = value }
        }
    }

    /// Reads what follows the equals sign at `index`.
    private static func value(_ line: Span<UInt8>, _ index: inout Int) -> Field? {
        index += 1
        let start = index
        if index < line.count, line[index] == .quote {
            guard let end = closingQuote(line, index) else { return nil }
            index = end + 1
            let isEscaped = line.extracting(start + 1..<end).firstIndex(of: .backslash) != nil
            return Field(start + 1..<end, encoding: isEscaped ? .json : .verbatim)
        }
        while index < line.count, !line[index].isWhitespace { index += 1 }
        return Field(start..<index)
    }

    private static func closingQuote(_ line: Span<UInt8>, _ open: Int) -> Int? {
        var index = open + 1
        while index < line.count, line[index] != .quote {
            index += line[index] == .backslash ? 2 : 1
        }
        return index < line.count ? index : nil
    }
}
