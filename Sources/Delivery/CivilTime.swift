// Dates as HTTP and JSON write them, always UTC, by the proleptic Gregorian calendar.

/// A moment taken apart. Only years from 1970 to 9999: what lies outside is moved to the nearest end.
package struct CivilTime {
    private let year: Int
    private let month: Int
    private let day: Int
    private let milliseconds: Int

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let lastMS: Int64 = 253_402_300_799_999
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    package init(sinceEpochMS time: Int64) {
        // Days are counted from 0000-03-01, so that a leap day is the last of its year; 146 097 days make 400 years.
        let time = max(0, min(time, Self.lastMS))
        let days = Int(time / Self.dayMilliseconds) + 719_468
        milliseconds = Int(time % Self.dayMilliseconds)
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Appends `2026-11-23T06:37:04.000Z`.
    package func writeISO(into bytes: inout [UInt8]) {
        func write(_ number: Int, _ width: Int) {
            let text = String(number).utf8
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - text.count)))
            bytes.append(contentsOf: text)
        }
        let parts: [(Int, Int, Unicode.Scalar)] = [
            (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (milliseconds / 3_600_000, 2, ":"), (milliseconds / 60_000 % 60, 2, ":"),
            (milliseconds / 1000 % 60, 2, "."), (milliseconds % 1000, 3, "Z"),
        ]
        for (number, width, separator) in parts {
            write(number, width)
            bytes.append(UInt8(ascii: separator))
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7) in milliseconds since 1970. The two obsolete forms are not read.
    package static func sinceEpochMS(httpDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard
            parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2]) else { return nil }
        let shifted = month < 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return (Int64(days) * 86_400 + Int64(clock[0] * 3600 + clock[1] * 60 + clock[2])) * 1000
    }
}
