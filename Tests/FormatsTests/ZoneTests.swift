// Clocks without a zone, by the rules of a place. The rules are files written here, so that the tests need no tzdata; where
// the system has it, Foundation is the model.

import Formats
import Foundation
import RandomSupport
import Testing

@Suite struct ZoneTests {
    /// A zone file of version 2: one change in 2000 from +00:00 to +01:00, and what the footer says from then on.
    private func zone(footer: String, changes: [(Int64, type: UInt8)] = [(946_684_800, 1)], version: UInt8 = 0x32) throws -> Zone {
        func bytes(_ value: Int64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ((count - 1 - $0) * 8)) }
        }
        func header(_ changeCount: Int, _ typeCount: Int) -> [UInt8] {
            Array("TZif".utf8) + [version] + Array(repeating: 0, count: 15)
                + [0, 0, 0, changeCount, typeCount, typeCount * 4].flatMap { bytes(Int64($0), 4) }
        }
        var file = header(0, 0) + header(changes.count, 2)
        file += changes.flatMap { bytes($0.0, 8) } + changes.map(\.type)
        file += bytes(0, 4) + [0, 0] + bytes(3600, 4) + [0, 4] + Array("UTC\u{0}CET\u{0}".utf8)
        file += Array("\n\(footer)\n".utf8)
        let directory = FileManager.default.temporaryDirectory.appending(path: "eventail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory.appending(path: "Test"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(file).write(to: directory.appending(path: "Test/Zone-1"))
        return try Zone("Test/Zone-1", directory: directory.path)
    }

    private func seconds(_ local: String, _ zone: Zone) throws -> String {
        let bytes = Array(local.utf8)
        let found = TimestampFormat.rfc3339.milliseconds(of: bytes.span, TimestampContext(zone: zone, nowMilliseconds: 0))
        let time = try #require(found)
        return Date(timeIntervalSince1970: Double(time) / 1000).formatted(.iso8601)
    }

    @Test func summerAndWinterDiffer() throws {
        let zone = try zone(footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(try seconds("2026-07-01 12:00:00", zone) == "2026-07-01T10:00:00Z")
        #expect(try seconds("2026-11-23 12:00:00", zone) == "2026-11-23T11:00:00Z")
        #expect(try seconds("1999-07-01 12:00:00", zone) == "1999-07-01T12:00:00Z")
    }

    @Test func anHourThatIsShownTwiceIsTheFirst() throws {
        let zone = try zone(footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(try seconds("2026-10-25 01:59:59", zone) == "2026-10-24T23:59:59Z")
        #expect(try seconds("2026-10-25 02:30:00", zone) == "2026-10-25T00:30:00Z")
        #expect(try seconds("2026-10-25 03:00:00", zone) == "2026-10-25T02:00:00Z")
    }

    @Test func anHourThatIsLeftOutIsReadAsIfClocksHadNotBeenSet() throws {
        let zone = try zone(footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(try seconds("2026-03-29 01:59:59", zone) == "2026-03-29T00:59:59Z")
        #expect(try seconds("2026-03-29 02:30:00", zone) == "2026-03-29T01:30:00Z")
        #expect(try seconds("2026-03-29 03:00:00", zone) == "2026-03-29T01:00:00Z")
    }

    @Test func theSouthHasItsSummerOverNewYear() throws {
        let zone = try zone(footer: "<+10>-10<+11>,M10.1.0,M4.1.0/3")
        #expect(try seconds("2026-01-01 00:00:00", zone) == "2025-12-31T13:00:00Z")
        #expect(try seconds("2026-07-01 00:00:00", zone) == "2026-06-30T14:00:00Z")
    }

    @Test(arguments: [
        ("AAA3BBB,J60/0,J300", "2024-03-01 12:00:00", "2024-03-01T14:00:00Z"),
        ("AAA3BBB,J60/0,J300", "2024-02-29 12:00:00", "2024-02-29T15:00:00Z"),
        ("AAA3BBB,59/0,300", "2023-03-01 12:00:00", "2023-03-01T14:00:00Z"), ("IST-5:30", "2026-07-01 12:00:00", "2026-07-01T06:30:00Z"),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29 00:30:00", "2026-03-29T01:30:00Z"),
        ("", "2026-07-01 12:00:00", "2026-07-01T11:00:00Z"),
    ]) func otherRulesAreRead(footer: String, local: String, expected: String) throws {
        #expect(try seconds(local, try zone(footer: footer)) == expected)
    }

    @Test func changesInTheFileComeBeforeTheFooter() throws {
        let zone = try zone(footer: "UTC0", changes: [(946_684_800, 1), (978_307_200, 0)])
        #expect(try seconds("2000-07-01 12:00:00", zone) == "2000-07-01T11:00:00Z")
        #expect(try seconds("2001-07-01 12:00:00", zone) == "2001-07-01T12:00:00Z")
    }

    @Test(arguments: ["CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0", "x y", "CET-1CEST,M3.5.0,M10.5.0/3,"])
    func brokenFilesAreRefused(footer: String) {
        #expect(throws: FormatsError.self) { try zone(footer: footer) }
    }

    @Test func olderFilesAreRefused() {
        #expect(throws: FormatsError.self) { try zone(footer: "UTC0", version: 0) }
        #expect(throws: FormatsError.self) { try zone(footer: "UTC0", changes: [(0, 2)]) }
        #expect(throws: FormatsError.self) { try zone(footer: "UTC0", changes: [(5, 1), (4, 0)]) }
    }

    @Test(arguments: [
        "", "../etc/passwd", "/etc/passwd", "Europe/../Europe/Berlin", "Nowhere/Town", "Europe", "+25:00", "a b", "Europe/Berlin\u{0}",
    ])
    func whatIsNoZoneIsRefused(name: String) {
        #expect(throws: FormatsError.self) { try Zone(name) }
    }

    @Test(arguments: [("UTC", 0), ("Z", 0), ("+02:00", -7200), ("-0530", 19_800), ("+09", -32_400)]) func offsetsNeedNoFile(
        name: String, shift: Int
    ) throws {
        let zone = try Zone(name, directory: "/nonexistent")
        let bytes = Array("1970-01-02 00:00:00".utf8)
        let time = TimestampFormat.rfc3339.milliseconds(of: bytes.span, TimestampContext(zone: zone, nowMilliseconds: 0))
        #expect(time == Int64(86_400 + shift) * 1000)
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "\(Zone.directoryDefault)/Europe/Berlin")),
        arguments: [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Sao_Paulo",
            "Asia/Tehran",
        ]
    ) func momentsAreThoseThatFoundationFinds(name: String) throws {
        let zone = try Zone(name)
        let model = try #require(TimeZone(identifier: name))
        var random = SeededRandom(seed: 11)
        for _ in 0..<400 {
            let moment = Int64.random(in: 0...2_145_916_800, using: &random)
            let offset = Int64(model.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
            let text = Date(timeIntervalSince1970: Double(moment + offset)).formatted(.iso8601).dropLast()
            let bytes = Array(text.utf8)
            let found = TimestampFormat.rfc3339.milliseconds(of: bytes.span, TimestampContext(zone: zone, nowMilliseconds: 0))
            // In an hour that is shown twice the earlier moment is found.
            let isShownTwice =
                found.map {
                    Int64(model.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0 / 1000)))) + $0 / 1000 == moment + offset
                } ?? false
            #expect(found == moment * 1000 || (isShownTwice && found! < moment * 1000), "\(name) \(text)")
        }
    }
}
