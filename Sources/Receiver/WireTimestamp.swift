// The one form of a time on the wire: RFC 3339 in UTC with milliseconds and `Z`, such as 2026-11-23T06:37:03.066Z. The API itself
// takes other forms of RFC 3339 as well.

package enum WireTimestamp {
    /// Whether the bytes are a time of that form that exists in the calendar. Leap seconds do not: most readers refuse them.
    package static func isValid(_ text: [UInt8]) -> Bool {
        let form = Array("0000-00-00T00:00:00.000Z".utf8)
        guard text.count == form.count else { return false }
        for (byte, expected) in zip(text, form) {
            guard expected == UInt8(ascii: "0") ? isDigit(byte) : byte == expected else { return false }
        }
        func number(_ range: Range<Int>) -> Int {
            text[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        let month = number(5..<7)
        return (1...12).contains(month) && (1...days(ofMonth: month, year: number(0..<4))).contains(number(8..<10))
            && number(11..<13) < 24 && number(14..<16) < 60 && number(17..<19) < 60
    }

    /// Whether the bytes are a time of RFC 3339, with a fraction of any length or none, and any offset.
    package static func isDateTime(_ text: [UInt8]) -> Bool {
        guard text.count >= 20 else { return false }
        var rest = text[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { isDigit($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard isOffset(Array(rest)) else { return false }
        return isValid(text[..<19] + Array(".000Z".utf8))
    }

    private static func isOffset(_ text: [UInt8]) -> Bool {
        if text == [UInt8(ascii: "Z")] { return true }
        guard text.count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"), text[3] == UInt8(ascii: ":") else {
            return false
        }
        guard [1, 2, 4, 5].allSatisfy({ isDigit(text[$0]) }) else { return false }
        func number(_ index: Int) -> Int { Int(text[index] - UInt8(ascii: "0")) * 10 + Int(text[index + 1] - UInt8(ascii: "0")) }
        return number(1) < 24 && number(4) < 60
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
