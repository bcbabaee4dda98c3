// The agent as a process on a machine that fails it: a full disk, too few descriptors, reads that fail, and things in its globs that are no
// log files. It says so, goes on with what it can, and has lost nothing when the trouble is over.

import Agent
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized)
struct AdversityTests {
    private static func lines(_ numbers: Range<Int>) -> String { numbers.map(Scene.line).joined() }

    @Test(.enabled(if: canMount, "this machine does not allow mount namespaces"))
    func readingStopsWhileTheStatesDiskIsFullAndGoesOnByItself() async throws {
        let scene = try await Scene()
        try FileManager.default.createDirectory(at: scene.folder.url("state"), withIntermediateDirectories: true)
        let state = scene.folder.url("state").path
        let agent = try scene.start(launcher: Self.mounting(state, options: "size=4m,mode=0700"))
        try scene.folder.append(Self.lines(0..<10), to: "log/app.log")
        try await eventually("the first lines arrive") { try scene.arrivedCalls().count == 10 }

        let filler = "/proc/\(agent.processIdentifier)/root\(state)/filler"
        Self.fill(filler)
        try scene.folder.append(Self.lines(10..<5000), to: "log/app.log")
        try await eventually("it says that the disk is full") { agent.error.contains("no space left for the database") }
        // What is read is held back until it can be written.
        try scene.folder.rename("log/app.log", to: "log/app.log.1")
        try scene.folder.append(Self.lines(5000..<5100), to: "log/app.log")
        try #require(unlink(filler) == 0)
        try await eventually("all arrive") { try scene.arrivedCalls().count == 5100 }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        #expect(outcome.error.ranges(of: "no space left for the database").count == 1, "\(outcome.error)")
        #expect(scene.receiver.accepted.count == 5100)
        try scene.expectOrderPerPerson()
    }

