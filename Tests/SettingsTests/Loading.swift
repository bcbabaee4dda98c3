// What the tests load configuration with: real files in a directory that is removed again.

import Documents
import Foundation
import Settings

/// A directory with files, removed with this object.
final class ConfigurationDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String, permissions: Int = 0o640) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        return file
    }
}

/// The least that is a configuration, with `more` after it.
func configuration(_ more: String = "", source: String = "{ files: [a.log] }", destination: String = "") -> String {
    """
    destination: { api_key: { env: KEY }\(destination.isEmpty ? "" : ", \(destination)") }
    sources: { app: \(source) }
    \(more)
    """
}

/// What loading a text gives.
struct Loaded {
    var settings: Settings?
    var warnings: [Problem] = []
    var problems: [Problem] = []

    /// "line:column message", without the file.
    var told: [String] { problems.map(Self.brief) }
    var warned: [String] { warnings.map(Self.brief) }
    var hints: [String?] { problems.map(\.hint) }

    private static func brief(_ problem: Problem) -> String {
        (problem.place.map { "\($0.line):\($0.column) " } ?? "") + problem.message
    }
}

func load(_ texts: String..., environment: [String: String] = [:]) throws -> Loaded {
    let directory = try ConfigurationDirectory()
    let files = try texts.enumerated().map { try directory.write($0.element, to: "\($0.offset).yaml") }
    do throws(Problems) {
        let (settings, warnings) = try Settings.load(files: files, environment: environment)
        return Loaded(settings: settings, warnings: warnings)
    } catch {
        return Loaded(problems: error.all)
    }
}
