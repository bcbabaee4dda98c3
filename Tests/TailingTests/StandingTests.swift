// How much of a source is unread, and what keeps it from being read, as of the last look.

import Glibc
import Records
import Tailing
import Testing

@Suite struct StandingTests {
    private let folder = Folder()

    @Test func unreadBytesAreThoseBeyondWhatWasTaken() throws {
        let reader = try Reader(folder, "*.log")
        folder.append("a1\na2\nun", to: "a.log")
        folder.append("b1\n", to: "b.log")
        // Seen and not yet read.
        reader.source.poll(nowMS: reader.nowMS)
        #expect(reader.source.standing(problemsMax: 3).unreadBytes == 8 + 3)
        _ = reader.step()
        #expect(reader.source.standing(problemsMax: 3) == standing(unreadBytes: 2))
        // A copy of what is read lags behind nothing.
        folder.copy("a.log", to: "copy.log")
        _ = reader.step(polls: 3)
        #expect(reader.source.standing(problemsMax: 3).unreadBytes == 2)
    }

    @Test func aRotatedFileCountsUntilItIsReadToItsEnd() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        #expect(reader.step() == ["a1"])
        folder.append("a2\n", to: "app.log")
        folder.rename("app.log", to: "app.log.1")
        // One look finds that it left, the next how long it is.
        for _ in 1...2 { reader.poll() }
        #expect(reader.source.standing(problemsMax: 3).unreadBytes == 3)
        #expect(reader.step() == ["a2"])
        #expect(reader.source.standing(problemsMax: 3).unreadBytes == 0)
    }

    @Test func whatCannotBeReadIsNamedWhileThatIsSo() throws {
        for name in ["a.log", "b.log", "c.log"] { folder.link(name, to: name) }
        let reader = try Reader(folder, "*.log")
        _ = reader.step(polls: 2)
        let reason = SystemError(code: ELOOP)
        let all = reader.source.standing(problemsMax: 9)
        #expect(Set(all.problems) == Set(["a.log", "b.log", "c.log"].map { .unreadable(path: folder($0), reason: reason) }))
        #expect(all.problems.count == 3)
        #expect(reader.source.standing(problemsMax: 2).problems.count == 2)
        for name in ["a.log", "b.log", "c.log"] { folder.remove(name) }
        _ = reader.step(polls: 2)
        #expect(reader.source.standing(problemsMax: 9) == standing(unreadBytes: 0))
    }

    private func standing(unreadBytes: UInt64) -> FileSourceStanding {
        var standing = FileSourceStanding()
        standing.unreadBytes = unreadBytes
        return standing
    }
}
