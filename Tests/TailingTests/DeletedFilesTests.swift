// Deleted files that cannot be read yet: which of them are let go, and what becomes of what was in them.

import Records
import Tailing
import Testing

@Suite struct DeletedFilesBoundTests {
    private func file(_ id: FileID, bytes: UInt64, isUnread: Bool = true, at seconds: Int64 = 0, free: UInt64 = 500, device: UInt64 = 1)
        -> DeletedFile
    {
        DeletedFile(
            id: id, bytes: bytes, isUnread: isUnread, lastSeenSeconds: seconds, device: device, freeBytes: free, usableBytes: 1000)
    }

    @Test func withinTheBoundAllAreHeld() {
        var bound = DeletedFilesBound(bytesMax: 100, freePercentMin: 50)
        #expect(bound.choose(among: [file(1, bytes: 60), file(2, bytes: 40)], nowMS: 0).isEmpty)
        #expect(bound.choose(among: [], nowMS: 0).isEmpty)
    }

    @Test func whatIsReadGoesFirstAndThenWhatWasGoneFirst() {
        var bound = DeletedFilesBound(bytesMax: 100, freePercentMin: 0)
        let files = [
            file(1, bytes: 60, at: 30), file(2, bytes: 40, at: 10), file(3, bytes: 50, isUnread: false, at: 40), file(4, bytes: 70, at: 20),
        ]
        #expect(bound.choose(among: files, nowMS: 0) == [2, 1, 3])
        #expect(bound.choose(among: Array(files[..<3]), nowMS: 0) == [2])
    }

    @Test func onlyAsManyGoAsTheFileSystemNeeds() {
        var bound = DeletedFilesBound(bytesMax: 1000, freePercentMin: 10)
        let full = (1...4).map { file($0, bytes: 40, at: Int64($0), free: 30) }
        #expect(bound.choose(among: full + [file(5, bytes: 800, device: 2)], nowMS: 0) == [0, 1])
    }

    @Test func whatWasLetGoMayTakeAWhileToBeFree() {
        var bound = DeletedFilesBound(bytesMax: 1000, freePercentMin: 10)
        let full = (1...4).map { file($0, bytes: 40, at: Int64($0), free: 30) }
        #expect(bound.choose(among: full, nowMS: 0) == [0, 1])
        let rest = Array(full[2...])
        #expect(bound.choose(among: rest, nowMS: DeletedFilesBound.restMS - 1).isEmpty)
        #expect(bound.choose(among: rest, nowMS: DeletedFilesBound.restMS) == [0, 1])
    }

    @Test func aFileSystemThatSaysNothingOfItsRoomIsNotShortOfIt() {
        var bound = DeletedFilesBound(bytesMax: 1000, freePercentMin: 100)
        var file = file(1, bytes: 10)
        (file.freeBytes, file.usableBytes) = (0, 0)
        #expect(bound.choose(among: [file], nowMS: 0).isEmpty)
    }
}

@Suite struct DeletedFilesTests {
    private let folder = Folder()

    private func letGo(_ reader: Reader) {
        reader.source.letGo(of: reader.source.deletedFiles().map(\.id))
    }

    /// A reader that has read "a1", of a file that was deleted after "a2" was added.
    private func readerOfDeleted() throws -> Reader {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "*.log")
        #expect(reader.step() == ["a1"])
        #expect(reader.source.deletedFiles().isEmpty)
        folder.append("a2\n", to: "app.log")
        folder.remove("app.log")
        return reader
    }

    @Test(arguments: [false, true])
    func aFileThatIsLetGoIsClosedAndItsLossIsCountedOnce(isPolled: Bool) throws {
        let reader = try readerOfDeleted()
        if isPolled { reader.poll() }
        let deleted = try #require(reader.source.deletedFiles().first)
        #expect(deleted.isUnread && deleted.bytes > 0 && deleted.usableBytes >= deleted.freeBytes)
        letGo(reader)
        #expect(folder.openDescriptors == 0)
        #expect(reader.source.counters.filesLost == 1 && reader.source.counters.bytesLost == 3)
        letGo(reader)
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["b1"])
        #expect(reader.settle().isEmpty)
        #expect(reader.notices.filter { $0 == .letGo(path: folder("app.log"), bytes: 3) }.count == 1)
        #expect(reader.source.counters.filesLost == 1 && reader.source.counters.filesLetGo == 1)
        try reader.stop()
        folder.append("b2\n", to: "app.log")
        #expect(reader.step() == ["b2"])
    }

    @Test func aFileThatIsReadToItsEndIsNoLoss() throws {
        let reader = try readerOfDeleted()
        #expect(reader.step() == ["a2"])
        #expect(reader.source.deletedFiles().map(\.isUnread) == [false])
        letGo(reader)
        #expect(folder.openDescriptors == 0)
        #expect(reader.settle().isEmpty)
        #expect(reader.source.counters.filesLost == 0)
        #expect(reader.checkpoints.map(\.isFinished) == [true])
    }

    @Test func whatIsReadAndNotStoredYetIsNoLossEither() throws {
        let reader = try readerOfDeleted()
        reader.poll()
        reader.readAll()
        let changed = reader.source.changedCheckpoints()
        letGo(reader)
        #expect(folder.openDescriptors == 0 && reader.source.counters.filesLost == 0)
        reader.source.didCommit(changed.map(\.id))
        #expect(reader.take() == ["a2"])
        #expect(reader.settle().isEmpty)
    }

    /// Of a file without a first line nothing is worth keeping, not even what was just stored.
    @Test func aFileThatIsForgottenWhileItIsStoredIsForgottenThereToo() throws {
        let reader = try Reader(folder, "*.log")
        _ = reader.step()
        folder.append("no end", to: "app.log")
        reader.poll()
        let changed = reader.source.changedCheckpoints()
        #expect(changed.map(\.id) == [0])
        folder.remove("app.log")
        letGo(reader)
        #expect(reader.source.counters.bytesLost == 6)
        reader.source.didCommit([77])
        #expect(reader.source.forgottenCheckpoints() == [77])
    }

    /// The copy was of no interest while its original was there.
    @Test(arguments: ["*.log", "*.log*"], [false, true])
    func aCopyIsReadOnWhereTheFileWasLeft(glob: String, isCompressed: Bool) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        folder.append("a3\n", to: "app.log")
        folder.copy("app.log", to: "app.log.1")
        if isCompressed { try folder.compress("app.log.1") }
        reader.poll()
        folder.remove("app.log")
        reader.poll()
        letGo(reader)
        #expect(folder.openDescriptors <= 1)
        #expect(reader.settle() == ["a3"])
        #expect(reader.settle().isEmpty)
    }

    @Test func aCompressedCopyThatWasFoundBeforeIsReadOnToo() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "*.log")
        #expect(reader.step() == ["a1", "a2"])
        // As if more lines might belong to this one.
        folder.append("a3\n", to: "app.log")
        reader.linesTaken = { _, _ in 0 }
        folder.copy("app.log", to: "app.log.1")
        try folder.compress("app.log.1")
        folder.rename("app.log", to: "app.log.2")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step().isEmpty)
        #expect(!folder.isOpen("app.log.1.gz") && folder.isOpen("app.log.2"))
        folder.remove("app.log.2")
        letGo(reader)
        reader.linesTaken = { lines, _ in lines }
        #expect(reader.settle() == ["a3", "b1"])
        #expect(reader.settle().isEmpty)
    }
}
