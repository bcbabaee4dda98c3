// Appends captured log lines to the demo's files, as a web server and an application would.

import Agent
import Foundation

struct DemoWriter {
    private let folder: DemoFolder
    private let accessLines = lines(PackageResources.access_log)
    private let appLines = lines(PackageResources.app_log)
    private var access: FileHandle?
    private var app: FileHandle?
    private var step = 0
    /// How many lines were written, to both files together.
    private(set) var lineCount = 0

    init(_ folder: DemoFolder) {
        self.folder = folder
    }

    mutating func begin() throws {
        access = try Self.create(folder.accessLog)
        app = try Self.create(folder.appLog)
    }

    /// One line for each file; the captures are repeated when they come to their ends.
    mutating func appendLine() throws {
        try access?.write(contentsOf: accessLines[step % accessLines.count])
        try app?.write(contentsOf: appLines[step % appLines.count])
        step += 1
        lineCount += 2
    }

    /// What logrotate does by default: rename, create.
    mutating func rotate() throws {
        try FileManager.default.moveItem(atPath: folder.accessLog, toPath: folder.rotatedAccessLog)
        access = try Self.create(folder.accessLog)
    }

    private static func create(_ file: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: file, contents: nil) else { throw AgentError(.failure, "can't write \(file)") }
        return try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    }

    private static func lines(_ bytes: [UInt8]) -> [Data] {
        bytes.split(separator: UInt8(ascii: "\n")).map { Data($0 + [UInt8(ascii: "\n")]) }
    }
}
