// Going on after a restart: no entry again, none left out, and a word where entries are gone.

import Foundation
import Journal
import RandomSupport
import Records
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: JournalFolder.isAvailable, Comment(rawValue: JournalFolder.whyNot ?? "")))
struct ResumingTests {
    @Test func readersThatAreStoppedAnywhereReadEachEntryOnce() throws {
        var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        let folder = try JournalFolder()
        var (written, read, cursor) = (0, [String](), String?.none)
        while written < 400 {
            let more = random.number(in: 0...40)
            // Each file has numbers of its own, as after a restart of journald that found its file damaged.
            try folder.write(JournalFolder.series(written..<written + more), to: "system@\(random.number(in: 0...3)).journal")
            written += more
            for _ in 0..<random.number(in: 1...3) {
                let reader = try folder.reader(cursor: cursor, filter: JournalFilter(units: ["shop.service"]))
                for _ in 0..<random.number(in: 1...3) {
                    read += reader.entries(entriesMax: random.number(in: 1...30)).entries.map(\.message!)
                    if let taken = reader.takeCursor() { cursor = taken }
                }
                #expect(reader.takeNotices() == [], "seed \(random.seed)")
            }
        }
        read += try folder.reader(cursor: cursor, filter: JournalFilter(units: ["shop.service"])).messages
        #expect(read == (0..<written).map { "\($0)" }, "seed \(random.seed)")
    }

    /// The cursor of the last entry of a reader that read `count` entries.
    private static func cursor(_ reader: JournalReader, after count: Int) throws -> String {
        #expect(reader.entries(entriesMax: count).entries.count == count)
        return try #require(reader.takeCursor())
    }

