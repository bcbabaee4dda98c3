// Days of the proleptic Gregorian calendar, counted from 1970-01-01.

enum Day {
    /// The years that times may have: those that the API's four digits can say.
    static let years = 1...9999

    /// Nil where the month has no such day, or the year is not one of `years`.
    static func number(year: Int, month: Int, day: Int) -> Int64? {
        guard years.contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeapYear = isLeap(year)
        guard day <= (month == 2 && isLeapYear ? 29 : monthLengths[month - 1]) else { return nil }
        // Leap days before this year, plus the one of this year when February is over.
        let past = year - 1
        let leapDays = past / 4 - past / 100 + past / 400 + (isLeapYear && month > 2 ? 1 : 0)
        return Int64(past * 365 + leapDays + daysBefore[month - 1] + day - 1) - daysBefore1970
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The year of a day; the first or last of `years` where it lies outside.
    static func year(of day: Int64) -> Int {
        let estimate = 1970 + day.flooredQuotient(by: 365)
        var year = Int(min(max(estimate, Int64(years.lowerBound)), Int64(years.upperBound)))
        while year > years.lowerBound, let first = number(year: year, month: 1, day: 1), first > day { year -= 1 }
        return year
    }

    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    /// From 0001-01-01 to 1970-01-01.
    private static let daysBefore1970: Int64 = 719_162
}

extension Int64 {
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
