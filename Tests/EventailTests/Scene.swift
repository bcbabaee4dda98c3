// A receiver, a configuration and a log: what most tests of the agent need.

import Agent
import Foundation
import TestSupport
import Testing

final class Scene {
    let folder: TemporaryFolder
    let receiver: ScriptedReceiver

    /// - Parameters:
    ///   - rules: a rule file; the default makes a track call of `user=… did …`.
    ///   - files: what the source reads.
    ///   - settings: further lines of eventail.yaml.
    init(
        _ receiver: ScriptedReceiver = ScriptedReceiver(), rules: String = Scene.rules, source: String = "", files: String = Scene.files,
        destination: String = "",
        settings: String = ""
    ) async throws {
        folder = try TemporaryFolder()
        self.receiver = receiver
        let port = try await receiver.listen()
        try folder.write(rules, to: "rules.d/shop.yaml")
        try folder.write("a-key\n", to: "key")
        try FileManager.default.createDirectory(at: folder.url("log"), withIntermediateDirectories: true)
        try folder.write(
            """
            destination:
              url: http://127.0.0.1:\(port)/v1
              api_key: { file: key }
              batch: { max_delay: 50ms }
              rate_limit: { requests_per_second: 0 }
              retry: { initial: 50ms, max: 200ms }
            \(destination)
            sources:
              shop:
            \(files)
            \(source)
            rules: ['rules.d/*.yaml']
            state: { directory: state }
            id_scope: test
            \(settings)

            """, to: "eventail.yaml")
    }

    static let files = """
            files: ['log/*.log']
            start_at: beginning
            poll_interval: 100ms
        """

    static let rules = #"""
        rules:
          - name: action
            match: '^user=(?<userId>\S+) did (?<what>\S+) n=(?<n>\d+)$'
            types: { n: integer }
            track: Action Done
        """#

    /// Line `number` of a log that these rules understand; users repeat, so that order matters.
    static func line(_ number: Int) -> String { "user=u\(number % 7) did it n=\(number)\n" }

    var configuration: String { "\(folder.path)/eventail.yaml" }

    func start(launcher: [String] = []) throws -> RunningProgram {
        try RunningProgram(["run", "--config", configuration], launcher: launcher)
    }

    func runOnce() async throws -> Program.Outcome {
        try await Program.run("run", "--config", configuration, "--once", "--give-up-after", "30s")
    }

    /// The calls that arrived, by message id, each as it arrived first.
    func arrivedCalls() throws -> [String: Call] {
        try receiver.requests.flatMap { try Call.all(inBody: $0.body) }.reduce(into: [:]) { calls, call in
            if calls[call.messageID] == nil { calls[call.messageID] = call }
        }
    }

    /// What `derive` makes of the files, by message id.
    func derivedCalls(_ files: String...) async throws -> [String: Call] { try await derivedCalls(files) }

    func derivedCalls(_ files: [String]) async throws -> [String: Call] {
        let options = ["derive", "--rules", "\(folder.path)/rules.d", "--id-scope", "test", "--origin"]
        let outcome = try await RunningProgram(options + files.map { folder.url($0).path }).end()
        return Dictionary(try Call.all(inLines: outcome.lines).map { ($0.messageID, $0) }) { first, _ in first }
    }

    /// Within each person's calls the numbers ascend, in the order of first acceptance.
    func expectOrderPerPerson() throws {
        var latest: [String: Int] = [:]
        var seen: Set<String> = []
        for call in try receiver.requests.flatMap({ try Call.all(inBody: $0.body) }) where seen.insert(call.messageID).inserted {
            #expect(call.number > latest[call.userId] ?? -1)
            latest[call.userId] = call.number
        }
    }

    /// How many calls were derived in all, by the persisted counters; no agent may run.
    func derivedTotal() async throws -> Int {
        try await totals().callsDerived
    }

    /// The persisted counters, summed up; no agent may run.
    func totals() async throws -> StateTotals {
        try await StateTotals(directory: folder.url("state").path)
    }
}

/// What tests look at in a call.
struct Call: Equatable {
    var messageID: String
    var userId: String
    var number: Int

    init(_ object: Any) throws {
        let call = try #require(object as? [String: Any])
        messageID = try #require(call["messageId"] as? String)
        userId = call["userId"] as? String ?? ""
        number = (call["properties"] as? [String: Any])?["n"] as? Int ?? -1
    }

    static func all(inBody body: [UInt8]) throws -> [Call] {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        return try #require(object["batch"] as? [Any]).map { try Call($0) }
    }

    static func all(inLines lines: [String]) throws -> [Call] {
        try lines.map { try Call(try JSONSerialization.jsonObject(with: Data($0.utf8))) }
    }
}
