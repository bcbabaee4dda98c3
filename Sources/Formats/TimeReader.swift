// Reads one time from left to right; a member returns nil as soon as the text is not what it must be.

struct TimeReader {
    var index = 0

    /// The moments that the API's four digits of year can say, in milliseconds since 1970.
    private static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    mutating func rfc3339(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard let year = number(text, digits: 4), skip(text, "-"), let month = number(text, digits: 2), skip(text, "-"),
            let day = number(text, digits: 2), index < text.count, text[index] | 0x20 == UInt8(ascii: "t") || text[index] == .space
        else { return nil }
        index += 1
        guard let clock = clock(text) else { return nil }
        var fraction = 0
        if index + 1 < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ","), text[index + 1].isDigit {
            index += 1
            fraction = fractionMilliseconds(text) ?? 0
        }
        var zone: Int?
        if index < text.count {
            if text[index] == .space { index += 1 }
            guard let stated = self.zone(text) else { return nil }
            zone = stated
        }
        guard index == text.count, let number = Day.number(year: year, month: month, day: day) else { return nil }
        return context.milliseconds(day: number, secondOfDay: clock, offsetSeconds: zone, fraction: fraction)
    }

    mutating func commonLog(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard let day = number(text, digits: 2), skip(text, "/"), let month = name(text, Self.monthNames), skip(text, "/"),
            let year = number(text, digits: 4), skip(text, ":"), let clock = clock(text), skip(text, " "), let zone = zone(text),
            index == text.count, let number = Day.number(year: year, month: month + 1, day: day)
        else { return nil }
        return context.milliseconds(day: number, secondOfDay: clock, offsetSeconds: zone, fraction: 0)
    }

    mutating func rfc3164(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard let month = name(text, Self.monthNames), skip(text, " ") else { return nil }
        let isPadded = skip(text, " ")
        let hasOneDigit = isPadded || (index + 1 < text.count && text[index + 1] == .space)
        guard let day = number(text, digits: hasOneDigit ? 1 : 2), skip(text, " "), let clock = clock(text), index == text.count else {
            return nil
        }
        return context.latestYear(month: month + 1, day: day, secondOfDay: clock, offsetSeconds: nil, fraction: 0)
    }

    /// A count since 1970, all of the text.
    /// - Parameter unit: nil: by its size, seconds up to 11 digits, milliseconds up to 14, microseconds up to 17.
    mutating func epoch(_ text: Span<UInt8>, _ unit: TimestampFormat.EpochUnit?) -> Int64? {
        guard let time = epochPrefix(text, unit), index == text.count else { return nil }
        return time
    }

    mutating func epochPrefix(_ text: Span<UInt8>, _ unit: TimestampFormat.EpochUnit?) -> Int64? {
        let isNegative = skip(text, "-")
        let start = index
        var count: Int64 = 0
        while index < text.count, text[index].isDigit {
            guard index - start < 19 else { return nil }
            let (scaled, overflow) = count.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int64(text[index] - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            count = sum
            index += 1
        }
        let digits = index - start
        guard digits > 0 else { return nil }
        var fraction = 0
        if index + 1 < text.count, text[index] == UInt8(ascii: "."), text[index + 1].isDigit {
            index += 1
            fraction = fractionMilliseconds(text) ?? 0
        }
        let bySize: TimestampFormat.EpochUnit =
            digits <= 11 ? .seconds : digits <= 14 ? .milliseconds : digits <= 17 ? .microseconds : .nanoseconds
        let milliseconds: Int64
        switch unit ?? bySize {
        case .seconds:
            guard count <= Self.range.upperBound / 1000 else { return nil }
            milliseconds = count * 1000 + Int64(fraction)
        case .milliseconds: milliseconds = count
        case .microseconds: milliseconds = count / 1000
        case .nanoseconds: milliseconds = count / 1_000_000
        }
        let time = isNegative ? -milliseconds : milliseconds
        return Self.range.contains(time) ? time : nil
    }

    /// `hh:mm:ss` as seconds of the day.
    private mutating func clock(_ text: Span<UInt8>) -> Int? {
        guard let hour = number(text, digits: 2), skip(text, ":"), let minute = number(text, digits: 2), skip(text, ":"),
            let second = number(text, digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }

    /// The digits of a fraction of a second, at least one.
    mutating func fractionMilliseconds(_ text: Span<UInt8>) -> Int? {
        let start = index
        var (milliseconds, weight) = (0, 100)
        while index < text.count, text[index].isDigit {
            milliseconds += Int(text[index] - UInt8(ascii: "0")) * weight
            weight /= 10
            index += 1
        }
        return index > start ? milliseconds : nil
    }

    /// `Z`, `UTC`, `GMT`, `UT`, `+01:00`, `+0100` or `+01`; seconds east of UTC.
    mutating func zone(_ text: Span<UInt8>) -> Int? {
        for name in Self.zeroNames where skip(text, name) { return 0 }
        let isWest = skip(text, "-")
        guard isWest || skip(text, "+"), let hours = number(text, digits: 2) else { return nil }
        var minutes = 0
        let hasColon = skip(text, ":")
        if let stated = number(text, digits: 2) {
            minutes = stated
        } else if hasColon {
            return nil
        }
        guard hours < 24, minutes < 60 else { return nil }
        let seconds = (hours * 60 + minutes) * 60
        return isWest ? -seconds : seconds
    }

    /// The position of the name that stands here, in any case.
    mutating func name(_ text: Span<UInt8>, _ names: [StaticString]) -> Int? {
        for (position, name) in names.enumerated() where skip(text, name) { return position }
        return nil
    }

    mutating func number(_ text: Span<UInt8>, digits: Int) -> Int? {
        guard index + digits <= text.count, let value = number(text, digitsMax: digits, digitsMin: digits) else { return nil }
        return value
    }

    mutating func number(_ text: Span<UInt8>, digitsMax: Int, digitsMin: Int = 1) -> Int? {
        var (value, place) = (0, index)
        while place < text.count, place - index < digitsMax, text[place].isDigit {
            value = value * 10 + Int(text[place] - UInt8(ascii: "0"))
            place += 1
        }
        guard place - index >= digitsMin else { return nil }
        index = place
        return value
    }

    /// Passes over `expected`, which is in lower case; letters of the text may be in either.
    mutating func skip(_ text: Span<UInt8>, _ expected: StaticString) -> Bool {
        let length = expected.utf8CodeUnitCount
        guard index + length <= text.count else { return false }
        let isThere = expected.withUTF8Buffer { bytes in
            for place in 0..<length {
                let byte = text[index + place]
                guard (byte.isUppercaseLetter ? byte | 0x20 : byte) == bytes[place] else { return false }
            }
            return true
        }
        if isThere { index += length }
        return isThere
    }

    private static let zeroNames: [StaticString] = ["z", "utc", "gmt", "ut"]
    static let monthNames: [StaticString] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
}
