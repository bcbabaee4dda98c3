// Reading real journal files: entries as they are, bounded, filtered as journalctl does.

import Foundation
import Journal
import Records
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: JournalFolder.isAvailable, Comment(rawValue: JournalFolder.whyNot ?? "")))
struct JournalReaderTests {
    @Test func entriesComeInOrderWithTheirFieldsWhateverTheyHold() throws {
        let folder = try JournalFolder()
        let binary: [UInt8] = [0, 255, 10, 61, 13, 0x1B]
        var entries = JournalFolder.series(0..<2)
        entries.append(WrittenEntry(2, ("MESSAGE", "line one\nline two\n"), ("SHOP_ORDER", "o-7")))
        entries.append(WrittenEntry(3, ("SHOP_ORDER", "no message")))
        entries.append(WrittenEntry(4, ("MESSAGE", ""), ("MESSAGE_ID", "x")))
        entries[0].fields.append((name: "SHOP_ORDER", value: binary))
        try folder.write(entries)
        let reader = try folder.reader(fields: ["SHOP_ORDER", "_SYSTEMD_UNIT"])
        let read = reader.rest()
        #expect(read.map(\.message) == ["0", "1", "line one\nline two\n", nil, ""])
        #expect(read[0].fields["SHOP_ORDER"] == binary)
        #expect(read[1].text("_SYSTEMD_UNIT") == "shop.service")
        #expect(read[2].text("SHOP_ORDER") == "o-7")
        #expect(read[3].text("SHOP_ORDER") == "no message")
        #expect(Set(read[4].fields.keys) == ["MESSAGE", "__REALTIME_TIMESTAMP"])
        for (index, entry) in read.enumerated() {
            #expect(entry.identity.realtimeMicroseconds == entries[index].realtime)
            #expect(entry.identity.monotonicMicroseconds == entries[index].monotonic)
            #expect(entry.identity.bootHigh == 0x0123_4567_89ab_cdef)
            #expect(entry.text("__REALTIME_TIMESTAMP") == String(entries[index].realtime))
        }
        #expect(reader.isCaughtUp)
        #expect(reader.takeNotices() == [])
    }

    @Test func aFieldThatOccursTwiceHasOneOfItsValues() throws {
        let folder = try JournalFolder()
        try folder.write([WrittenEntry(0, ("MESSAGE", "first"), ("MESSAGE", "second"), ("TAG", "a"), ("TAG", "b"))])
        let entry = try #require(try folder.reader(fields: ["TAG"]).rest().first)
        #expect(["first", "second"].contains(entry.message))
        #expect(["a", "b"].contains(entry.text("TAG")))
    }

    @Test func longMessagesAreWholeUpToTheLimitAndSkippedBeyond() throws {
        let folder = try JournalFolder()
        let limit = 300_000
        func entry(_ index: Int, _ bytes: Int) -> WrittenEntry { WrittenEntry(index, ("MESSAGE", String(repeating: "x", count: bytes))) }
        try folder.write([entry(0, limit), entry(1, limit + 1), entry(2, 5), entry(3, 16 << 20), entry(4, 6)])
        let reader = try folder.reader(recordBytesMax: limit)
        #expect(reader.rest().map { $0.fields["MESSAGE"]?.count } == [limit, 5, 6])
        #expect(reader.takeCounters().oversize == 2)
        #expect(reader.takeNotices() == [.oversizeSkipped(count: 2, limit: limit)])
    }

    @Test func fieldsOfManyMegabytesAreNeitherReadNorKept() throws {
        let folder = try JournalFolder()
        var huge = WrittenEntry(1, ("SHOP_KIND", "huge"))
        // Compressed in the file, as zeros are, and not, as random bytes are.
        huge.fields.append((name: "MESSAGE", value: Array(repeating: 0, count: 64 << 20)))
        var dump = WrittenEntry(2, ("MESSAGE", "with a dump"), ("SHOP_KIND", "dump"))
        let random = try #require(try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/urandom")).read(upToCount: 8 << 20))
        dump.fields.append((name: "DUMP", value: Array(random)))
        try folder.write([WrittenEntry(0, ("MESSAGE", "before")), huge, dump, WrittenEntry(3, ("MESSAGE", "behind"))])
        let reader = try folder.reader(fields: ["SHOP_KIND", "DUMP"])
        #expect(reader.messages == ["before", "with a dump", "behind"])
        let counters = reader.takeCounters()
        #expect(counters.oversize == 1 && counters.fieldsDropped == 1)
    }

