// How often a source looks at its files: next to never where events tell of every change, at its interval where they may not.

import Glibc
import Tailing
import Testing

@Suite struct PollingTests {
    private let folder = Folder()

    /// How long until the next poll once everything that was there is known.
    private func interval(_ reader: Reader) -> Int64 {
        _ = reader.settle()
        return reader.source.nextPollAtMS - reader.nowMS
    }

    /// What an agent does: waits for events, and polls when that is due and no sooner.
    private func follow(_ reader: Reader) -> [String] {
        var poll = pollfd(fd: reader.source.descriptor, events: Int16(POLLIN), revents: 0)
        while Glibc.poll(&poll, 1, 0) == 1 {
            reader.source.readEvents()
            if reader.source.nextPollAtMS <= reader.nowMS + 1000 { reader.poll() }
            reader.readAll()
        }
        return reader.take()
    }

    @Test func idleFilesAreLeftAloneWhereEventsTellOfChanges() throws {
        for number in 0..<100 { folder.append("a\n", to: "app\(number).log") }
        let reader = try Reader(folder, "*.log")
        #expect(interval(reader) > 50_000)
    }

    @Test func eventsAloneLeadThroughARotation() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        let writer = Writer(folder("app.log"))
        #expect(reader.step(polls: 2) == ["a1"])
        writer.write("a2\n")
        #expect(follow(reader) == ["a2"])
        folder.rename("app.log", to: "app.log.1")
        writer.write("a3\n")
        folder.append("b1\n", to: "app.log")
        writer.write("a4\n")
        #expect(follow(reader) == ["a3", "a4", "b1"])
        folder.append("b2\n", to: "app.log")
        #expect(follow(reader) == ["b2"])
        #expect(interval(reader) > 50_000)
        #expect(folder.openDescriptors == 2)
    }

    @Test func aFileOnItsWayOutIsLookedAtAtTheInterval() throws {
        folder.append("a1\n", to: "app.log")
        let reader = try Reader(folder, "app.log")
        _ = reader.settle()
        folder.rename("app.log", to: "elsewhere")
        _ = reader.step()
        #expect(reader.source.nextPollAtMS <= reader.nowMS + 1000)
    }

    /// Files that are written to by other paths than the one that is watched, and what is not there or cannot be read yet.
    @Test(arguments: ["link", "hard link", "linked directory", "missing directory", "unreadable"])
    func whatNoEventTellsOfIsPolledAtTheInterval(kind: String) throws {
        folder.makeDirectory("elsewhere")
        folder.makeDirectory("log")
        folder.append("a1\n", to: "elsewhere/app.log")
        var directory = "log"
        switch kind {
        case "link": folder.link("log/app.log", to: folder("elsewhere/app.log"))
        case "hard link": precondition(Glibc.link(folder("elsewhere/app.log"), folder("log/app.log")) == 0)
        case "linked directory":
            folder.link("current", to: "elsewhere")
            directory = "current"
        case "missing directory": directory = "later"
        default: folder.link("log/app.log", to: "app.log")
        }
        let reader = try Reader(folder, directory + "/*.log")
        let isThere = ["link", "hard link", "linked directory"].contains(kind)
        #expect(reader.step(polls: 2) == (isThere ? ["a1"] : []))
        #expect(interval(reader) == 1000)
        if kind == "unreadable" { folder.remove("log/app.log") }
        if kind == "missing directory" { folder.makeDirectory("later") }
        if !isThere { folder.link(directory + "/app.log", to: folder("elsewhere/app.log")) }
        folder.append("a2\n", to: "elsewhere/app.log")
        #expect(reader.step(polls: 2) == (isThere ? ["a2"] : ["a1", "a2"]))
    }

    @Test func lostEventsAreMadeUpForByALookAtEverything() throws {
        var limit: [UInt8] = Array(Folder.content(ofPath: "/proc/sys/fs/inotify/max_queued_events").utf8)
        limit.removeAll { $0 == UInt8(ascii: "\n") }
        let eventsMax = try #require(Int(String(decoding: limit, as: UTF8.self)))
        try #require(eventsMax <= 1 << 17, "the queue of this machine is too long to fill")
        for name in ["a.log", "b.log", "late.log"] { folder.append("start of \(name)\n", to: name) }
        let reader = try Reader(folder, "*.log")
        _ = reader.settle()
        // Events that differ from the one before are not joined.
        let (left, right) = (Writer(folder("a.log")), Writer(folder("b.log")))
        for _ in 0...eventsMax / 2 {
            left.write("a\n")
            right.write("b\n")
        }
        Writer(folder("late.log")).write("lost\n")
        folder.append("new\n", to: "new.log")
        let texts = follow(reader)
        #expect(texts.contains("lost") && texts.contains("new"))
        #expect(
            Dictionary(grouping: texts, by: \.self).mapValues(\.count) == [
                "a": 1 + eventsMax / 2, "b": 1 + eventsMax / 2, "lost": 1, "new": 1,
            ])
        #expect(interval(reader) > 50_000)
    }
}
