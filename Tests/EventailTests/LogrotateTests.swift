// The agent as a process beside the real logrotate, in the ways in which logs are rotated: what arrives is exactly what was written,
// under the message ids that `derive` gives to the files that are left, once, and in order for each person.

import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct LogrotateTests {
    /// Directives of logrotate.conf(5).
    static let ways = [
        "create",
        "nocreate",
        "nocreate\n dateext\n dateformat -%Y%m%d-%s",
        "create\n compress\n delaycompress",
        "create\n compress",
        "nocreate\n compress\n compresscmd /usr/bin/zstd\n compressoptions -q --rm\n compressext .zst",
        "create\n dateext\n dateformat -%Y%m%d-%s\n compress\n compresscmd /usr/bin/xz\n compressext .xz",
        "size 1\n create\n compress",
        "copytruncate",
        "copytruncate\n compress",
    ]

    @Test(arguments: ways)
    func nothingIsLostOrDoubledWhileTheAgentIsUp(way: String) async throws {
        let scene = try await Scene()
        let log = NumberedLog(scene)
        let logrotate = try Logrotate(way, in: scene.folder)
        let agent = try scene.start()
        for round in 0..<4 {
            try log.append(30)
            // At first the file has to be seen once; later lines may be rotated away before they are read.
            if round.isMultiple(of: 2) { try await arrive(log.count, at: scene) }
            try await logrotate.run()
            try log.append(1)
        }
        try await check(scene, log.count, agent)
    }

    @Test(arguments: ways)
    func nothingIsLostOrDoubledWhileTheAgentIsDown(way: String) async throws {
        let scene = try await Scene()
        let log = NumberedLog(scene)
        let logrotate = try Logrotate(way, in: scene.folder)
        var agent = try scene.start()
        for round in 0..<3 {
            try log.append(20)
            try await arrive(round == 0 ? 1 : log.count, at: scene)
            if round == 1 { _ = try await agent.stop() } else { agent.kill() }
            // The rest of one file, all of another, and the beginning of a third.
            for _ in 0..<2 {
                try log.append(20)
                try await logrotate.run()
            }
            try log.append(1)
            agent = try scene.start()
        }
        try log.append(20)
        try await check(scene, log.count, agent)
    }

    /// A program that was not told of the rotation goes on with the file that it has open.
    @Test(arguments: ["create", "create\n compress\n delaycompress"])
    func whatIsStillWrittenToTheRotatedFileArrives(way: String) async throws {
        let scene = try await Scene()
        let logrotate = try Logrotate(way, in: scene.folder)
        let agent = try scene.start()
        try scene.folder.append(Scene.line(0), to: "log/app.log")
        let writer = try FileHandle(forWritingTo: scene.folder.url("log/app.log"))
        try writer.seekToEnd()
        try await arrive(1, at: scene)
        try await logrotate.run()
        for number in 1..<20 {
            try writer.write(contentsOf: Data(Scene.line(number * 2).utf8))
            try scene.folder.append(Scene.line(number * 2 + 1), to: "log/app.log")
        }
        try writer.close()
        try await check(scene, 39, agent, isOrdered: false)
    }

    private func arrive(_ count: Int, at scene: Scene) async throws {
        try await eventually("\(count) calls arrive") { try scene.arrivedCalls().count >= count }
    }

    private func check(_ scene: Scene, _ lineCount: Int, _ agent: RunningProgram, isOrdered: Bool = true) async throws {
        try await arrive(lineCount, at: scene)
        let outcome = try await agent.stop()
        #expect(outcome.status == 0)
        let arrived = try scene.arrivedCalls()
        #expect(arrived.count == lineCount, "\(outcome.error)")
        let logs = try FileManager.default.contentsOfDirectory(atPath: scene.folder.url("log").path).map { "log/\($0)" }
        #expect(try await scene.derivedCalls(logs) == arrived, "\(logs)")
        #expect(try await scene.derivedTotal() == lineCount, "\(outcome.error)")
        if isOrdered { try scene.expectOrderPerPerson() }
    }
}

/// The log of a program that opens its file for every line.
private final class NumberedLog {
    private let scene: Scene
    private(set) var count = 0

    init(_ scene: Scene) {
        self.scene = scene
    }

    func append(_ lines: Int) throws {
        try scene.folder.append((count..<count + lines).map(Scene.line).joined(), to: "log/app.log")
        count += lines
    }
}

/// The program logrotate, with one log to rotate.
private final class Logrotate {
    private let folder: TemporaryFolder
    private let options: [String]
    private let isDated: Bool
    private var lastSecond = 0

    /// - Parameter way: what its configuration says of the log.
    init(_ way: String, in folder: TemporaryFolder) throws {
        self.folder = folder
        isDated = way.contains("dateext")
        options = way.contains("size") ? [] : ["--force"]
        try folder.write("\(folder.path)/log/app.log {\n missingok\n rotate 100\n \(way)\n}\n", to: "logrotate.conf")
    }

    func run() async throws {
        // It does not rotate to a name that is taken.
        if isDated { try await eventually("another second begins") { time(nil) > self.lastSecond } }
        let logrotate = Process()
        logrotate.executableURL = URL(fileURLWithPath: "/usr/sbin/logrotate")
        logrotate.arguments = options + ["--state", "\(folder.path)/logrotate.state", "\(folder.path)/logrotate.conf"]
        try logrotate.run()
        logrotate.waitUntilExit()
        try #require(logrotate.terminationStatus == 0)
        lastSecond = time(nil)
    }
}
