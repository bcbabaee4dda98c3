// What must survive: rotation, truncation, deletion and restarts, one scenario each, with real files.

import Records
import Tailing
import Testing

@Suite struct RotationTests {
    private let folder = Folder()

    @Test func renameAndCreateReadsBothToTheirEnds() throws {
        let old = Writer(folder("app.log"))
        old.write("a1\na2\n")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        old.write("a3\n")
        folder.rename("app.log", to: "app.log.1")
        folder.append("b1\n", to: "app.log")
        old.write("a4\n")
        #expect(reader.step() == ["a3", "a4", "b1"])
        old.write("a5\n")
        folder.append("b2\n", to: "app.log")
        #expect(Set(reader.step()) == ["a5", "b2"])
        #expect(reader.settle() == [])
        #expect(reader.notices.contains(.finished(path: folder("app.log"))))
    }

    @Test func rotatedFilesWhileDownAreReadOldestFirst() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        try reader.stop()
        folder.append("a2\n", to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        folder.append("b1\nb2\n", to: "app.log")
        folder.rename("app.log.1", to: "app.log.2")
        folder.rename("app.log", to: "app.log.1")
        folder.append("c1\n", to: "app.log")
        #expect(reader.step() == ["a2", "b1", "b2", "c1"])
        #expect(reader.settle() == [])
        try reader.stop()
        #expect(reader.settle() == [])
    }

