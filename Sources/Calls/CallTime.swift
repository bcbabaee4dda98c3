// Times as the API takes them: UTC, milliseconds, a final Z (RFC 3339). Written without calendars or formatters.

/// A moment in milliseconds since 1970, UTC.
package struct CallTime: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    /// 0001-01-01 and 9999-12-31T23:59:59.999: what four digits of year can say.
    package static let earliest = CallTime(milliseconds: -62_135_596_800_000)
    package static let latest = CallTime(milliseconds: 253_402_300_799_999)

    package static let textBytes = 24

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// `2026-11-23T06:37:03.066Z`. Times outside `earliest...latest` are written as the nearer of the two.
    package var characters: InlineArray<24, UInt8> {
        let clamped = min(max(milliseconds, Self.earliest.milliseconds), Self.latest.milliseconds)
        let days = clamped.flooredQuotient(by: 86_400_000)
        let ofDay = Int(clamped - days * 86_400_000)
        let date = CivilDate(daysSince1970: days)
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        text.write(date.year, digits: 4, at: 0)
        text.write(date.month, digits: 2, at: 5)
        text.write(date.day, digits: 2, at: 8)
        text[10] = UInt8(ascii: "T")
        text.write(ofDay / 3_600_000, digits: 2, at: 11)
        text[13] = UInt8(ascii: ":")
        text.write(ofDay / 60_000 % 60, digits: 2, at: 14)
        text[16] = UInt8(ascii: ":")
        text.write(ofDay / 1000 % 60, digits: 2, at: 17)
        text[19] = UInt8(ascii: ".")
        text.write(ofDay % 1000, digits: 3, at: 20)
        text[23] = UInt8(ascii: "Z")
        return text
    }

    package var text: String {
        let characters = characters
        return String(decoding: characters.indices.map { characters[$0] }, as: UTF8.self)
    }

    package static func < (left: CallTime, right: CallTime) -> Bool { left.milliseconds < right.milliseconds }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    /// Counts years from March, so that leap days come last, in eras of 400 years (146 097 days).
    init(daysSince1970: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let ofEra = Int(shifted - era * 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        day = ofYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}

extension InlineArray<24, UInt8> {
    /// Writes `number`, which is not negative, with leading zeros.
    fileprivate mutating func write(_ number: Int, digits: Int, at start: Int) {
        var rest = number
        for place in (start..<start + digits).reversed() {
            self[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
