// Finding files, and reading them in blocks: what is offered, in which order, within which limits.

import Glibc
import Records
import Tailing
import Testing

@Suite struct FileSourceTests {
    private let folder = Folder()

    @Test func eachFileIsReadOnceHoweverItIsReached() throws {
        folder.append("a1\n", to: "app.log")
        folder.link("link.log", to: "app.log")
        folder.link("chain.log", to: "link.log")
        precondition(Glibc.link(folder("app.log"), folder("hard.log")) == 0)
        let reader = try Reader(folder, "*.log", "app.*", "app.log")
        #expect(reader.step() == ["a1"])
        folder.append("a2\n", to: "app.log")
        #expect(reader.step() == ["a2"])
    }

    @Test func aLinkThatPointsElsewhereIsFollowed() throws {
        folder.append("a1\n", to: "a")
        folder.append("b1\n", to: "b")
        folder.link("current.log", to: "a")
        let reader = try Reader(folder, "current.log")
        #expect(reader.step() == ["a1"])
        folder.append("a2\n", to: "a")
        folder.remove("current.log")
        folder.link("current.log", to: "b")
        #expect(reader.step().sorted() == ["a2", "b1"])
        folder.append("b2\n", to: "b")
        #expect(reader.step() == ["b2"])
    }

    @Test func whatIsNoFileIsRefusedOnceAndNeverOpened() throws {
        folder.makeDirectory("directory.log")
        precondition(mkfifo(folder("fifo.log"), 0o644) == 0)
        folder.link("device.log", to: "/dev/null")
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "*.log")
        #expect(reader.step(polls: 3) == ["a1"])
        let refused = reader.notices.filter { if case .refused = $0 { true } else { false } }
        #expect(
            Set(refused) == [
                .refused(path: folder("directory.log"), kind: .directory), .refused(path: folder("fifo.log"), kind: .fifo),
                .refused(path: folder("device.log"), kind: .device),
            ])
        #expect(refused.count == 3)
    }

    @Test func whatCannotBeReachedIsSaidOnceAndReadLater() throws {
        folder.link("app.log", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step(polls: 3) == [])
        let unreadable = TailingNotice.unreadable(path: folder("app.log"), reason: SystemError(code: ELOOP))
        #expect(reader.notices.filter { $0 == unreadable }.count == 1)
        folder.remove("app.log")
        folder.append("a1\n", to: "app.log")
        #expect(reader.step() == ["a1"])
    }

    @Test func filesAndDirectoriesThatAppearLaterAreReadFromTheirBeginning() throws {
        let reader = try Reader(folder, "**/*.log", exclude: ["debug-*", folder("private/**")], startAtEnd: true)
        #expect(reader.step() == [])
        folder.makeDirectory("shop")
        folder.makeDirectory("private")
        folder.append("a1\n", to: "shop/app.log")
        folder.append("no\n", to: "shop/debug-app.log")
        folder.append("no\n", to: "private/app.log")
        folder.append("no\n", to: ".hidden.log")
        #expect(reader.step() == ["a1"])
    }

    @Test func writingWakesTheSourceAndNeedsNoPoll() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step(polls: 2) == ["a1"])
        folder.append("a2\n", to: "app.log")
        var poll = pollfd(fd: reader.source.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&poll, 1, 10_000) == 1)
        reader.source.readEvents()
        reader.readAll()
        #expect(reader.take() == ["a2"])
        #expect(reader.source.nextPollAtMS > reader.nowMS + 1000)
        folder.append("b1\n", to: "app.log.new")
        #expect(Glibc.poll(&poll, 1, 10_000) == 1)
        reader.source.readEvents()
        #expect(reader.source.nextPollAtMS <= reader.nowMS + 50)
    }

    @Test func aTurnIsBoundedAndFair() throws {
        folder.append(String(repeating: "a backlog of lines\n", count: 5000), to: "a.log")
        folder.append("b1\n", to: "b.log")
        let reader = try Reader(folder, "*.log", blockBytes: 4096)
        reader.poll()
        let result = reader.turn(bytesMax: 10_000)
        #expect(result.hasMore)
        #expect(result.bytesRead <= 10_000 + 4096 + FileCheckpoint.Mark.contentBytesMax)
        #expect(reader.texts.contains("b1"))
        #expect(!reader.source.isCaughtUp)
        reader.readAll()
        #expect(reader.texts.count == 5001)
        #expect(reader.step().count == 5001 && reader.source.isCaughtUp)
    }

    @Test func oversizeLinesAreSkippedCountedAndTheNextLineIsRight() throws {
        let limit = String(repeating: "x", count: 1000)
        folder.append("a1\n\(limit)\n\(limit)\r\n\(limit)y\na2\n\(String(repeating: "z", count: 50_000))\na3\n", to: "app.log")
        let reader = try Reader(folder, "app.log", recordBytesMax: 1000, blockBytes: 4096)
        #expect(reader.step() == ["a1", limit, limit + "\r", "a2", "a3"])
        #expect(reader.source.counters.oversizeRecords == 2)
        #expect(reader.source.counters.oversizeBytes == 1002 + 50_001)
        #expect(reader.records.map(\.offset) == [0, 3, 1004, 3008, 53_012])
        let skipped = TailingNotice.oversizeSkipped(path: folder("app.log"), offset: 3011, bytes: 50_001)
        #expect(reader.notices.filter { $0 == skipped }.count == 1)
    }

    @Test func anOversizeLineThatGrowsIsSkippedAlsoAcrossAKill() throws {
        folder.append("a1\n" + String(repeating: "x", count: 5000), to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        #expect(reader.checkpoints.map(\.offset) == [3])
        try reader.kill()
        folder.append(String(repeating: "x", count: 5000), to: "app.log")
        #expect(reader.step() == [])
        folder.append("\na2\n", to: "app.log")
        #expect(reader.step() == ["a2"])
        #expect(reader.source.counters.oversizeRecords == 1)
    }

    @Test func whatTheConsumerLeavesIsOfferedAgainWithMore() throws {
        folder.append("a1\na2\na3\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        reader.linesTaken = { lines, _ in lines - 1 }
        #expect(reader.step() == ["a1", "a2"])
        #expect(reader.step(polls: 2) == [])
        #expect(reader.blocks.count == 1)
        try reader.stop()
        folder.append("a4\n", to: "app.log")
        #expect(reader.step() == ["a3"])
        reader.linesTaken = { lines, _ in lines }
        folder.append("a5\n", to: "app.log")
        #expect(reader.step() == ["a4", "a5"])
    }

    @Test func aConsumerThatTakesNothingOfAFullBlockLosesALineAndNothingElse() throws {
        for number in 100..<145 { folder.append(String(repeating: "\(number)", count: 33) + "\n", to: "app.log") }
        let reader = try Reader(folder, "app.log", recordBytesMax: 1000, blockBytes: 4096)
        var offers = 0
        reader.linesTaken = { lines, _ in
            offers += 1
            return offers <= 2 ? 0 : lines
        }
        #expect(reader.step() == (102..<145).map { String(repeating: "\($0)", count: 33) })
        #expect(reader.source.counters.oversizeRecords == 2)
    }

    @Test func aFinalBlockIsSaidToBeFinal() throws {
        let writer = Writer(folder("app.log"))
        writer.write("a1\n")
        let reader = try Reader(folder, "app.log")
        _ = reader.step()
        #expect(reader.blocks.last?.block.isFinal == false)
        folder.remove("app.log")
        #expect(reader.settle() == [])
        #expect(reader.blocks.last?.block.isFinal == true)
        #expect(reader.blocks.last?.bytes == 0)
    }

    @Test func anOversizeLineIsAGapThatEndsARecordOfSeveralLines() throws {
        folder.append("a1\na2\n" + String(repeating: "x", count: 2000) + "\na3\n", to: "app.log")
        let reader = try Reader(folder, "app.log", recordBytesMax: 1000)
        _ = reader.step()
        #expect(reader.blocks.map(\.block.isFinal) == [true, false])
    }

    @Test func nothingIsEmittedBeforeTheFingerprintIsFixed() throws {
        let writer = Writer(folder("app.log"))
        let reader = try Reader(folder, "app.log", recordBytesMax: 4000)
        writer.write(String(repeating: "x", count: 1023))
        #expect(reader.step() == [])
        #expect(reader.checkpoints.map(\.origin) == [nil])
        writer.write("xyz\n")
        #expect(reader.step().map(\.utf8.count) == [1026])
        #expect(reader.records.map(\.fingerprint) == [Array(repeating: UInt8(ascii: "x"), count: 1024)])
    }

    @Test func bytesAreHandedOnAsTheyAre() throws {
        folder.append("\u{FEFF}a\u{0}b\r\n\n\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["\u{FEFF}a\u{0}b\r", "", ""])
    }

    @Test func manyFilesAreFollowedWithinTheLimit() throws {
        for number in 0..<300 { folder.append("line of \(number)\n", to: "\(number).log") }
        let reader = try Reader(
            FileSourceConfiguration(name: "shop", include: [folder("*.log")], startAtEnd: false, filesMax: 200))
        #expect(reader.step().count == 200)
        #expect(reader.notices.filter { $0 == .tooManyFiles(limit: 200) }.count == 1)
        #expect(reader.notices.contains { if case .noticesDropped = $0 { true } else { false } } == false)
    }

    @Test func aSourceWithoutFilesIsRefused() {
        #expect(throws: TailingError.self) { try Reader(FileSourceConfiguration(name: "shop", include: [])) }
    }

    @Test func contentThatIsLongGoneIsForgotten() throws {
        folder.append("a1\n", to: "app.log")
        folder.append("b1\n", to: "b.log")
        let reader = try Reader(
            FileSourceConfiguration(name: "shop", include: [folder("*.log")], startAtEnd: false, forgetAfterSeconds: -1))
        #expect(reader.step().count == 2)
        folder.remove("app.log")
        _ = reader.settle()
        // Where events tell of changes, all files are looked at once a minute.
        _ = reader.step(polls: 61)
        #expect(reader.checkpoints.map(\.path) == [folder("b.log")])
    }
}
