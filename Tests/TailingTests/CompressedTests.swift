// Rotated files that are compressed: found by what they hold, and their unread rest read once. Compressed by the real tools.

import Compression
import Records
import Tailing
import Testing

@Suite struct CompressedTests {
    private let folder = Folder()

    @Test(arguments: CompressionFormat.allCases, ["app.log", "app.log*"])
    func theRestOfAFileThatWasRotatedAndCompressedWhileDownIsReadOnce(format: CompressionFormat, glob: String) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, glob)
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        folder.append("a3\na4", to: "app.log")
        folder.rename("app.log", to: "app.log-20261123")
        try folder.compress("app.log-20261123", format)
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["a3", "a4", "b1"])
        let a3 = try #require(reader.records.first { $0.text == "a3" })
        #expect((a3.fingerprint, a3.generation, a3.offset) == (Array("a1".utf8), 0, 6))
        #expect(reader.settle() == [])
        #expect(folder.openDescriptors == 1)
        try reader.stop()
        #expect(reader.settle() == [])
    }

    @Test func severalRotationsWhileDownAreReadOldestFirst() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        try reader.stop()
        folder.append("a2\n", to: "app.log")
        folder.rename("app.log", to: "app.log.3")
        folder.append("b1\nb2\n", to: "app.log.2")
        folder.append("c1\n", to: "app.log.1")
        folder.append("d1\n", to: "app.log")
        for (age, name) in ["app.log", "app.log.1", "app.log.2", "app.log.3"].enumerated() { folder.date(name, secondsAgo: -10 - age) }
        folder.date("app.log.3", secondsAgo: -5)
        folder.date("app.log.2", secondsAgo: -6)
        folder.date("app.log.1", secondsAgo: -7)
        folder.date("app.log", secondsAgo: -8)
        try folder.compress("app.log.3")
        try folder.compress("app.log.2", .zstandard)
        #expect(reader.step() == ["a2", "b1", "b2", "c1", "d1"])
        #expect(reader.settle() == [])
        try reader.kill()
        #expect(reader.settle() == [])
    }

    /// A backlog may have been written long before it is read.
    @Test func theRestIsFoundThoughItWasWrittenBeforeTheLastLook() throws {
        folder.append("0\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["0"])
        folder.append((1..<5000).map { "\($0)\n" }.joined(), to: "app.log")
        reader.poll()
        reader.turn(bytesMax: 100)
        let first = reader.take().count
        #expect(0 < first && first < 4999)
        try reader.stop()
        folder.rename("app.log", to: "app.log.1")
        folder.date("app.log.1", secondsAgo: 3600)
        try folder.compress("app.log.1")
        folder.append("other\n", to: "app.log.2")
        folder.date("app.log.2", secondsAgo: 7200)
        try folder.compress("app.log.2")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == (first + 1..<5000).map { "\($0)" } + ["b1"])
        #expect(reader.settle() == [])
    }

    @Test(arguments: [true, false])
    func whatWasReadBeforeItWasCompressedIsNotReadAgain(isStillOpen: Bool) throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log*")
        #expect(reader.step() == ["a1", "a2"])
        folder.append("a3\n", to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step() == ["a3", "b1"])
        if !isStillOpen { #expect(reader.settle() == []) }
        try folder.compress("app.log.1")
        folder.append("b2\n", to: "app.log")
        #expect(reader.step() == ["b2"])
        #expect(reader.settle() == [])
        folder.rename("app.log.1.gz", to: "app.log.2.gz")
        folder.rename("app.log", to: "app.log.1")
        folder.append("c1\n", to: "app.log")
        #expect(reader.step() == ["c1"])
        #expect(reader.settle() == [])
        try reader.stop()
        #expect(reader.settle() == [])
        #expect(folder.openDescriptors == 1)
    }

    @Test func aCompressedFileIsReadOnWhereAKillInterruptedIt() throws {
        let lines = (0..<10_000).map { "line \($0) of the first file" }
        folder.append(lines[0] + "\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == [lines[0]])
        try reader.stop()
        folder.append(lines[1...].map { $0 + "\n" }.joined(), to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        try folder.compress("app.log.1")
        folder.append("b1\n", to: "app.log")
        var kills = 0
        while reader.committed.count < lines.count + 1, kills < 100 {
            reader.poll()
            while reader.pending.count < 2000, reader.turn(bytesMax: 2000).hasMore {}
            reader.commit()
            reader.turn(bytesMax: 2000)
            if kills == 1 { folder.rename("app.log.1.gz", to: "app.log.2.gz") }
            try reader.kill()
            kills += 1
        }
        #expect(reader.committed.count == lines.count + 1)
        let wrong = zip(reader.committed, lines + ["b1"]).enumerated().first { $1.0.text != $1.1 }
        #expect(wrong == nil)
        #expect(kills > 2)
        #expect(reader.settle() == [])
    }

    @Test func aFileThatIsStillBeingCompressedIsReadWhenItIsWhole() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        folder.append("a3\n", to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        try folder.compress("app.log.1")
        let bytes = folder.bytes(of: "app.log.1.gz")
        try folder.write(bytes[..<20], to: "app.log.1.gz")
        folder.append("b1\n", to: "app.log")
        #expect(reader.step(polls: 2) == ["b1"])
        try folder.write(bytes, to: "app.log.1.gz.new")
        let writer = Writer(folder("app.log.1.gz"))
        writer.write(bytes[20...])
        #expect(reader.step(polls: 2) == ["a3"])
        #expect(reader.settle() == [])
    }

    @Test func aDamagedFileIsToldOfAndHoldsNothingUp() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        folder.append("a3\n", to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        try folder.compress("app.log.1", .xz)
        var bytes = folder.bytes(of: "app.log.1.xz")
        bytes[bytes.count / 2] ^= 0xFF
        try folder.write(bytes, to: "app.log.1.xz")
        folder.append("b1\n", to: "app.log")
        #expect(reader.settle() == ["b1"])
        let told = TailingNotice.notDecompressed(path: folder("app.log.1.xz"), reason: CompressionError(.damaged, .xz))
        #expect(reader.notices.count { $0 == told } == 1)
        #expect(folder.openDescriptors == 1)
    }

    @Test func theUnreadTailOfATruncatedFileIsReadFromItsCompressedCopy() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        folder.append("a3\n", to: "app.log")
        folder.copy("app.log", to: "app.log.1")
        try folder.compress("app.log.1")
        folder.overwrite("app.log", with: "b1\nb2\n")
        #expect(reader.step() == ["a3", "b1", "b2"])
        #expect(reader.settle() == [])
    }

    @Test func aCompressedFileUnderAnInodeThatWasKnownIsToldFromWhatWasThere() throws {
        folder.append("a1\na2\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1", "a2"])
        try reader.stop()
        folder.append("a3\n", to: "app.log")
        try folder.compress("app.log", .zstandard)
        #expect(reader.step() == ["a3"])
        try reader.kill()
        // Other content under the same inode, as when an inode is used again.
        folder.append("n1\nn2\n", to: "other")
        try folder.compress("other", .zstandard)
        let bytes = folder.bytes(of: "other.zst")
        folder.truncate("app.log.zst")
        Writer(folder("app.log.zst")).write(bytes[...])
        folder.rename("app.log.zst", to: "app.log.1.zst")
        #expect(Set(reader.step(polls: 2)) == ["n1", "n2"])
        #expect(reader.settle() == [])
    }

    @Test func compressedFilesFromBeforeTheFirstStartAreLeftAlone() throws {
        folder.append("old\n", to: "app.log.1")
        folder.date("app.log.1", secondsAgo: 60)
        try folder.compress("app.log.1")
        folder.append("a1\n", to: "app.log")
        folder.append("elsewhere\n", to: "other")
        try folder.compress("other")
        let reader = try Reader(folder, "app.log*", "*.gz")
        #expect(reader.settle() == ["a1"])
        #expect(reader.notices.count { $0 == .refused(path: folder("other.gz"), kind: .compressed) } == 1)
        #expect(!reader.notices.contains(.refused(path: folder("app.log.1.gz"), kind: .compressed)))
    }

    @Test func aLongCompressedFileLetsOtherLogsHaveTheirTurns() throws {
        let lines = (0..<100_000).map { "line \($0)\n" }
        for log in ["one.log", "two.log", "live.log"] { folder.append("of \(log)\n", to: log) }
        let reader = try Reader(folder, "*.log")
        #expect(reader.step().count == 3)
        try reader.stop()
        for log in ["one.log", "two.log"] {
            folder.append(lines.joined(), to: log)
            folder.rename(log, to: log + ".1")
            try folder.compress(log + ".1")
        }
        folder.append("live\n", to: "live.log")
        reader.poll()
        reader.turn(bytesMax: 20_000)
        #expect(reader.take() == ["live"])
        // Two passes over each file, one file at a time.
        var longest = 0
        for _ in 0..<2000 { longest = max(longest, reader.turn(bytesMax: 20_000).bytesRead) }
        #expect(longest < 40_000)
        #expect(reader.take().count == 2 * lines.count)
        #expect(reader.settle() == [])
    }
}