    @Test(.enabled(if: canMount, "this machine does not allow mount namespaces"))
    func aDeletedFileIsLetGoBeforeTheDiskIsFull() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) }, settings: "spool: { max_bytes: 1MB }")
        let log = scene.folder.url("log").path
        let agent = try scene.start(launcher: Self.mounting(log, options: "size=4m,mode=0700"))
        try await eventually("it runs") { agent.error.contains("running") }
        let inside = "/proc/\(agent.processIdentifier)/root\(log)/app.log"
        try #require(FileManager.default.createFile(atPath: inside, contents: nil))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: inside))
        try file.write(contentsOf: Data(Self.lines(0..<170_000).utf8))
        try file.close()
        try await eventually("reading stops") { agent.error.contains("the outbox is full, reading stops") }
        #expect(agent.openPaths.contains(log + "/app.log"))
        try #require(unlink(inside) == 0)
        try await eventually("the file is let go") { agent.error.contains("deleted file let go before it was read to its end") }
        #expect(!agent.openPaths.contains { $0.hasSuffix("app.log (deleted)") })
        #expect(try await agent.stop().status == 0)
        let totals = try await scene.totals()
        #expect(totals.filesLost == 1 && totals.bytesLost > 0)
    }

    @Test func withTooFewDescriptorsNothingIsLost() async throws {
        let scene = try await Scene()
        let names = (0..<100).map { "log/\($0).log" }
        for (number, name) in names.enumerated() { try scene.folder.append(Scene.line(number), to: name) }
        let agent = try scene.start(launcher: ["/usr/bin/prlimit", "--nofile=80:80"])
        try await eventually("what was there arrives") { try scene.arrivedCalls().count == 100 }
        #expect(agent.error.ranges(of: "more files than may be open").count == 1, "\(agent.error)")
        for (number, name) in names.enumerated() { try scene.folder.append(Scene.line(100 + number), to: name) }
        try await eventually("what is added arrives") { try scene.arrivedCalls().count == 200 }
        // Closed files are found under their new names, and read while they are written to.
        for (number, name) in names.enumerated() {
            try scene.folder.append(Scene.line(200 + number), to: name)
            try scene.folder.rename(name, to: name + ".1")
            try scene.folder.append(Scene.line(300 + number), to: name + ".1")
        }
        try await eventually("what was rotated away arrives") { try scene.arrivedCalls().count == 400 }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        #expect(try scene.arrivedCalls() == (try await scene.derivedCalls(names.map { $0 + ".1" })))
        #expect(try await scene.derivedTotal() == 400)
    }

    @Test func whatIsNoLogFileIsRefusedOnceAndDisturbsNothing() async throws {
        let scene = try await Scene()
        func path(_ name: String) -> String { scene.folder.url("log/\(name).log").path }
        #expect(mkfifo(path("fifo"), 0o600) == 0)
        #expect(mkdir(path("directory"), 0o700) == 0)
        #expect(symlink("/dev/zero", path("device")) == 0)
        #expect(symlink("nowhere", path("dangling")) == 0)
        let socket = try Self.listen(at: path("socket"))
        defer { close(socket) }
        let agent = try scene.start()
        try scene.folder.append(Self.lines(0..<50), to: "log/app.log")
        try await eventually("the log is read") { try scene.arrivedCalls().count == 50 }
        // What stands there later is found, and a log that becomes something else is let go.
        #expect(unlink(path("fifo")) == 0)
        try scene.folder.append(Scene.line(50), to: "log/fifo.log")
        try scene.folder.rename("log/app.log", to: "log/app.log.1")
        #expect(mkfifo(path("app"), 0o600) == 0)
        try await eventually("the new log is read") { try scene.arrivedCalls().count == 51 }
        try await eventually("the FIFO is refused") { agent.error.ranges(of: "app.log").count > 1 && agent.error.contains("fifo") }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        for kind in ["fifo", "directory", "device", "socket"] {
            #expect(
                outcome.error.split(separator: "\n").count { $0.contains("/\(kind).log") && $0.contains("kind=\(kind)") } == 1,
                "\(outcome.error)")
        }
        #expect(try await scene.derivedTotal() == 51)
    }

    @Test(.enabled(if: canTrace, "this machine has no strace(1) that may trace"), arguments: ["EIO", "ESTALE"])
    func aFileThatCannotBeReadForAWhileIsReadOnce(error: String) async throws {
        let scene = try await Scene()
        let log = scene.folder.url("log/app.log").path
        try scene.folder.append(Self.lines(0..<1), to: "log/app.log")
        let agent = try scene.start(
            launcher: [
                "/usr/bin/strace", "-D", "-f", "-qq", "-o", "/dev/null", "-P", log, "-e", "inject=pread64:error=\(error):when=6..12",
            ])
        for number in 1..<15 {
            try scene.folder.append(Scene.line(number), to: "log/app.log")
            try await eventually("line \(number) arrives") { try scene.arrivedCalls().count > number }
        }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains(error == "EIO" ? "input/output error" : "stale file handle"), "\(outcome.error)")
        #expect(try scene.arrivedCalls() == (try await scene.derivedCalls("log/app.log")))
        #expect(try await scene.derivedTotal() == 15)
    }

    @Test(.enabled(if: canTrace, "this machine has no strace(1) that may trace"), arguments: ["inotify_init1", "inotify_add_watch"])
    func withoutChangeEventsPollingFindsEverything(call: String) async throws {
        let scene = try await Scene()
        try scene.folder.append(Scene.line(0), to: "log/app.log")
        let agent = try scene.start(
            launcher: ["/usr/bin/strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):error=ENOSPC"])
        for number in 1..<10 {
            try scene.folder.append(Scene.line(number), to: "log/app.log")
            if number == 4 { try scene.folder.rename("log/app.log", to: "log/app.log.1") }
            try await eventually("line \(number) arrives") { try scene.arrivedCalls().count > number }
        }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        #expect(outcome.error.contains("no space left on device"), "\(outcome.error)")
        #expect(try scene.arrivedCalls() == (try await scene.derivedCalls("log/app.log", "log/app.log.1")))
        #expect(try await scene.derivedTotal() == 10)
    }

    @Test func aLargeFileThatShrinksWhileItIsReadIsReadOn() async throws {
        let scene = try await Scene()
        try scene.folder.write(Self.lines(0..<100_000), to: "log/app.log")
        let agent = try scene.start()
        try await eventually("it is read") { !scene.receiver.requests.isEmpty }
        #expect(truncate(scene.folder.url("log/app.log").path, 0) == 0)
        try scene.folder.append(Self.lines(100_000..<100_100), to: "log/app.log")
        try await eventually("what was written then arrives") { try scene.arrivedCalls().values.count { $0.number >= 100_000 } == 100 }
        #expect(try await agent.stop().status == 0)
        #expect(try await scene.runOnce().status == 0)
        let arrived = try scene.arrivedCalls()
        // All of it from the beginning up to somewhere, and each line once.
        #expect(arrived.values.map(\.number).filter { $0 < 100_000 }.sorted() == Array(0..<arrived.count - 100))
        #expect(try await scene.derivedTotal() == arrived.count)
    }

    @Test(.enabled(if: canMount, "this machine does not allow mount namespaces"))
    func whoeverLooksLearnsOfAFullDisk() async throws {
        let scene = try await Scene(settings: "metrics: { listen: '127.0.0.1:0' }")
        try FileManager.default.createDirectory(at: scene.folder.url("state"), withIntermediateDirectories: true)
        let state = scene.folder.url("state").path
        // The control socket lies where the test can see it.
        let agent = try RunningProgram(
            ["run", "--config", scene.configuration], launcher: Self.mounting(state, options: "size=4m,mode=0700"),
            environment: ["RUNTIME_DIRECTORY": scene.folder.path])
        let path = scene.folder.url("control.sock").path
        try await eventually("metrics are served") { agent.metricsPort != nil }
        let port = try #require(agent.metricsPort)
        let tap = try RunningProgram(["tap", "--socket", path, "--missed"])
        try await eventually("the tap shows what is missed") {
            try scene.folder.append("nothing\n", to: "log/app.log")
            return tap.output.contains("nothing")
        }
        let filler = "/proc/\(agent.processIdentifier)/root\(state)/filler"
        Self.fill(filler)
        try scene.folder.append(Self.lines(0..<5000), to: "log/app.log")
        var status = try await Program.run("status", "--socket", path)
        try await eventually("the status tells") {
            status = try await Program.run("status", "--socket", path)
            return status.output.hasPrefix("degraded: nothing is read: the state cannot be written: ")
        }
        #expect(status.status == 1)
        #expect(status.lines[0].hasSuffix(": no space left for the database"))
        #expect(status.lines[1].hasPrefix("  hint: "))
        let scrape = try Scrape(port: port)
        #expect(scrape.imbalance == 0 && scrape["eventail_reading_stopped"] == 1 && scrape["eventail_degraded"] == 1)
        #expect(try FetchedPage(port: port, path: "/healthz").status == 200)
        #expect(try ControlPeer(path).ask("garbage\n").contains("this is no request"))
        try #require(unlink(filler) == 0)
        try await eventually("all arrive") { try scene.arrivedCalls().count == 5000 }
        try await eventually("all is well again") { try await Program.run("status", "--socket", path).status == 0 }
        #expect(try Scrape(port: port).imbalance == 0)
        // Who listened listens still.
        try scene.folder.append("the end\n", to: "log/app.log")
        try await eventually("the tap goes on") { tap.output.hasSuffix("  the end\n") }
        #expect(try await agent.stop().status == 0)
    }

    // MARK: The machine

    private static let canMount: Bool = Command.run(mounting("/mnt", options: "size=1m") + ["true"]) == 0
    private static let canTrace: Bool = Command.run(["/usr/bin/strace", "-o", "/dev/null", "true"]) == 0

    /// Runs a program for which a small file system in memory lies at `path`.
    private static func mounting(_ path: String, options: String) -> [String] {
        let script = "mount -t tmpfs -o \(options) tmpfs \(path) && exec \"$0\" \"$@\""
        return ["/usr/bin/unshare", "-m", "--propagation", "private", "/bin/sh", "-c", script]
    }

    /// Writes to a file until there is no more room.
    private static func fill(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, bytes, bytes.count) > 0 {}
    }

    private static func listen(at path: String) throws -> Int32 {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0)
        return socket
    }
}
