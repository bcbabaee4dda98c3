// Times as logs write them, read from bytes without calendars, locales or formatters. All results are milliseconds since
// 1970, UTC, of the years 1 to 9999; finer fractions are cut off. Names of months and days are English, in any case.

/// How a time is written.
package enum TimestampFormat: Sendable {
    /// RFC 3339 and its relatives: `2026-11-23T06:37:03.066Z`, with a space for the T, a comma for the dot, `+0100` for
    /// `+01:00`, or without a zone.
    case rfc3339
    /// The time of NCSA access logs: `23/Nov/2026:06:55:25 +0000`.
    case commonLog
    /// Traditional syslog, without year and zone: `Nov 23 06:37:03` (RFC 3164, 4.1.2).
    case rfc3164
    /// The three forms of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`,
    /// `Sun Nov  6 08:49:37 1994`; the first also with the zone of a mail, `+0100`.
    case http
    /// A count since 1970, also with a fraction.
    case epoch(EpochUnit)
    /// What a pattern says, see `TimePattern`.
    case pattern(TimePattern)
    /// Whichever of the others fits; counts since 1970 are told apart by their size.
    case automatic

    package enum EpochUnit: String, CaseIterable, Sendable {
        case seconds = "epoch_s"
        case milliseconds = "epoch_ms"
        case microseconds = "epoch_us"
        case nanoseconds = "epoch_ns"
    }

    private static let named: [(name: String, format: TimestampFormat)] =
        [("rfc3339", .rfc3339), ("clf", .commonLog), ("rfc3164", .rfc3164), ("http", .http), ("auto", .automatic)]
        + EpochUnit.allCases.map { ($0.rawValue, .epoch($0)) }

    package static var names: [String] { named.map(\.name) }

    /// The format that `text` names or, where it holds a percent sign, describes.
    /// - Throws: `FormatsError` for a pattern that is none.
    /// - Returns: nil where there is no format of this name.
    package init?(_ text: String) throws(FormatsError) {
        if text.contains("%") {
            self = .pattern(try TimePattern(text))
        } else if let known = Self.named.first(where: { $0.name == text }) {
            self = known.format
        } else {
            return nil
        }
    }

    /// The time that `text` states, in milliseconds since 1970, or nil where it is not of this format or not a time that exists.
    /// A leap second (`:60`) counts as the second after it.
    package func milliseconds(of text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        var reader = TimeReader()
        switch self {
        case .rfc3339: return reader.rfc3339(text, context)
        case .commonLog: return reader.commonLog(text, context)
        case .rfc3164: return reader.rfc3164(text, context)
        case .http: return Self.http(text, context)
        case .epoch(let unit): return reader.epoch(text, unit)
        case .pattern(let pattern): return pattern.milliseconds(of: text, context)
        case .automatic: return Self.automatic(text, context)
        }
    }

    private static func automatic(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        guard text.count > 4 else { return nil }
        var reader = TimeReader()
        if text[4] == UInt8(ascii: "-") { return reader.rfc3339(text, context) }
        if !text[0].isDigit {
            if let time = reader.rfc3164(text, context) { return time }
            return http(text, context)
        }
        return text[2] == UInt8(ascii: "/") ? reader.commonLog(text, context) : reader.epoch(text, nil)
    }

    private static func http(_ text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        for pattern in httpPatterns {
            if let time = pattern.milliseconds(of: text, context) { return time }
        }
        return nil
    }

    private static let httpPatterns = ["%a, %d %b %Y %H:%M:%S %z", "%A, %d-%b-%y %H:%M:%S %z", "%a %b %e %H:%M:%S %Y"].map {
        try! TimePattern($0)
    }
}

/// What a time that does not say everything is completed with.
package struct TimestampContext: Sendable {
    /// Where clocks without a zone stand; nil: nothing is known, they are taken for UTC.
    package var zone: Zone?
    /// The time at which the record is read, in milliseconds since 1970. A time without a year is taken to lie in the latest year in
    /// which it is at most `aheadMilliseconds` behind this, for logs tell of the past; one without a day on the nearest day.
    package var nowMilliseconds: Int64

    /// How far clocks may differ for a record that states no year: seven days.
    static let aheadMilliseconds: Int64 = 7 * 86_400_000

    package init(zone: Zone? = nil, nowMilliseconds: Int64) {
        self.zone = zone
        self.nowMilliseconds = nowMilliseconds
    }

    /// The moment at which clocks show `secondOfDay` on the day of that number.
    /// - Parameter offsetSeconds: how far these clocks are east of UTC, where the time says so.
    func milliseconds(day: Int64, secondOfDay: Int, offsetSeconds: Int?, fraction: Int) -> Int64 {
        let local = day * 86_400 + Int64(secondOfDay)
        let seconds = offsetSeconds.map { local - Int64($0) } ?? zone?.seconds(ofLocal: local) ?? local
        return seconds * 1000 + Int64(fraction)
    }

    /// The moment in the latest year in which it lies in the past, or hardly in the future; nil for a day of which there was none in
    /// the last four years.
    func latestYear(month: Int, day: Int, secondOfDay: Int, offsetSeconds: Int?, fraction: Int) -> Int64? {
        let thisYear = Day.year(of: nowMilliseconds.flooredQuotient(by: 86_400_000))
        for year in (thisYear - 4...thisYear + 1).reversed() {
            guard let number = Day.number(year: year, month: month, day: day) else { continue }
            let time = milliseconds(day: number, secondOfDay: secondOfDay, offsetSeconds: offsetSeconds, fraction: fraction)
            if time <= nowMilliseconds + Self.aheadMilliseconds { return time }
        }
        return nil
    }

    func nearestDay(secondOfDay: Int, offsetSeconds: Int?, fraction: Int) -> Int64? {
        let today = nowMilliseconds.flooredQuotient(by: 86_400_000)
        var nearest: Int64?
        for day in today - 1...today + 1 {
            let time = milliseconds(day: day, secondOfDay: secondOfDay, offsetSeconds: offsetSeconds, fraction: fraction)
            if distance(time) < nearest.map({ distance($0) }) ?? .max { nearest = time }
        }
        return nearest
    }

    private func distance(_ time: Int64) -> UInt64 { (time - nowMilliseconds).magnitude }
}

extension TimestampFormat {
    /// Whether a time of this format may leave out its zone.
    package var mayLackZone: Bool {
        switch self {
        case .rfc3164: true
        case .pattern(let pattern): !pattern.statesZone
        // These state one, or are written by programs that usually do.
        case .rfc3339, .commonLog, .http, .epoch, .automatic: false
        }
    }
}
