// The demo's temporary folder: log files, configuration, state.

import Agent
import Foundation

struct DemoFolder {
    let path: String
    private let rulesFolder: String

    /// The ids of the demo depend on nothing but its lines.
    private static let idScope = "demo"

    init(rulesFolder: String) throws(AgentError) {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/eventail-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw AgentError(
                .failure, "can't make a temporary folder: \(String(cString: strerror(errno)))",
                hint: "set TMPDIR to a folder that can be written")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.rulesFolder = URL(fileURLWithPath: rulesFolder).path
    }

    var accessLog: String { "\(path)/web/access.log" }
    var rotatedAccessLog: String { "\(path)/web/access.log.1" }
    var appLog: String { "\(path)/app/app.log" }
    var state: String { "\(path)/state" }
    var configuration: String { "\(path)/eventail.yaml" }
    var agentLog: String { "\(path)/agent.log" }

    func writeConfiguration(port: Int) throws {
        for folder in ["web", "app"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
        try write("demo\n", to: "\(path)/key")
        try write(
            """
            destination:
              url: http://127.0.0.1:\(port)/v1
              api_key: { file: key }
              batch: { max_delay: 300ms }
              rate_limit: { requests_per_second: 50 }
            sources:
              web: { files: [web/access.log], rules: [nginx], start_at: beginning }
              app: { files: [app/app.log], rules: [app], start_at: beginning }
            rules: ['\(rulesFolder)/*.yaml']
            id_scope: \(Self.idScope)
            state: { directory: state }

            """, to: configuration)
    }

    /// The ids of the calls that the written lines must give: what `derive` makes of the files, without the agent's help.
    func expectedCalls() throws -> Set<String> {
        let file = "\(path)/expected.ndjson"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't write \(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var options = Derivation.Options()
        options.idScope = Self.idScope
        for (rules, logs) in [("nginx", [rotatedAccessLog, accessLog]), ("app", [appLog])] {
            let derivation = try Derivation(try RuleFiles(paths: ["\(rulesFolder)/\(rules).yaml"]), options)
            _ = try derivation.run(files: logs, to: descriptor)
        }
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        return Set(lines.compactMap { DemoCall($0.utf8)?.messageID })
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Readable by this user alone, as a key must be.
    private func write(_ text: String, to file: String) throws {
        guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw AgentError(.failure, "can't write \(file)")
        }
    }
}
