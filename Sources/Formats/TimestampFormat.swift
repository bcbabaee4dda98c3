// Times as logs write them, read from bytes without calendars, locales or formatters. All results are milliseconds since
// 1970, UTC; finer fractions are cut off.

/// How a time is written.
package enum TimestampFormat: String, CaseIterable, Sendable {
    /// RFC 3339 and its relatives: `2026-11-23T06:37:03.066Z`, with a space for the T, a comma for the dot, `+0100` for
    /// `+01:00`, or without a zone.
    case rfc3339
    /// The time of NCSA access logs: `23/Nov/2026:06:55:25 +0000`.
    case commonLog = "clf"
    /// Traditional syslog, without year and zone: `Nov 23 06:37:03` (RFC 3164, 4.1.2).
    case rfc3164
    /// Whichever of the others fits.
    case automatic = "auto"
}

/// What a time that does not say everything is completed with.
package struct TimestampContext: Hashable, Sendable {
    /// Seconds east of UTC for times without a zone.
    package var zoneOffsetSeconds: Int
    /// The time at which the record is read, in milliseconds since 1970: a time without a year is taken to lie in the year
    /// that brings it nearest to this, so logs of December read in January keep their year.
    package var nowMilliseconds: Int64

    package init(zoneOffsetSeconds: Int = 0, nowMilliseconds: Int64) {
        self.zoneOffsetSeconds = zoneOffsetSeconds
        self.nowMilliseconds = nowMilliseconds
    }
}

extension TimestampFormat {
    /// The time that `text` states, in milliseconds since 1970, or nil where it is not of this format or not a time that exists.
    /// A leap second (`:60`) counts as the second after it.
    package func milliseconds(of text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        var reader = TimeReader(index: 0)
        switch self {
        case .rfc3339: return reader.rfc3339(text, context)
        case .commonLog: return reader.commonLog(text)
        case .rfc3164: return reader.rfc3164(text, context)
        case .automatic:
            guard text.count > 4 else { return nil }
            if text[4] == UInt8(ascii: "-") { return reader.rfc3339(text, context) }
            return text[0].isDigit ? reader.commonLog(text) : reader.rfc3164(text, context)
        }
    }
}

/// Reads one time from left to right; a member returns nil as soon as the text is not what it must be.
private struct TimeReader {
    var index: Int

    mutating func rfc3339(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard let year = number(text, digits: 4), skip(text, "-"), let month = number(text, digits: 2), skip(text, "-"),
            let day = number(text, digits: 2), index < text.count, [UInt8(ascii: "T"), UInt8(ascii: "t"), .space].contains(text[index])
        else { return nil }
        index += 1
        guard let clock = clock(text) else { return nil }
        let fraction = fractionMilliseconds(text)
        guard let zone = zone(text, default: context.zoneOffsetSeconds), index == text.count else { return nil }
        return compose(year, month, day, clock, zone, fraction)
    }

    mutating func commonLog(_ text: Span<UInt8>) -> Int64? {
        guard let day = number(text, digits: 2), skip(text, "/"), let month = monthName(text), skip(text, "/"),
            let year = number(text, digits: 4), skip(text, ":"), let clock = clock(text), let zone = zone(text, default: nil),
            index == text.count
        else { return nil }
        return compose(year, month, day, clock, zone, 0)
    }

    mutating func rfc3164(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard let month = monthName(text), skip(text, " ") else { return nil }
        let isPadded = skip(text, " ")
        guard let day = number(text, digits: isPadded ? 1 : 2), skip(text, " "), let clock = clock(text), index == text.count else {
            return nil
        }
        let thisYear = Day.year(ofMilliseconds: context.nowMilliseconds)
        return (thisYear - 1...thisYear + 1)
            .compactMap { compose($0, month, day, clock, context.zoneOffsetSeconds, 0) }
            .min { abs($0 - context.nowMilliseconds) < abs($1 - context.nowMilliseconds) }
    }

    /// `hh:mm:ss` as seconds of the day.
    private mutating func clock(_ text: Span<UInt8>) -> Int? {
        guard let hour = number(text, digits: 2), skip(text, ":"), let minute = number(text, digits: 2), skip(text, ":"),
            let second = number(text, digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }

    private mutating func fractionMilliseconds(_ text: Span<UInt8>) -> Int {
        guard index + 1 < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ","), text[index + 1].isDigit else {
            return 0
        }
        index += 1
        var (milliseconds, weight) = (0, 100)
        while index < text.count, text[index].isDigit {
            milliseconds += Int(text[index] - UInt8(ascii: "0")) * weight
            weight /= 10
            index += 1
        }
        return milliseconds
    }

    /// `Z`, `+01:00`, `+0100` or `+01`, also after a space; seconds east of UTC.
    private mutating func zone(_ text: Span<UInt8>, default implied: Int?) -> Int? {
        if index == text.count { return implied }
        if text[index] == .space { index += 1 }
        guard index < text.count else { return nil }
        let sign = text[index]
        index += 1
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(text, digits: 2) else { return nil }
        var minutes = 0
        if index < text.count {
            if text[index] == UInt8(ascii: ":") { index += 1 }
            guard let stated = number(text, digits: 2) else { return nil }
            minutes = stated
        }
        guard hours < 24, minutes < 60 else { return nil }
        let seconds = (hours * 60 + minutes) * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private mutating func monthName(_ text: Span<UInt8>) -> Int? {
        guard index + 3 <= text.count else { return nil }
        for (position, name) in Self.monthNames.enumerated() where text.holds(name, at: index, before: text.count) {
            index += 3
            return position + 1
        }
        return nil
    }

    private mutating func number(_ text: Span<UInt8>, digits: Int) -> Int? {
        guard index + digits <= text.count else { return nil }
        var value = 0
        for place in index..<index + digits {
            guard text[place].isDigit else { return nil }
            value = value * 10 + Int(text[place] - UInt8(ascii: "0"))
        }
        index += digits
        return value
    }

    private mutating func skip(_ text: Span<UInt8>, _ expected: StaticString) -> Bool {
        guard text.holds(expected, at: index, before: text.count) else { return false }
        index += expected.utf8CodeUnitCount
        return true
    }

    private func compose(_ year: Int, _ month: Int, _ day: Int, _ clock: Int, _ zone: Int, _ fraction: Int) -> Int64? {
        guard let days = Day.number(year: year, month: month, day: day) else { return nil }
        return (days * 86_400 + Int64(clock - zone)) * 1000 + Int64(fraction)
    }

    private static let monthNames: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

/// Days of the proleptic Gregorian calendar, counted from 1970-01-01.
private enum Day {
    /// Nil where the month has no such day.
    static func number(year: Int, month: Int, day: Int) -> Int64? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard day <= (month == 2 && isLeapYear ? 29 : monthLengths[month - 1]) else { return nil }
        // Leap days before this year, plus the one of this year when February is over.
        let past = year - 1
        let leapDays = past / 4 - past / 100 + past / 400 + (isLeapYear && month > 2 ? 1 : 0)
        return Int64(past * 365 + leapDays + daysBefore[month - 1] + day - 1) - daysBefore1970
    }

    static func year(ofMilliseconds milliseconds: Int64) -> Int {
        let days = milliseconds / 86_400_000
        var year = 1970 + Int(days / 366)
        while let next = number(year: year + 1, month: 1, day: 1), next <= days { year += 1 }
        return year
    }

    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    /// From 0001-01-01 to 1970-01-01.
    private static let daysBefore1970: Int64 = 719_162
}
