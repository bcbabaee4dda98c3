// Decimal numbers as JSON writes them, made from text without going through floating point, so 19.90 becomes 19.9 and no
// digit of a large number is lost.
//
// Accepted: an optional sign, digits with an optional fraction, an optional exponent, white space around. Written: no plus,
// no leading zeros, no trailing zeros of a fraction, no exponent unless the text had one; zero is `0`.

import Formats

enum DecimalNumber {
    /// What became of a text.
    enum Outcome {
        case notANumber
        /// The canonical form was appended.
        case written
        /// A number whose integer part does not fit in 64 bits, or that overflows a double: receivers would round it, or take
        /// it for infinite, so it stays text.
        case tooLarge
    }

    /// Exponents beyond this overflow a double.
    private static let exponentMax = 308
    /// So many decimal digits are exact in a double, and so is ten to the power of this and less.
    private static let (exactDigitsMax, exactPowerMax) = (15, 22)

    /// Whether `text` is an integer in canonical form already; not all that are, only those short enough to tell at a glance.
    static func isWritten(_ text: Span<UInt8>) -> Bool {
        guard (1...exactDigitsMax).contains(text.count), text.count == 1 || text[0] != UInt8(ascii: "0") else { return false }
        for index in text.indices where !text[index].isDigit { return false }
        return true
    }

    /// Appends the canonical form of `text`.
    static func write(_ text: Span<UInt8>, into bytes: inout [UInt8]) -> Outcome {
        guard let parts = parse(text) else { return .notANumber }
        let integer = trimmingLeadingZeros(text, parts.integer)
        guard fitsInt64(text, integer, isNegative: parts.isNegative), integer.count + (parts.exponent ?? 0) <= exponentMax else {
            return .tooLarge
        }
        let fraction = trimmingTrailingZeros(text, parts.fraction)
        if parts.isNegative, !integer.isEmpty || !fraction.isEmpty { bytes.append(UInt8(ascii: "-")) }
        if integer.isEmpty { bytes.append(UInt8(ascii: "0")) }
        for index in integer { bytes.append(text[index]) }
        if !fraction.isEmpty {
            bytes.append(UInt8(ascii: "."))
            for index in fraction { bytes.append(text[index]) }
        }
        if let exponent = parts.exponent, exponent != 0, !integer.isEmpty || !fraction.isEmpty {
            bytes.append(UInt8(ascii: "e"))
            bytes.append(contentsOf: String(exponent).utf8)
        }
        return .written
    }

    /// Appends the integer part of `text`, cut towards zero. An exponent makes it no integer that this can write.
    static func writeInteger(_ text: Span<UInt8>, into bytes: inout [UInt8]) -> Outcome {
        guard let parts = parse(text), parts.exponent == nil else { return .notANumber }
        let integer = trimmingLeadingZeros(text, parts.integer)
        guard fitsInt64(text, integer, isNegative: parts.isNegative) else { return .tooLarge }
        if integer.isEmpty {
            bytes.append(UInt8(ascii: "0"))
        } else {
            if parts.isNegative { bytes.append(UInt8(ascii: "-")) }
            for index in integer { bytes.append(text[index]) }
        }
        return .written
    }

    /// Whether the number that `text` states is written with a fraction or an exponent.
    static func isDecimal(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] == UInt8(ascii: ".") || text[index] | 0x20 == UInt8(ascii: "e") { return true }
        return false
    }

    /// The double nearest to the number that `text` states, to compare it with.
    static func value(_ text: Span<UInt8>) -> Double? {
        guard let parts = parse(text) else { return nil }
        let integer = trimmingLeadingZeros(text, parts.integer)
        let fraction = trimmingTrailingZeros(text, parts.fraction)
        let power = (parts.exponent ?? 0) - fraction.count
        guard integer.count + fraction.count <= exactDigitsMax, abs(power) <= exactPowerMax else {
            let digits = String(decoding: integer.map { text[$0] } + fraction.map { text[$0] }, as: UTF8.self)
            return Double("\(parts.isNegative ? "-" : "")0\(digits)e\(power)")
        }
        // Both operands are exact, so the one operation rounds once (Clinger, "How to read floating point numbers accurately").
        var digits = 0.0
        for index in integer { digits = digits * 10 + Double(text[index] - UInt8(ascii: "0")) }
        for index in fraction { digits = digits * 10 + Double(text[index] - UInt8(ascii: "0")) }
        let magnitude = power < 0 ? digits / exactPower(-power) : digits * exactPower(power)
        return parts.isNegative ? -magnitude : magnitude
    }

    private static func exactPower(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    struct Parts {
        var isNegative = false
        var integer = 0..<0
        var fraction = 0..<0
        var exponent: Int?
    }

    static func parse(_ text: Span<UInt8>) -> Parts? {
        var (index, end) = (0, text.count)
        while index < end, text[index].isWhitespace { index += 1 }
        while end > index, text[end - 1].isWhitespace { end -= 1 }
        var parts = Parts()
        if index < end, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            parts.isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        parts.integer = digits(text, &index, end)
        if index < end, text[index] == UInt8(ascii: ".") {
            index += 1
            parts.fraction = digits(text, &index, end)
        }
        guard !parts.integer.isEmpty || !parts.fraction.isEmpty else { return nil }
        if index < end, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            let isNegative = index < end && text[index] == UInt8(ascii: "-")
            if index < end, isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
            let range = digits(text, &index, end)
            guard !range.isEmpty, range.count <= 4 else { return nil }
            let size = range.reduce(0) { $0 * 10 + Int(text[$1] - UInt8(ascii: "0")) }
            guard size <= exponentMax else { return nil }
            parts.exponent = isNegative ? -size : size
        }
        return index == end ? parts : nil
    }

    private static func digits(_ text: Span<UInt8>, _ index: inout Int, _ end: Int) -> Range<Int> {
        let start = index
        while index < end, text[index].isDigit { index += 1 }
        return start..<index
    }

    static func trimmingLeadingZeros(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, text[start] == UInt8(ascii: "0") { start += 1 }
        return start..<range.upperBound
    }

    static func trimmingTrailingZeros(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, text[end - 1] == UInt8(ascii: "0") { end -= 1 }
        return range.lowerBound..<end
    }

    private static func fitsInt64(_ text: Span<UInt8>, _ digits: Range<Int>, isNegative: Bool) -> Bool {
        guard digits.count <= 19 else { return false }
        let magnitude = digits.reduce(UInt64(0)) { $0 * 10 + UInt64(text[$1] - UInt8(ascii: "0")) }
        return magnitude <= UInt64(Int64.max) + (isNegative ? 1 : 0)
    }
}
