// A systemd-journald of the tests' own, in a mount namespace where /run and /var/log/journal are empty memory, so that nothing of
// the machine is touched. Needs root, and a kernel that lets it.

import Foundation
import TestSupport
import Testing

final class LiveJournal {
    private let holder: Process
    private let daemon: Process
    private let folder: TemporaryFolder
    /// What a command begins with to run beside this journald.
    let launcher: [String]

    private static let journald = "/lib/systemd/systemd-journald"

    /// Why there can be none here, or nil.
    static let whyNot: Comment? = {
        if geteuid() != 0 { return "a journald of one's own needs root" }
        for path in [journald, "/usr/bin/systemd-cat", "/usr/bin/unshare", "/usr/bin/nsenter", "/etc/machine-id"]
        where access(path, R_OK) != 0 { return "\(path) is missing" }
        let trial = try? run(["/usr/bin/unshare", "-m", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/run"])
        return trial == 0 ? nil : "this machine does not allow mount namespaces"
    }()
    static var isAvailable: Bool { whyNot == nil }

    init() async throws {
        folder = try TemporaryFolder()
        let settings = "[Journal]\nStorage=auto\nSystemMaxFileSize=1M\nRateLimitIntervalSec=0\nForwardToSyslog=no\nForwardToWall=no\n"
        try folder.write(settings, to: "settings")
        let script = """
            set -e
            mount -t tmpfs tmpfs /run
            mkdir -p /var/log/journal /run/systemd/journald.conf.d
            mount -t tmpfs tmpfs /var/log/journal
            mkdir /var/log/journal/$(cat /etc/machine-id)
            cp \(folder.path)/settings /run/systemd/journald.conf.d/test.conf
            touch \(folder.path)/ready
            exec sleep infinity
            """
        holder = try Self.start(["/usr/bin/unshare", "-m", "--propagation", "private", "sh", "-c", script])
        let ready = folder.url("ready").path
        try await eventually("the namespace is there") { FileManager.default.fileExists(atPath: ready) }
        launcher = ["/usr/bin/nsenter", "-t", "\(holder.processIdentifier)", "-m", "-r"]
        daemon = try Self.start(launcher + [Self.journald])
        let launcher = launcher
        try await eventually("journald listens") { try Self.run(launcher + ["test", "-S", "/run/systemd/journal/stdout"]) == 0 }
    }

    deinit {
        for process in [daemon, holder] {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Logs each line as a message of the program `shop`, and waits until journald has all of them.
    func log(_ lines: String) throws {
        try folder.write(lines, to: "lines")
        #expect(try Self.run(launcher + ["sh", "-c", "systemd-cat -t shop < \(folder.path)/lines"]) == 0)
        try control("--sync")
    }

    /// Puts a journal file beside those of this journald.
    /// - Parameter place: in the folder of all journals; `ID` stands for the machine's id.
    func add(_ file: String, at place: String) throws {
        let script = """
            place=/var/log/journal/$(echo \(place) | sed "s/ID/$(cat /etc/machine-id)/")
            mkdir -p "$(dirname "$place")" && cp \(file) "$place"
            """
        #expect(try Self.run(launcher + ["sh", "-c", script]) == 0)
    }

    /// Runs journalctl.
    func control(_ options: String...) throws {
        #expect(try Self.run(launcher + ["journalctl"] + options) == 0)
    }

    private static func run(_ command: [String]) throws -> Int32 {
        let process = try start(command)
        process.waitUntilExit()
        return process.terminationStatus
    }

    private static func start(_ command: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
