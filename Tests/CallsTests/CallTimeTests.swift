// Times as text, against known moments and Foundation's calendar.

import Calls
import Foundation
import RandomSupport
import Testing

@Suite struct CallTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_795_415_823_066, "2026-11-23T06:37:03.066Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func knownMoments(milliseconds: Int64, text: String) {
        #expect(CallTime(milliseconds: milliseconds).text == text)
    }

    @Test func timesBeyondFourDigitsOfYearAreHeldAtTheNearest() {
        #expect(CallTime(milliseconds: .max).text == "9999-12-31T23:59:59.999Z")
        #expect(CallTime(milliseconds: CallTime.latest.milliseconds + 1).text == "9999-12-31T23:59:59.999Z")
        #expect(CallTime(milliseconds: .min).text == "0001-01-01T00:00:00.000Z")
        #expect(CallTime(milliseconds: CallTime.earliest.milliseconds - 1).text == "0001-01-01T00:00:00.000Z")
    }

    /// From 1583 on, where Foundation's calendar is the Gregorian one.
    @Test func randomMomentsAgreeWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var random = SeededRandom(seed: 7)
        for _ in 0..<3000 {
            let milliseconds = Int64.random(in: -12_212_553_600_000...CallTime.latest.milliseconds, using: &random)
            let wholeSeconds = Int64((Double(milliseconds) / 1000).rounded(.down))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(wholeSeconds)))
            let text = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.year!, parts.month!, parts.day!, parts.hour!, parts.minute!,
                parts.second!,
                Int(milliseconds - wholeSeconds * 1000))
            #expect(CallTime(milliseconds: milliseconds).text == text, "\(milliseconds)")
        }
    }

    @Test func textsSortAsTimesDo() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<500 {
            let left = CallTime(milliseconds: Int64.random(in: -10_000_000_000_000...10_000_000_000_000, using: &random))
            let right = CallTime(milliseconds: left.milliseconds + Int64.random(in: 1...100_000_000_000, using: &random))
            #expect(left < right && left.text < right.text)
        }
    }
}
