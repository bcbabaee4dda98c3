// What a time's text states, part by part, put together to a moment.

struct TimeParts {
    var year: Int?
    var month: Int?
    var day: Int?
    var dayOfYear: Int?
    var hour: Int?
    var isAfternoon: Bool?
    var minute: Int?
    var second: Int?
    /// In milliseconds.
    var fraction = 0
    /// East of UTC.
    var offsetSeconds: Int?
    var epochMilliseconds: Int64?

    /// In milliseconds since 1970. A missing clock is midnight; a missing year is the latest in which the time is
    /// none of the future, a missing day the nearest.
    func milliseconds(_ context: TimestampContext) -> Int64? {
        if let epochMilliseconds { return epochMilliseconds + Int64(fraction) }
        let clock = (hourOfDay * 60 + (minute ?? 0)) * 60 + (second ?? 0)
        if let year {
            guard let number = dayNumber(year) else { return nil }
            return context.milliseconds(day: number, secondOfDay: clock, offsetSeconds: offsetSeconds, fraction: fraction)
        }
        guard let month, let day else {
            return dayOfYear == nil ? context.nearestDay(secondOfDay: clock, offsetSeconds: offsetSeconds, fraction: fraction) : nil
        }
        return context.latestYear(month: month, day: day, secondOfDay: clock, offsetSeconds: offsetSeconds, fraction: fraction)
    }

    private var hourOfDay: Int {
        guard let isAfternoon, let hour, hour <= 12 else { return hour ?? 0 }
        return hour % 12 + (isAfternoon ? 12 : 0)
    }

    private func dayNumber(_ year: Int) -> Int64? {
        guard let dayOfYear else { return Day.number(year: year, month: month ?? 1, day: day ?? 1) }
        guard dayOfYear <= (Day.isLeap(year) ? 366 : 365) else { return nil }
        return Day.number(year: year, month: 1, day: 1).map { $0 + Int64(dayOfYear - 1) }
    }
}
