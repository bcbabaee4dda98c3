// The rule that says how clocks are set for all time to come: the TZ string of POSIX (tzset(3)), such as
// `CET-1CEST,M3.5.0,M10.5.0/3`, with the hours beyond a day that RFC 9636, 3.3.1 allows.

struct PosixZone: Sendable {
    /// The day of a change.
    private enum ChangeDay: Sendable {
        /// 1 to 365; the 29th of February is not counted.
        case julian(Int)
        /// 0 to 365.
        case dayOfYear(Int)
        /// The week, 5 being the last, and the day, 0 being Sunday.
        case week(month: Int, week: Int, day: Int)
    }

    private struct Change: Sendable {
        var day: ChangeDay
        /// Of the day, on the clocks before the change.
        var second: Int64 = 7200
    }

    /// East of UTC.
    private var standard: Int64 = 0
    private var daylight: (offset: Int64, start: Change, end: Change)?

    /// Nil where `text` is no such rule.
    init?(_ text: Span<UInt8>) {
        var reader = TimeReader()
        guard Self.skipName(text, &reader), let west = Self.duration(text, &reader) else { return nil }
        standard = -west
        guard reader.index < text.count else { return }
        guard Self.skipName(text, &reader) else { return nil }
        var offset = standard + 3600
        if reader.index < text.count, text[reader.index] != UInt8(ascii: ",") {
            guard let west = Self.duration(text, &reader) else { return nil }
            offset = -west
        }
        guard let start = Self.change(text, &reader), let end = Self.change(text, &reader), reader.index == text.count else { return nil }
        daylight = (offset, start, end)
    }

    /// Seconds east of UTC at `time`, seconds since 1970.
    func offset(at time: Int64) -> Int64 {
        guard let daylight else { return standard }
        let year = Day.year(of: (time + standard).flooredQuotient(by: 86_400))
        guard let firstDay = Day.number(year: year, month: 1, day: 1) else { return standard }
        let start = (firstDay + Self.day(daylight.start.day, year, firstDay)) * 86_400 + daylight.start.second - standard
        let end = (firstDay + Self.day(daylight.end.day, year, firstDay)) * 86_400 + daylight.end.second - daylight.offset
        let isDaylight = start < end ? time >= start && time < end : time >= start || time < end
        return isDaylight ? daylight.offset : standard
    }

    /// The day's number within the year, from 0.
    private static func day(_ day: ChangeDay, _ year: Int, _ firstDay: Int64) -> Int64 {
        switch day {
        case .julian(let number): return Int64(number - 1 + (number > 59 && Day.isLeap(year) ? 1 : 0))
        case .dayOfYear(let number): return Int64(number)
        case .week(let month, let week, let weekday):
            let first = Day.number(year: year, month: month, day: 1)!
            // 1970-01-01 was a Thursday.
            let firstWeekday = (first + 4) - (first + 4).flooredQuotient(by: 7) * 7
            var date = 1 + (Int64(weekday) - firstWeekday + 7) % 7 + Int64(week - 1) * 7
            while Day.number(year: year, month: month, day: Int(date)) == nil { date -= 7 }
            return first - firstDay + date - 1
        }
    }

    /// `CET` or `<+03>`.
    private static func skipName(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Bool {
        let start = reader.index
        if reader.skip(text, "<") {
            while reader.index < text.count, text[reader.index] != UInt8(ascii: ">") { reader.index += 1 }
            return reader.skip(text, ">")
        }
        while reader.index < text.count, text[reader.index].isUppercaseLetter || text[reader.index].isLowercaseLetter { reader.index += 1 }
        return reader.index > start
    }

    /// `-1`, `+3:30`, `167:59:59`; in seconds.
    private static func duration(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Int64? {
        let isNegative = reader.skip(text, "-")
        if !isNegative { _ = reader.skip(text, "+") }
        guard let hours = reader.number(text, digitsMax: 3), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where reader.skip(text, ":") {
            guard let count = reader.number(text, digits: 2), count < 60 else { return nil }
            seconds += count * unit
        }
        return Int64(isNegative ? -seconds : seconds)
    }

    /// `,M3.5.0/2`, `,J60` or `,59`.
    private static func change(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Change? {
        guard reader.skip(text, ",") else { return nil }
        let day: ChangeDay
        if reader.skip(text, "m") {
            guard let month = reader.number(text, digitsMax: 2), (1...12).contains(month), reader.skip(text, "."),
                let week = reader.number(text, digitsMax: 1), (1...5).contains(week), reader.skip(text, "."),
                let weekday = reader.number(text, digitsMax: 1), weekday <= 6
            else { return nil }
            day = .week(month: month, week: week, day: weekday)
        } else if reader.skip(text, "j") {
            guard let number = reader.number(text, digitsMax: 3), (1...365).contains(number) else { return nil }
            day = .julian(number)
        } else {
            guard let number = reader.number(text, digitsMax: 3), number <= 365 else { return nil }
            day = .dayOfYear(number)
        }
        var change = Change(day: day)
        if reader.skip(text, "/") {
            guard let second = duration(text, &reader) else { return nil }
            change.second = second
        }
        return change
    }
}