    /// To read from a file that is open says nothing of what stands at its path meanwhile.
    @Test func whatCameAndWentBeforeItsForerunnerWasReadIsFoundAfterAKill() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        folder.append("a2\n", to: "app.log")
        reader.source.readEvents()
        reader.clockBehindSeconds = -10
        reader.readAll()
        #expect(reader.take() == ["a2"])
        try reader.kill()
        folder.rename("app.log", to: "app.log.2")
        folder.append("b1\n", to: "app.log.1")
        folder.append("c1\n", to: "app.log")
        #expect(reader.step() == ["b1", "c1"])
    }

    /// As on a file system that counts seconds, or in a burst.
    @Test(arguments: [["app.log.2", "app.log.1"], ["app.log.10", "app.log.9"], ["app.log-20261123", "app.log-20261124"]])
    func rotatedFilesOfOneTimeAreReadInTheOrderOfTheirNames(names: [String]) throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        try reader.stop()
        folder.rename("app.log", to: "app.log.old")
        folder.append("b1\n", to: names[0])
        folder.append("c1\n", to: names[1])
        folder.append("d1\n", to: "app.log")
        for name in names + ["app.log"] { folder.date(name, secondsAgo: 0) }
        #expect(reader.step() == ["b1", "c1", "d1"])
    }

    @Test func datedRotationWithoutANewFileKeepsTheTail() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        try reader.stop()
        folder.append("a2\nno end", to: "app.log")
        folder.rename("app.log", to: "app.log-20261123")
        #expect(reader.step() == ["a2"])
        #expect(reader.settle() == ["no end"])
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["b1"])
    }

    @Test(arguments: ["app.log", "app.log*"])
    func copytruncateReadsTheUnreadTailFromTheCopy(glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        folder.append("a3\n", to: "app.log")
        folder.copy("app.log", to: "app.log.1")
        folder.truncate("app.log")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["a3", "b1"])
        #expect(reader.settle() == [])
        try reader.stop()
        #expect(reader.settle() == [])
    }

    /// The truncation is seen when the next one is under way: the copy is there, and the file does not yet differ from it.
    @Test(arguments: ["app.log", "app.log*"])
    func whatIsAboutToBeTruncatedIsNotReadFromBothTheFileAndItsCopy(glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        folder.copy("app.log", to: "app.log.1")
        folder.truncate("app.log")
        folder.append("b1\nb2\nb3\n", to: "app.log")
        folder.rename("app.log.1", to: "app.log.2")
        folder.date("app.log", secondsAgo: 1)
        folder.copy("app.log", to: "app.log.1")
        #expect(reader.step() == ["b1", "b2", "b3"])
        folder.truncate("app.log")
        folder.append("c1\n", to: "app.log")
        #expect(reader.step() == ["c1"])
        #expect(reader.settle() == [])
        try reader.stop()
        folder.append("c2\n", to: "app.log")
        #expect(reader.settle() == ["c2"])
    }

    @Test(arguments: ["app.log", "app.log*"])
    func whatSeemedToBeTruncatedNextAndGoesOnIsReadOn(glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        folder.truncate("app.log")
        folder.append("b1\nb2\nb3\n", to: "app.log")
        folder.date("app.log", secondsAgo: 1)
        folder.copy("app.log", to: "app.log.1")
        #expect(reader.step() == ["b1", "b2", "b3"])
        folder.append("b4\n", to: "app.log")
        #expect(reader.settle() == ["b4"])
        folder.append("b5\n", to: "app.log")
        #expect(reader.settle() == ["b5"])
    }

    /// A log without times may begin as it did before it was truncated.
    @Test(arguments: ["app.log", "app.log*"])
    func whatReadsLikeTheCopyButWasWrittenAfterItIsRead(glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        folder.copy("app.log", to: "app.log.2")
        folder.truncate("app.log")
        folder.append("b1\nb2\n", to: "app.log")
        folder.copy("app.log", to: "app.log.1")
        folder.truncate("app.log")
        folder.date("app.log.1", secondsAgo: 0)
        folder.append("b1\nb2\n", to: "app.log")
        #expect(reader.settle() == ["b1", "b2", "b1", "b2"])
    }

    @Test(arguments: ["app.log", "app.log*"])
    func copytruncateWhileDownReadsTheCopyThenTheFile(glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        folder.append("a3\n", to: "app.log")
        folder.copy("app.log", to: "app.log.1")
        folder.truncate("app.log")
        folder.append("b1\nb2 longer than everything before\n", to: "app.log")
        #expect(reader.step() == ["a3", "b1", "b2 longer than everything before"])
        #expect(reader.settle() == [])
    }

    @Test func aCopyInProgressIsNotRead() throws {
        folder.append("a1\na2\na3\n", to: "app.log")
        let reader = try Reader(folder, "app.log*")
        #expect(reader.step() == ["a1", "a2", "a3"])
        folder.append("a1\na", to: "app.log.1")
        #expect(reader.step(polls: 3) == [])
        folder.append("2\na3\na4\n", to: "app.log.1")
        folder.append("a4\na5\n", to: "app.log")
        #expect(reader.step() == ["a4", "a5"])
        folder.truncate("app.log")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["b1"])
        #expect(reader.settle() == [])
    }

    @Test func aCopyThatGrowsOnItsOwnIsReadFromWhereItDiffers() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "*.log")
        #expect(reader.step() == ["a1", "a2"])
        folder.copy("app.log", to: "other.log")
        #expect(reader.step(polls: 2) == [])
        folder.append("c1\n", to: "other.log")
        #expect(reader.step(polls: 2) == ["c1"])
        folder.append("a3\n", to: "app.log")
        #expect(reader.step() == ["a3"])
    }

    @Test func truncationIsFoundByContentWhenTheFileHasGrownAgain() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        folder.overwrite("app.log", with: "b1\nb2\nb3\nb4\n")
        #expect(reader.step() == ["b1", "b2", "b3", "b4"])
        folder.overwrite("app.log", with: "c1\nc2\nc3\nc4\n")
        #expect(reader.step() == ["c1", "c2", "c3", "c4"])
        folder.overwrite("app.log", with: "d\n")
        #expect(reader.step() == ["d"])
    }

    @Test func aConstantHeaderStartsANewGeneration() throws {
        folder.append("#header\nsame\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["#header", "same"])
        folder.truncate("app.log")
        #expect(reader.step() == [])
        folder.append("#header\nsame\n", to: "app.log")
        #expect(reader.step() == ["#header", "same"])
        folder.rename("app.log", to: "app.log.1")
        folder.append("#header\nsame\n", to: "app.log")
        #expect(reader.step() == ["#header", "same"])
        #expect(reader.records.map(\.generation) == [0, 0, 1, 1, 2, 2])
        #expect(Set(reader.records).count == 6)
    }

    @Test func aDeletedFileIsReadToItsEndAndLetGo() throws {
        let writer = Writer(folder("app.log"))
        writer.write("a1\n")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        writer.write("a2\nno end")
        folder.remove("app.log")
        #expect(reader.step() == ["a2"])
        #expect(reader.settle() == ["no end"])
        // The writer's own.
        #expect(folder.openDescriptors == 1)
    }

    @Test func aFileUnderAReusedInodeIsNew() throws {
        // The old inode is kept in the checkpoint by hand, since file systems do not reuse one on demand.
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        let inode = folder.inode(of: "app.log")
        folder.overwrite("app.log", with: "b1\nb2\nb3\n")
        #expect(folder.inode(of: "app.log") == inode)
        #expect(reader.step() == ["b1", "b2", "b3"])
    }

    @Test func filesWithTheSameFirstKiBAreBothRead() throws {
        let head = String(repeating: "x", count: 1500)
        folder.append(head + "\na1\n", to: "a.log")
        folder.append(head + "\nb1\n", to: "b.log")
        let reader = try Reader(folder, "*.log", recordBytesMax: 2000)
        #expect(reader.step().sorted() == ["a1", "b1", head, head])
        #expect(Set(reader.records.map(\.generation)) == [0, 1])
        folder.append("b2\n", to: "b.log")
        folder.append("a2\n", to: "a.log")
        #expect(reader.step().sorted() == ["a2", "b2"])
    }

    @Test func aPartialLineIsOneRecordAcrossRestartAndRotation() throws {
        let writer = Writer(folder("app.log"))
        writer.write("a1\nhal")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        try reader.stop()
        writer.write("f-")
        #expect(reader.step() == [])
        folder.rename("app.log", to: "app.log.1")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["b1"])
        writer.write("done\n")
        #expect(reader.step() == ["half-done"])
    }

    @Test func aLiveFileNeverYieldsAnUnfinishedLine() throws {
        folder.append("a1\nunfinished", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        #expect(reader.settle() == [])
        #expect(reader.source.isCaughtUp)
    }

    @Test func aFileShortenedByAPowerLossIsReadOnWhereItAgrees() throws {
        let reader = try Reader(folder, "app.log")
        for line in 0..<40 {
            folder.append("line \(line) with some text\n", to: "app.log")
            _ = reader.step()
        }
        try reader.stop()
        let kept = folder.content(of: "app.log").utf8.count - 30
        folder.truncate("app.log", to: kept)
        folder.append("\nafter the loss\n", to: "app.log")
        let lines = reader.step()
        #expect(lines.last == "after the loss")
        #expect(lines.count <= 4)
        #expect(reader.notices.contains { if case .cutBack = $0 { true } else { false } })
    }

    @Test func startingAtTheEndMeansTheNextRecord() throws {
        folder.append("old\nold and unfin", to: "app.log")
        folder.append("old\n", to: "b.log")
        let reader = try Reader(folder, "*.log", startAtEnd: true)
        #expect(reader.step() == [])
        folder.append("ished\nnew\n", to: "app.log")
        folder.append("new b\n", to: "b.log")
        folder.append("c1\n", to: "c.log")
        #expect(reader.step().sorted() == ["c1", "new", "new b"])
        try reader.stop()
        folder.append("d1\n", to: "d.log")
        #expect(reader.step() == ["d1"])
    }

    @Test func startingAtTheEndSurvivesARestartBeforeTheFirstRecord() throws {
        folder.append("old\nold and unfin", to: "app.log")
        let reader = try Reader(folder, "app.log", startAtEnd: true)
        #expect(reader.step() == [])
        try reader.stop()
        folder.append("ished\nnew\n", to: "app.log")
        #expect(reader.step() == ["new"])
    }
}