    @Test func aCopyWithOtherNumbersIsReadOnWhereTheOriginalWasLeft() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10), to: "runtime.journal")
        let cursor = try Self.cursor(try folder.reader(), after: 6)
        // The copy begins later, as one whose first entries were vacuumed, and so has other numbers for the same entries.
        try FileManager.default.removeItem(atPath: folder.file("runtime.journal"))
        try folder.write(JournalFolder.series(3..<12), to: "system.journal")
        let reader = try folder.reader(cursor: cursor)
        #expect(reader.messages == ["6", "7", "8", "9", "10", "11"])
        #expect(reader.takeNotices() == [])
    }

    @Test(arguments: [true, false])
    func entriesOfOneMicrosecondAreToldApart(_ isCopied: Bool) throws {
        let folder = try JournalFolder()
        var entries = JournalFolder.series(0..<8)
        for index in 2..<6 { (entries[index].realtime, entries[index].monotonic) = (entries[2].realtime, entries[2].monotonic) }
        try folder.write(entries)
        let whole = try folder.reader().messages
        #expect(whole == (0..<8).map { "\($0)" })
        for count in 1..<8 {
            let cursor = try Self.cursor(try folder.reader(), after: count)
            let copy = try JournalFolder()
            try copy.write(entries)
            let reader = isCopied ? try copy.reader(cursor: cursor) : try folder.reader(cursor: cursor)
            #expect(reader.messages == Array(whole.dropFirst(count)), "after \(count)")
            #expect(reader.takeNotices() == [])
        }
    }

    @Test func equalTextsAreDifferentEntries() throws {
        let folder = try JournalFolder()
        try folder.write((0..<5).map { WrittenEntry($0, ("MESSAGE", "same")) })
        let read = try folder.reader().rest()
        #expect(read.count == 5)
        #expect(Set(read.map(\.identity)).count == 5)
    }

    @Test func theSameEntryInTwoFilesIsReadOnce() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<6), to: "a.journal")
        try folder.write(JournalFolder.series(3..<9), to: "b.journal")
        #expect(try folder.reader().messages == (0..<9).map { "\($0)" })
    }

    @Test func identitiesSurviveACopy() throws {
        let (folder, copy) = (try JournalFolder(), try JournalFolder())
        try folder.write(JournalFolder.series(0..<20))
        try copy.write(JournalFolder.series(0..<20))
        #expect(try folder.reader().rest() == copy.reader().rest())
    }

    @Test func whatIsGoneIsSaidAndReadingGoesOn() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10), to: "old.journal")
        try folder.write(JournalFolder.series(20..<30), to: "new.journal")
        let cursor = try Self.cursor(try folder.reader(), after: 5)
        try FileManager.default.removeItem(atPath: folder.file("old.journal"))
        let reader = try folder.reader(cursor: cursor)
        #expect(reader.messages == (20..<30).map { "\($0)" })
        let notice = JournalNotice.entriesMissing(
            fromMicroseconds: WrittenEntry(4).realtime, toMicroseconds: WrittenEntry(20).realtime, entriesMax: nil)
        #expect(reader.takeNotices() == [notice])
        #expect(notice.details.contains { $0.name == "missing_seconds" && $0.value == "16" })
        // Once it went on, nothing more is missing.
        let position = try #require(reader.takeCursor())
        let later = try folder.reader(cursor: position)
        #expect(later.messages == [] && later.takeNotices() == [])
    }

    @Test func anEmptiedJournalIsReadOnWithWhatComes() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10), to: "old.journal")
        let first = try folder.reader()
        #expect(first.messages.count == 10)
        let cursor = try #require(first.takeCursor())
        try FileManager.default.removeItem(atPath: folder.file("old.journal"))
        let reader = try folder.reader(cursor: cursor)
        #expect(reader.messages == [])
        #expect(
            reader.takeNotices()
                == [.entriesMissing(fromMicroseconds: WrittenEntry(9).realtime, toMicroseconds: nil, entriesMax: nil)])
        try folder.write(JournalFolder.series(10..<12), to: "new.journal")
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.messages == ["10", "11"])
    }

    @Test func aForeignCursorIsReadOnByItsTime() throws {
        let (folder, other) = (try JournalFolder(), try JournalFolder())
        try folder.write(JournalFolder.series(0..<10))
        try other.write(
            JournalFolder.series(4..<5).map {
                WrittenEntry(4, ("MESSAGE", "other \($0.realtime)"), boot: String(repeating: "ab", count: 16))
            })
        let cursor = try Self.cursor(try other.reader(), after: 1)
        let reader = try folder.reader(cursor: cursor)
        #expect(reader.messages == (4..<10).map { "\($0)" })
        #expect(reader.takeNotices().count == 1)
    }

    @Test(arguments: ["", "nonsense", "s=1;i=2", "t=", "t=zz"])
    func aCorruptCursorIsAnErrorRatherThanAFreshStart(_ cursor: String) throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<1))
        #expect(throws: JournalError.self) { try folder.reader(cursor: cursor) }
    }

    @Test func aCursorOfWhichOnlyTheTimeIsLeftIsReadOnFromThere() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10))
        let reader = try folder.reader(cursor: "s=broken;t=\(String(WrittenEntry(7).realtime, radix: 16));x=0")
        #expect(reader.messages == ["7", "8", "9"])
    }

    @Test func startingAtTheEndLeavesOutWhatIsThereAndNothingElse() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10))
        let filter = JournalFilter(units: ["later.service"])
        let reader = try folder.reader(start: .end, filter: filter)
        #expect(reader.messages == [])
        let cursor = try #require(reader.takeCursor())
        // Stopped before it read anything, with a filter that no entry fitted.
        try folder.write([WrittenEntry(10, ("MESSAGE", "new"), ("_SYSTEMD_UNIT", "later.service"))])
        #expect(try folder.reader(cursor: cursor, filter: filter).messages == ["new"])
        // Another filter does not bring the past back.
        #expect(try folder.reader(cursor: cursor).messages == ["new"])
    }

    @Test func entriesThatTheFilterLeavesOutMoveThePositionToo() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10))
        let filter = JournalFilter(units: ["quiet.service"])
        let reader = try folder.reader(filter: filter)
        #expect(reader.messages == [])
        let first = try #require(reader.takeCursor())
        #expect(try folder.reader(cursor: first).messages == [])
        // While it runs: not for each entry, but from time to time.
        try folder.write(JournalFolder.series(10..<20))
        var nowMS: Int64 = 0
        func look() {
            reader.readEvents()
            reader.poll(nowMS: nowMS, nowMicroseconds: JournalFolder.now)
        }
        look()
        #expect(reader.messages == [])
        let second = try #require(reader.takeCursor())
        #expect(try folder.reader(cursor: second).messages == [])
        try folder.write(JournalFolder.series(20..<30) + [WrittenEntry(30, ("MESSAGE", "mine"), ("_SYSTEMD_UNIT", "quiet.service"))])
        look()
        #expect(reader.messages == ["mine"])
        let third = try #require(reader.takeCursor())
        #expect(try folder.reader(cursor: third).messages == [])
        try folder.write(JournalFolder.series(31..<40))
        look()
        #expect(reader.messages == [] && reader.takeCursor() == nil)
        nowMS += JournalReader.tailIntervalMS
        look()
        #expect(reader.messages == [])
        let fourth = try #require(reader.takeCursor())
        #expect(try folder.reader(cursor: fourth).messages == [])
        #expect(reader.takeNotices() == [])
    }

    @Test func startingAtTheEndOfAnEmptyJournalReadsWhatComes() throws {
        let folder = try JournalFolder()
        let reader = try folder.reader(start: .end)
        #expect(reader.messages == [])
        let cursor = try #require(reader.takeCursor())
        try folder.write([WrittenEntry(86_399, ("MESSAGE", "before")), WrittenEntry(86_400, ("MESSAGE", "after"))])
        #expect(try folder.reader(cursor: cursor).messages == ["after"])
    }

    @Test func startingSinceATimeIsInclusive() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<10))
        let reader = try folder.reader(start: .since(WrittenEntry(7).realtime))
        #expect(reader.messages == ["7", "8", "9"])
    }

    @Test func aKnownSourceWithoutAPositionStartsAtTheBeginning() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<3))
        #expect(try folder.reader(start: .end, isFirstStart: false).messages == ["0", "1", "2"])
    }
}
