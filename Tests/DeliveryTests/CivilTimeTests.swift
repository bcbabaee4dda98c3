// Dates, compared with Foundation's.

import Delivery
import Foundation
import RandomSupport
import Testing

@Suite struct CivilTimeTests {
    private func iso(_ time: Int64) -> String {
        var bytes: [UInt8] = []
        CivilTime(sinceEpochMS: time).writeISO(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func datesAreThoseOfTheCalendar() {
        var random = SeededRandom(seed: 11)
        let last: Int64 = 253_402_300_799_999
        let times =
            [0, 951_782_400_000, 951_868_799_999, 4_107_542_400_000, last]
            + (0..<500).map { _ in Int64.random(in: 0...last, using: &random) }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for time in times {
            // Foundation's dates are floating-point; the middle of a millisecond is safe from rounding.
            #expect(iso(time) == Date(timeIntervalSince1970: (Double(time) + 0.5) / 1000).formatted(style), "\(time)")
        }
    }

    @Test func timesBeyondTheRangeStayWritable() {
        #expect(iso(.min) == "1970-01-01T00:00:00.000Z")
        #expect(iso(.max) == "9999-12-31T23:59:59.999Z")
    }

    @Test func httpDatesComeBack() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var random = SeededRandom(seed: 12)
        for _ in 0..<500 {
            let seconds = Int64.random(in: 0...253_402_300_799, using: &random)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(CivilTime.sinceEpochMS(httpDate: text) == seconds * 1000, "\(text)")
        }
    }
}
