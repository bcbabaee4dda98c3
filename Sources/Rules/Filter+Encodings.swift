// Filters for the ways in which texts are written inside of URLs and other texts.

import Formats
import Records

extension Filter {
    /// `%HH` is a byte, `+` is a space; a percent sign that begins no escape stays.
    static func urlDecode(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        var index = 0
        while index < input.count {
            if input[index] == UInt8(ascii: "%"), index + 2 < input.count, let high = input[index + 1].hexValue,
                let low = input[index + 2].hexValue
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(input[index] == UInt8(ascii: "+") ? .space : input[index])
                index += 1
            }
        }
        return .text
    }

    /// As forms are sent: a space becomes `+`, all but letters, digits and `-._~` becomes `%HH`.
    static func urlEncode(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        for index in input.indices {
            let byte = input[index]
            if byte.isDigit || byte.isUppercaseLetter || byte.isLowercaseLetter || "-._~".utf8.contains(byte) {
                output.append(byte)
            } else if byte == .space {
                output.append(UInt8(ascii: "+"))
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(hexDigits[Int(byte >> 4)])
                output.append(hexDigits[Int(byte & 15)])
            }
        }
        return .text
    }

    private static let hexDigits = [UInt8]("0123456789ABCDEF".utf8)

    /// RFC 4648, also with the alphabet for URLs (section 5) and without padding, as in tokens; absent where it is neither.
    static func base64Decode(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        var end = input.count
        while end > 0, input.count - end < 2, input[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard end % 4 != 1, end == input.count || input.count % 4 == 0 else { return .absent }
        var (bits, bitCount): (UInt32, Int) = (0, 0)
        for index in 0..<end {
            guard let value = base64Value(input[index]) else { return .absent }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return .text
    }

    private static func base64Value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// The path of a URL or of what a request asks for, as it is written: without scheme, host, query and fragment.
    static func urlPath(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        let end = end(ofPath: input)
        guard let start = pathStart(input, before: end) else {
            output.append(contentsOf: input.extracting(0..<end))
            return .text
        }
        // A URL without a path means the root (RFC 9110, 4.2.3).
        if start == end { output.append(UInt8(ascii: "/")) }
        output.append(contentsOf: input.extracting(start..<end))
        return .text
    }

    /// The value of the first query parameter of this name, decoded; absent where there is none. A text that is neither a path nor
    /// a URL and has no question mark is taken for the query itself.
    static func urlQuery(_ input: Span<UInt8>, _ name: Span<UInt8>, into output: inout [UInt8]) -> Result {
        let end = input.firstIndex(of: UInt8(ascii: "#")) ?? input.count
        var index = 0
        if let mark = input.extracting(0..<end).firstIndex(of: UInt8(ascii: "?")) {
            index = mark + 1
        } else if input.isEmpty || input[0] == UInt8(ascii: "/") || pathStart(input, before: end) != nil {
            return .absent
        }
        var decoded: [UInt8] = []
        while index < end {
            let query = input.extracting(0..<end)
            let partEnd = query.firstIndex(of: UInt8(ascii: "&"), from: index) ?? end
            let part = input.extracting(index..<partEnd)
            let sign = part.firstIndex(of: UInt8(ascii: "=")) ?? part.count
            decoded.removeAll(keepingCapacity: true)
            _ = urlDecode(part.extracting(0..<sign), into: &decoded)
            if decoded.span.hasSameBytes(as: name) {
                return urlDecode(part.extracting(Swift.min(sign + 1, part.count)..<part.count), into: &output)
            }
            index = partEnd + 1
        }
        return .absent
    }

    private static func end(ofPath input: Span<UInt8>) -> Int {
        for index in input.indices where input[index] == UInt8(ascii: "?") || input[index] == UInt8(ascii: "#") { return index }
        return input.count
    }

    /// Where the path begins in a URL with a scheme; nil where there is none.
    private static func pathStart(_ input: Span<UInt8>, before end: Int) -> Int? {
        var index = 0
        while index < end,
            input[index].isDigit || input[index].isUppercaseLetter || input[index].isLowercaseLetter
                || "+-.".utf8.contains(input[index])
        {
            index += 1
        }
        guard index > 0, input.holds("://", at: index, before: end) else { return nil }
        return input.firstIndex(of: UInt8(ascii: "/"), from: index + 3).map { Swift.min($0, end) } ?? end
    }
}