    @Test func aLongFieldOtherThanTheMessageCountsAsAbsent() throws {
        let folder = try JournalFolder()
        let limit = JournalConfiguration.fieldBytesMax
        try folder.write([
            WrittenEntry(0, ("MESSAGE", "a"), ("DUMP", String(repeating: "y", count: limit))),
            WrittenEntry(1, ("MESSAGE", "b"), ("DUMP", String(repeating: "y", count: limit + 1))),
        ])
        let reader = try folder.reader(fields: ["DUMP"])
        #expect(reader.rest().map { $0.fields["DUMP"]?.count } == [limit, nil])
        #expect(reader.takeCounters().fieldsDropped == 1)
    }

    @Test func turnsAreBounded() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<100))
        let reader = try folder.reader()
        #expect(reader.entries(entriesMax: 7).entries.map(\.message) == (0..<7).map { "\($0)" })
        #expect(reader.entries(bytesMax: 1).entries.map(\.message) == ["7"])
        #expect(!reader.isCaughtUp)
        #expect(reader.rest().count == 92)
        #expect(reader.isCaughtUp)
    }

    @Test(arguments: [
        (JournalFilter(units: ["shop.service"]), ["--unit=shop.service"]),
        (
            JournalFilter(units: ["shop.service", "web.service"], priorities: 0...3),
            ["-u", "shop.service", "-u", "web.service", "-p", "3"]
        ),
        (JournalFilter(identifiers: ["cron", "web"]), ["-t", "cron", "-t", "web"]),
        (JournalFilter(units: ["shop.service"], identifiers: ["web"]), ["-u", "shop.service", "-t", "web"]),
        (JournalFilter(matches: ["_UID=1", "_UID=2", "SYSLOG_IDENTIFIER=web"]), ["_UID=1", "_UID=2", "SYSLOG_IDENTIFIER=web"]),
        (JournalFilter(matches: ["_UID=1", "+", "SYSLOG_IDENTIFIER=web", "_UID=2"]), ["_UID=1", "+", "SYSLOG_IDENTIFIER=web", "_UID=2"]),
        (
            JournalFilter(units: ["web.service"], matches: ["_UID=1", "+", "_UID=2"], boot: JournalFolder.boot),
            ["-u", "web.service", "_UID=1", "+", "_UID=2", "-b", JournalFolder.boot]
        ),
    ])
    func filtersTakeWhatJournalctlTakes(_ filter: JournalFilter, _ options: [String]) throws {
        let folder = try JournalFolder()
        let units = ["shop.service", "web.service", "other.service", "init.scope"]
        let identifiers = ["web", "cron", "systemd"]
        try folder.write(
            (0..<240).map { index in
                WrittenEntry(
                    index, ("MESSAGE", "\(index)"), ("_SYSTEMD_UNIT", units[index % 4]), ("SYSLOG_IDENTIFIER", identifiers[index / 4 % 3]),
                    ("PRIORITY", "\(index % 7)"), ("_UID", "\(index / 12 % 3)"), ("_PID", index % 4 == 3 ? "1" : "77"),
                    (index % 4 == 3 ? "UNIT" : "SHOP", "shop.service"),
                    boot: index < 200 ? JournalFolder.boot : "fedcba98765432100123456789abcdef")
            })
        let expected = try folder.journalctl(options)
        #expect(!expected.isEmpty && expected.count < 240)
        #expect(try folder.reader(filter: filter).messages == expected)
    }

    @Test func theKernelAndWhatIsExcludedAreLeftOutUnlessTheyAreChosen() throws {
        let folder = try JournalFolder()
        try folder.write([
            WrittenEntry(0, ("MESSAGE", "kernel"), ("_TRANSPORT", "kernel"), ("SYSLOG_IDENTIFIER", "kernel")),
            WrittenEntry(1, ("MESSAGE", "own"), ("_SYSTEMD_UNIT", "eventail.service"), ("_TRANSPORT", "stdout")),
            WrittenEntry(2, ("MESSAGE", "forged"), ("SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT=eventail.service"), ("_TRANSPORT", "syslog")),
        ])
        let excluded = ["_SYSTEMD_UNIT=eventail.service"]
        let reader = try folder.reader(filter: JournalFilter(excluded: excluded))
        #expect(reader.messages == ["forged"])
        #expect(reader.takeCounters().excluded == 2)
        #expect(reader.takeCursor() != nil)
        #expect(try folder.reader(filter: JournalFilter(includesKernel: true, excluded: excluded)).messages == ["kernel", "forged"])
        #expect(try folder.reader(filter: JournalFilter(identifiers: ["kernel"])).messages == ["kernel"])
    }

    @Test func appendedEntriesAreFoundThroughTheDescriptor() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<3))
        let reader = try folder.reader()
        #expect(reader.messages == ["0", "1", "2"])
        try folder.write(JournalFolder.series(3..<5))
        var target = pollfd(fd: reader.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&target, 1, 10_000) == 1)
        reader.readEvents()
        #expect(reader.messages == ["3", "4"])
    }
}
