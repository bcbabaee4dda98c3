// Drives the built program as a person or systemd would: arguments in, output and exit code out.

import Foundation
import TestSupport
import Testing

enum Program {
    /// The program stands beside the test bundle, wherever that was built.
    static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("eventail")

    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var error: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Runs the program to its end.
    static func run(_ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:]) async throws -> Outcome {
        let running = try RunningProgram(arguments, input: input, environment: environment)
        return try await running.end()
    }
}

/// The program at work. Its output goes to files, so that no pipe can fill up.
final class RunningProgram: Sendable {
    private let process: Process
    private let folder: TemporaryFolder

    /// - Parameter launcher: a command that becomes the program, such as nsenter(1); its executable by its path.
    init(_ arguments: [String], launcher: [String] = [], input: [UInt8] = [], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        process = Process()
        let command = launcher + [Program.url.path] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try folder.write(input, to: "input")
        try folder.write([], to: "output")
        try folder.write([], to: "error")
        let source = try FileHandle(forReadingFrom: folder.url("input"))
        let output = try FileHandle(forWritingTo: folder.url("output"))
        let error = try FileHandle(forWritingTo: folder.url("error"))
        (process.standardInput, process.standardOutput, process.standardError) = (source, output, error)
        // The child has descriptors of its own. Foundation never lets go of a process that has run, nor of its handles, and reads
        // beyond a buffer when it starts a process while more than about 1300 descriptors are open.
        defer { for handle in [source, output, error] { try? handle.close() } }
        try process.run()
    }

    deinit { kill() }

    var output: String { folder.text("output") }
    var error: String { folder.text("error") }
    var isRunning: Bool { process.isRunning }
    var processIdentifier: pid_t { process.processIdentifier }

    /// What its descriptors lead to, by proc(5).
    var openPaths: [String] {
        let folder = "/proc/\(processIdentifier)/fd/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0) }
    }

    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM, and the end.
    func stop() async throws -> Program.Outcome {
        process.terminate()
        return try await end()
    }

    func end() async throws -> Program.Outcome {
        try await eventually("the program ends") { !self.process.isRunning }
        return Program.Outcome(status: process.terminationStatus, output: output, error: error)
    }
}

/// A folder of its own for each test, removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/eventail-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: "\(path)/\(name)") }

    func text(_ name: String) -> String {
        (try? Data(contentsOf: url(name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Replaces the file, and makes the folders it lies in.
    func write(_ bytes: some Sequence<UInt8>, to name: String, permissions: Int = 0o600) throws {
        try FileManager.default.createDirectory(at: url(name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try #require(
            FileManager.default.createFile(atPath: url(name).path, contents: Data(bytes), attributes: [.posixPermissions: permissions]))
    }

    func write(_ text: String, to name: String) throws {
        try write(text.utf8, to: name)
    }

    func append(_ text: String, to name: String) throws {
        if !FileManager.default.fileExists(atPath: url(name).path) { try write("", to: name) }
        let file = try FileHandle(forWritingTo: url(name))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
    }

    func rename(_ old: String, to new: String) throws {
        try FileManager.default.moveItem(at: url(old), to: url(new))
    }
}
