// Names and classes of ASCII bytes that parsers ask for.

extension UInt8 {
    package static let space = UInt8(ascii: " ")
    package static let quote = UInt8(ascii: "\"")
    package static let backslash = UInt8(ascii: "\\")

    package var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    package var isUppercaseLetter: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }

    package var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }

    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    package var isWhitespace: Bool { self == .space || (self >= 0x09 && self <= 0x0D) }

    package var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// Whether `text` stands at `index`, wholly before `end`.
    package func holds(_ text: StaticString, at index: Int, before end: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard index >= 0, end <= count, index + length <= end else { return false }
        return text.withUTF8Buffer { expected in
            for place in 0..<length where expected[place] != self[index + place] { return false }
            return true
        }
    }
}
