// What happens to the files: damage, removal, missing permission.

import Foundation
import Glibc
import Journal
import RandomSupport
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: JournalFolder.isAvailable, Comment(rawValue: JournalFolder.whyNot ?? "")))
struct DamageTests {
    @Test func damagedFilesAreNamedAndTheOthersAreRead() throws {
        let folder = try JournalFolder()
        for (index, name) in ["empty", "short", "zeroed", "whole"].enumerated() {
            try folder.write(JournalFolder.series(index * 10..<index * 10 + 10), to: "\(name).journal")
        }
        #expect(truncate(folder.file("empty.journal"), 0) == 0)
        #expect(truncate(folder.file("short.journal"), 5_000) == 0)
        let zeroed = try #require(FileHandle(forUpdatingAtPath: folder.file("zeroed.journal")))
        try zeroed.write(contentsOf: Data(count: 240))
        try zeroed.close()
        let reader = try folder.reader()
        #expect(reader.messages == (30..<40).map { "\($0)" })
        let damaged = reader.takeNotices().compactMap { notice -> String? in
            if case .damagedFile(let path, let reason) = notice { "\(path.split(separator: "/").last!) \(reason)" } else { nil }
        }
        #expect(
            damaged == [
                "empty.journal the journal file is cut short or empty", "short.journal the journal file is cut short or empty",
                "zeroed.journal the journal file is damaged",
            ])
    }

    @Test func aDamagedFileNamedByItselfIsTriedAgain() throws {
        let folder = try JournalFolder()
        let path = folder.file("system.journal")
        try Data().write(to: URL(fileURLWithPath: path))
        let reader = try folder.reader(place: .files([path]))
        #expect(reader.messages == [] && reader.isCaughtUp && reader.descriptor < 0)
        #expect(reader.takeNotices().contains { if case .unreadable = $0 { true } else { false } })
        try FileManager.default.removeItem(atPath: path)
        try folder.write(JournalFolder.series(0..<3))
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.messages == ["0", "1", "2"])
        #expect(reader.takeNotices() == [.readableAgain(path: path)])
    }

    @Test func damageWithinAFileNeverStopsTheOthersNorTheProcess() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<50), to: "damaged.journal")
        try folder.write(JournalFolder.series(100..<150), to: "whole.journal")
        let path = folder.file("damaged.journal")
        let original = try Data(contentsOf: URL(fileURLWithPath: path))
        let used = original.lastIndex { $0 != 0 }!
        for _ in 0..<150 {
            var bytes = original
            for _ in 0..<random.number(in: 1...40) { bytes[random.number(in: 104...used)] = UInt8.random(in: 0...255, using: &random) }
            try bytes.write(to: URL(fileURLWithPath: path))
            let read = Set(try folder.reader(fields: ["_SYSTEMD_UNIT"]).messages)
            #expect(read.isSuperset(of: (100..<150).map { "\($0)" }), "seed \(seed)")
        }
    }

    @Test func aDirectoryThatVanishesIsReadToItsEndAndOpenedAnewWhenItReturns() throws {
        let (root, place) = (try JournalFolder(), try JournalFolder())
        let path = root.file("journal")
        try place.write(JournalFolder.series(0..<5))
        try FileManager.default.copyItem(atPath: place.path, toPath: path)
        let reader = try root.reader(place: .directory(path))
        #expect(reader.entries(entriesMax: 2).entries.map(\.message) == ["0", "1"])
        try FileManager.default.moveItem(atPath: path, toPath: root.file("gone"))
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.messages == ["2", "3", "4"])
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.messages == [])
        #expect(reader.takeNotices().contains { if case .unreadable = $0 { true } else { false } })
        try place.write(JournalFolder.series(5..<8))
        try FileManager.default.copyItem(atPath: place.path, toPath: path)
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.messages == ["5", "6", "7"])
        #expect(reader.takeNotices() == [.readableAgain(path: path)])
    }

    @Test func aReaderThatStandsInAFileThatIsCutShortSurvives() throws {
        let folder = try JournalFolder()
        try folder.write((0..<2_000).map { WrittenEntry($0, ("MESSAGE", "\($0)"), ("UNIQUE", "value \($0)")) })
        let reader = try folder.reader()
        #expect(reader.entries(entriesMax: 10).entries.count == 10)
        #expect(truncate(folder.file("system.journal"), 4_096) == 0)
        #expect(reader.rest().count < 1_990)
        #expect(reader.takeNotices().contains { if case .pagesUnreadable = $0 { true } else { false } })
        reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
        #expect(reader.rest().isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to become a user who may not read the file"))
    func whoMayNotReadIsToldWhichGroupToJoin() throws {
        let folder = try JournalFolder()
        try folder.write(JournalFolder.series(0..<3))
        #expect(chmod(folder.file("system.journal"), 0o600) == 0)
        #expect(chmod(folder.path, 0o755) == 0)
        try asNobody {
            let reader = try folder.reader()
            #expect(reader.messages == [])
            let notices = reader.takeNotices()
            #expect(notices == [.noPermission(path: folder.file("system.journal"))])
            #expect(notices.allSatisfy { $0.isWarning && $0.message.contains("systemd-journal") })
            reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
            #expect(reader.takeNotices() == [])
            asRoot { #expect(chmod(folder.file("system.journal"), 0o644) == 0) }
            reader.poll(nowMS: 0, nowMicroseconds: JournalFolder.now)
            #expect(reader.messages == ["0", "1", "2"])
            #expect(reader.takeNotices().contains(.readableAgain(path: folder.file("system.journal"))))
        }
    }

    /// Changes what the calling thread alone may do with files (setfsuid(2)); the C library's module has no declaration of it.
    private func become(_ user: UInt32) {
        let function = dlsym(nil, "setfsuid")
        _ = unsafeBitCast(function, to: (@convention(c) (UInt32) -> Int32).self)(user)
    }

    private func asNobody(_ body: () throws -> Void) rethrows {
        become(65_534)
        defer { become(0) }
        try body()
    }

    private func asRoot(_ body: () -> Void) {
        become(0)
        defer { become(65_534) }
        body()
    }
}
