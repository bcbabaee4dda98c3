// The escapes of JSON strings (RFC 8259, 7), undone. Logfmt uses the same ones.

import Records

package enum JSONString {
    /// Appends what `text`, the bytes between the quotes, stands for. Two \u escapes that form a surrogate pair are one
    /// character; a surrogate alone becomes U+FFFD. What is no escape stays as it is.
    package static func decode(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let escape = text.firstIndex(of: .backslash, from: index) ?? text.count
            bytes.append(contentsOf: text.extracting(index..<escape))
            index = escape
            guard index < text.count else { return }
            index += decodeEscape(text, at: index, into: &bytes)
        }
    }

    /// - Returns: how many bytes the escape takes.
    private static func decodeEscape(_ text: Span<UInt8>, at start: Int, into bytes: inout [UInt8]) -> Int {
        guard start + 1 < text.count else {
            bytes.append(.backslash)
            return 1
        }
        switch text[start + 1] {
        case .quote, .backslash, UInt8(ascii: "/"): bytes.append(text[start + 1])
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): return decodeUnicode(text, at: start, into: &bytes)
        default:
            bytes.append(.backslash)
            return 1
        }
        return 2
    }

    private static func decodeUnicode(_ text: Span<UInt8>, at start: Int, into bytes: inout [UInt8]) -> Int {
        guard let unit = unit(text, at: start) else {
            bytes.append(.backslash)
            return 1
        }
        if (0xD800..<0xDC00).contains(unit), let low = self.unit(text, at: start + 6), (0xDC00..<0xE000).contains(low) {
            append(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &bytes)
            return 12
        }
        append((0xD800..<0xE000).contains(unit) ? 0xFFFD : unit, to: &bytes)
        return 6
    }

    /// The number of a `\uHHHH` at `start`.
    private static func unit(_ text: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 5 < text.count, text[start] == .backslash, text[start + 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for index in start + 2..<start + 6 {
            guard let digit = text[index].hexValue else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case ..<0x80: bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | scalar >> 18))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
