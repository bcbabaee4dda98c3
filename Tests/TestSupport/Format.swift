// The formats of JSON Schema that the OpenAPI file of the Pipelines API uses.

import Foundation

enum Format {
    static let known: Set = ["date-time", "uri", "email"]

    static func matches(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date-time": isDateTime(text)
        // RFC 3986: a scheme, and only characters that a URI may hold.
        case "uri":
            text.wholeMatch(of: #/[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%]*/#) != nil && URL(string: text) != nil
        case "email": text.wholeMatch(of: #/[^\s@"]+@[^\s@"]+/#) != nil
        default: false
        }
    }

    /// RFC 3339, section 5.6; the day of the month is checked by the calendar.
    private static func isDateTime(_ text: String) -> Bool {
        let form = #/(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+\-](\d\d):(\d\d))/#.asciiOnlyDigits()
        guard let match = text.wholeMatch(of: form) else { return false }
        let (_, year, month, day, hour, minute, second, offsetHour, offsetMinute) = match.output
        func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = DateComponents(calendar: calendar, year: number(year), month: number(month), day: number(day))
        return date.isValidDate && number(hour) < 24 && number(minute) < 60 && number(second) <= 60 && number(offsetHour) < 24
            && number(offsetMinute) < 60
    }
}
