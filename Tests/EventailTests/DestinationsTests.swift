// Several destinations of one agent: each has its own progress, and rules choose among them.

import Agent
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct DestinationsTests {
    private final class Pair {
        let crm = ScriptedReceiver()
        let warehouse = ScriptedReceiver()
        let folder: TemporaryFolder

        init(rules: String = Scene.rules, crmSettings: String = "") async throws {
            folder = try TemporaryFolder()
            try folder.write(rules, to: "rules.d/shop.yaml")
            try folder.write("a-key\n", to: "key")
            try FileManager.default.createDirectory(at: folder.url("log"), withIntermediateDirectories: true)
            let common = "api_key: { file: key }, batch: { max_delay: 0s }, retry: { initial: 50ms, max: 200ms }"
            try folder.write(
                """
                destinations:
                  crm: { url: http://127.0.0.1:\(try await crm.listen())/v1, \(common)\(crmSettings) }
                  warehouse: { url: http://127.0.0.1:\(try await warehouse.listen())/v1, \(common) }
                sources: { shop: { files: ['log/*.log'], start_at: beginning, poll_interval: 100ms } }
                rules: ['rules.d/*.yaml']
                state: { directory: state }
                id_scope: test

                """, to: "eventail.yaml")
        }

        var configuration: String { folder.url("eventail.yaml").path }

        func start() throws -> RunningProgram { try RunningProgram(["run", "--config", configuration]) }

        /// Empty while no agent listens.
        func status() async throws -> [String: AgentStatus.Destination] {
            let outcome = try await Program.run("status", "--json", "--config", configuration)
            guard outcome.status != 3 else { return [:] }
            let status = try JSONDecoder().decode(AgentStatus.self, from: Data(outcome.output.utf8))
            return Dictionary(uniqueKeysWithValues: status.destinations.map { ($0.name, $0) })
        }

        func totals() async throws -> StateTotals { try await StateTotals(directory: folder.url("state").path) }

        func events(_ receiver: ScriptedReceiver) throws -> [String] {
            try receiver.requests.flatMap { request in
                let object = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
                return (object?["batch"] as? [[String: Any]] ?? []).map { $0["event"] as? String ?? "" }
            }
        }
    }

    @Test func oneThatIsDownDoesNotKeepTheOtherFromItsCalls() async throws {
        let pair = try await Pair()
        pair.crm.follow { _, _ in .answer(503) }
        var agent = try pair.start()
        try pair.folder.append((0..<30).map(Scene.line).joined(), to: "log/app.log")
        try await eventually("one has everything") { try await pair.status()["warehouse"]?.delivered == 30 }
        let crm = try #require(try await pair.status()["crm"])
        #expect(crm.waiting == 30 && crm.delivered == 0 && crm.lastFailure?.contains("503") == true)
        // Neither does it forget how far each is.
        agent.kill()
        agent = try pair.start()
        try pair.folder.append((30..<50).map(Scene.line).joined(), to: "log/app.log")
        try await eventually("one has the rest as well") { try await pair.status()["warehouse"]?.delivered == 50 }
        #expect(try await pair.status()["crm"]?.waiting == 50)
        pair.crm.follow { _, _ in .ok }
        try await eventually("the other has everything") { try await pair.status()["crm"]?.delivered == 50 }
        #expect(try await agent.stop().status == 0)
        #expect(pair.warehouse.accepted.count == 50)
        #expect(pair.crm.accepted.count == 50)
        #expect(Set(pair.warehouse.accepted) == Set(pair.crm.accepted))
        let totals = try await pair.totals()
        #expect(totals.callsDerived == 100 && totals.delivered == 100)
    }

    @Test func rulesNameTheDestinationsOfTheirCalls() async throws {
        let rules = #"""
            rules:
              - { name: both, match: '^user=(?<userId>\S+) ', track: Seen }
              - { name: one, match: '^user=(?<userId>\S+) ', track: Sold, destinations: [crm] }
              - { name: command, match: '^user=(?<userId>\S+) says (?<_word>.*)$', track: '{{ _word }}', destinations: crm }
              - { name: other, match: '^user=(?<userId>\S+) says (?<_word>.*)$', track: '{{ _word }}', destinations: [warehouse] }
            """#
        let pair = try await Pair(rules: rules, crmSettings: ", allow_reserved_events: ['User Deleted']")
        try pair.folder.write("user=u1 says User Deleted\n", to: "log/app.log")
        let outcome = try await Program.run("run", "--config", pair.configuration, "--once")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try pair.events(pair.crm) == ["Seen", "Sold", "User Deleted"])
        #expect(try pair.events(pair.warehouse) == ["Seen"])
        // What the one allows is still a command that the other must not get.
        let letters = try await Program.run("dead-letters", "list", "--json", "--config", pair.configuration)
        #expect(letters.lines.count == 1)
        #expect(letters.output.contains(#""destination":"warehouse","reason":"reserved_event""#))
        let totals = try await pair.totals()
        #expect(totals.callsDerived == 5 && totals.delivered == 4 && totals.deadLettered == 1)
        let check = try await Program.run("check", "-v", "--config", pair.configuration)
        #expect(check.output.contains("): track to crm; looks at"))
    }
}
