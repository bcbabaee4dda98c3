// What happens to files that are closed because only so many may be open.

import Records
import Tailing
import Testing

@Suite struct OpenFilesTests {
    private let folder = Folder()
    private let names = (0..<20).map { "app\($0).log" }

    private func reader(_ count: Int = 5) throws -> Reader {
        for name in names { folder.append("first of \(name)\n", to: name) }
        let reader = try Reader(folder, "*.log", openFilesMax: count)
        #expect(Set(reader.step(polls: 2)) == Set(names.map { "first of \($0)" }))
        #expect(folder.openDescriptors == count)
        return reader
    }

    private func append(_ text: String) {
        for name in names { folder.append("\(text) of \(name)\n", to: name) }
    }

    private func expected(_ texts: String...) -> Set<String> {
        Set(texts.flatMap { text in names.map { "\(text) of \($0)" } })
    }

    @Test func noMoreAreOpenThanMayBeAndAllAreRead() throws {
        let reader = try reader()
        for round in 0..<5 {
            append("round \(round)")
            let texts = reader.step()
            #expect(texts.count == 20 && Set(texts) == expected("round \(round)"))
            #expect(folder.openDescriptors <= 5)
        }
        try reader.stop()
        append("after the restart")
        #expect(Set(reader.step(polls: 2)) == expected("after the restart"))
        #expect(folder.openDescriptors <= 5)
        #expect(reader.notices.filter { $0 == .tooManyOpen(limit: 5) }.count == 2)
        #expect(reader.notices.allSatisfy { if case .unreadable = $0 { false } else { true } })
    }

    @Test func theOneThatWasIdleForLongestIsClosed() throws {
        let reader = try reader(19)
        #expect(!folder.isOpen("app0.log"))
        folder.append("a\n", to: "app0.log")
        folder.append("b\n", to: "app10.log")
        #expect(Set(reader.step()) == ["a", "b"])
        #expect(folder.isOpen("app0.log") && folder.isOpen("app10.log"))
        #expect(names.count { !folder.isOpen($0) } == 1)
    }

    @Test func aFileWithAnUnfinishedLineIsClosedLast() throws {
        let reader = try reader()
        folder.append("unfinished", to: "app3.log")
        _ = reader.step()
        for name in names where name != "app3.log" {
            folder.append("more\n", to: name)
            #expect(reader.step() == ["more"])
        }
        #expect(folder.isOpen("app3.log"))
        folder.remove("app3.log")
        #expect(reader.settle() == ["unfinished"])
    }

    @Test func unfinishedLinesEverywhereKeepNoFileFromBeingRead() throws {
        let reader = try reader()
        for name in names { folder.append("begun in \(name)", to: name) }
        #expect(reader.step(polls: 2).isEmpty)
        #expect(folder.openDescriptors == 5)
        for name in names { folder.append(" and ended\n", to: name) }
        #expect(Set(reader.step(polls: 2)) == Set(names.map { "begun in \($0) and ended" }))
    }

    @Test(arguments: ["*.log", "*.log*"])
    func aClosedFileThatIsRenamedIsFoundAndStaysOpen(glob: String) throws {
        for name in names { folder.append("first of \(name)\n", to: name) }
        let reader = try Reader(folder, glob, openFilesMax: 5)
        _ = reader.step(polls: 2)
        let writers = names.map { Writer(folder($0)) }
        append("last")
        for name in names { folder.rename(name, to: name + ".1") }
        append("new")
        // They are rotated files now, of which none may be closed.
        #expect(Set(reader.step()) == expected("last", "new"))
        #expect(folder.openDescriptors <= 5 + writers.count)
        for (name, writer) in zip(names, writers) { writer.write("late of \(name)\n") }
        #expect(Set(reader.step(polls: 2)) == expected("late"))
        #expect(reader.settle().isEmpty)
        #expect(folder.openDescriptors <= 5 + writers.count)
    }

    @Test func truncationIsSeenInAClosedFile() throws {
        let reader = try reader()
        for name in names { folder.copy(name, to: name + ".1") }
        for name in names { folder.append("unread of \(name)\n", to: name + ".1") }
        for name in names { folder.overwrite(name, with: "anew of \(name)\n") }
        #expect(Set(reader.step(polls: 2)) == expected("unread", "anew"))
    }

    @Test func aClosedFileThatIsDeletedEndsThere() throws {
        let reader = try reader()
        for name in names { folder.remove(name) }
        #expect(reader.settle().isEmpty)
        #expect(folder.openDescriptors == 0)
        #expect(reader.source.counters.filesLost == 0)
        #expect(reader.checkpoints.allSatisfy { $0.isFinished })
        append("new")
        #expect(Set(reader.step(polls: 2)) == expected("new"))
    }

    @Test func whatWasAddedToAClosedFileBeforeItWasDeletedIsLostAndCounted() throws {
        let reader = try reader()
        let closed = try #require(names.first { !folder.isOpen($0) })
        folder.append("a line of no more\n", to: closed)
        folder.remove(closed)
        #expect(reader.settle().isEmpty)
        #expect(reader.source.counters.filesLost == 1)
        #expect(reader.notices.contains { if case .lost(folder(closed), _) = $0 { true } else { false } })
    }

    /// All that may be open are files that have no name any more.
    @Test func moreThanMayBeAreOpenedWhereNoneCanBeClosed() throws {
        let reader = try reader()
        let open = names.filter { folder.isOpen($0) }
        for name in open { folder.append("unread\n", to: name) }
        for name in open { folder.remove(name) }
        reader.poll()
        for name in names where !open.contains(name) { folder.append("here\n", to: name) }
        #expect(reader.step(polls: 2).sorted() == Array(repeating: "here", count: 15) + Array(repeating: "unread", count: 5))
        #expect(folder.openDescriptors <= 6)
        #expect(reader.settle().isEmpty)
        #expect(folder.openDescriptors <= 5)
    }
}
