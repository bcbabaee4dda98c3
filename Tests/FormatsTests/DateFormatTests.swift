// Written dates: read back, they are the same moment; fields agree with the calendar.

import Formats
import RandomSupport
import Testing

@Suite struct DateFormatTests {
    private func written(_ format: String, _ milliseconds: Int64, zone: Zone? = nil) throws -> String {
        var bytes: [UInt8] = []
        try DateFormat(format).write(milliseconds: milliseconds, zone: zone, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: ["UTC", "-03:30", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    func whatIsWrittenIsReadAsTheSameMoment(place: String) throws {
        let zone = try Zone(place)
        var random = SeededRandom(seed: 0xDA7E)
        let read = try #require(try TimestampFormat("%A %j %d %B %Y %I:%M:%S %p.%f %z"))
        for _ in 0..<500 {
            let milliseconds = Int64(random.number(in: 0...4_102_444_800_000))
            let text = Array(try written("%A %j %d %B %Y %I:%M:%S %p.%L %z", milliseconds, zone: zone).utf8)
            #expect(
                read.milliseconds(of: text.span, TimestampContext(nowMilliseconds: 0)) == milliseconds,
                "\(milliseconds) \(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test func daysOfTheWeekFollowOneAnother() throws {
        let names = ["Thu 4", "Fri 5", "Sat 6", "Sun 7", "Mon 1", "Tue 2", "Wed 3"]
        for day in -800..<800 {
            #expect(try written("%a %u", Int64(day) * 86_400_000) == names[(day % 7 + 7) % 7], "\(day)")
        }
    }

    @Test func extremeTimesAreWrittenToo() throws {
        #expect(try written("%F %T", -62_135_596_800_000) == "0001-01-01 00:00:00")
        #expect(try written("%F %T.%L", 253_402_300_799_999) == "9999-12-31 23:59:59.999")
        #expect(try written("%F", 951_782_400_000) == "2000-02-29")
        #expect(try !written("%c %j", 253_402_300_799_999, zone: Zone("+14:00")).isEmpty)
        #expect(try !written("%c %j", -62_135_596_800_000, zone: Zone("-12:00")).isEmpty)
    }

    @Test(arguments: ["%", "%Q", "%-", "%-F", "%E", "abc %!"]) func unknownDirectivesAreRefused(format: String) {
        #expect(throws: FormatsError.self) { try DateFormat(format) }
    }

    @Test func longFormatsAreRefused() {
        #expect(throws: FormatsError.self) { try DateFormat(String(repeating: "%Y", count: 129)) }
        #expect(throws: Never.self) { try DateFormat(String(repeating: "%Y", count: 128)) }
    }
}
