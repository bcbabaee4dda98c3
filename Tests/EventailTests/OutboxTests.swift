// What waits and is not sent: a rule that the receiver refuses, a destination that is gone, a full outbox. Each is named in status
// with what to do, and that helps.

import Agent
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct OutboxTests {
    private static let rules = #"""
        rules:
          - { name: good, match: '^user=(?<userId>\S+) did (?<what>\S+) n=(?<n>\d+)$', types: { n: integer }, track: Action Done }
          - { name: faulty, match: '^user=(?<userId>\S+) saw (?<what>\S+) n=(?<n>\d+)$', types: { n: integer }, track: Broken }

        """#

    private func outbox(_ scene: Scene, _ arguments: String...) async throws -> Program.Outcome {
        try await RunningProgram(["outbox"] + arguments + ["--config", scene.configuration]).end()
    }

    private func status(_ scene: Scene) async throws -> Program.Outcome {
        try await Program.run("status", "--config", scene.configuration)
    }

    private func destination(_ scene: Scene) async throws -> AgentStatus.Destination? {
        let outcome = try await Program.run("status", "--json", "--config", scene.configuration)
        guard outcome.status != 3 else { return nil }
        return try JSONDecoder().decode(AgentStatus.self, from: Data(outcome.output.utf8)).destinations.first
    }

    private static func isRefused(_ request: Received) -> Bool { String(decoding: request.body, as: UTF8.self).contains("Broken") }

    @Test func aRefusedRuleIsNamedAndAMendedOneGoesOn() async throws {
        let scene = try await Scene(
            ScriptedReceiver { request, _ in Self.isRefused(request) ? .answer(400, body: "no such event") : .ok }, rules: Self.rules)
        let agent = try scene.start()
        for number in 0..<60 {
            try scene.folder.append("user=u\(number % 7) did it n=\(number)\nuser=u\(number % 7) saw it n=\(number)\n", to: "log/app.log")
        }
        try await eventually("the rule is parked") { try await destination(scene)?.parked?.map(\.rule) == ["faulty"] }
        // Others go on.
        try scene.folder.append(Scene.line(60), to: "log/app.log")
        try await eventually("all good calls") { try await destination(scene)?.delivered == 61 }
        let books = try #require(try await destination(scene))
        #expect(books.waiting > 0 && books.derived == books.delivered + books.deadLettered + books.discarded + books.waiting)
        let degraded = try await status(scene)
        #expect(degraded.status == 1)
        #expect(
            degraded.output.contains(
                "degraded: calls wait that are not sent to default: the receiver refuses the calls of the rule faulty: 400: no such event"))
        #expect(degraded.output.contains("`eventail outbox drop --rule faulty`"))
        #expect(try await outbox(scene, "list").output.hasPrefix("default  faulty  \(books.waiting) calls"))

        var traced = ""
        for user in 0..<7 { traced += try await Program.run("trace", "--config", scene.configuration, "--user", "u\(user)").output }
        let parked = "  default: waits: the receiver refuses the calls of the rule faulty: 400: no such event\n"
        #expect(traced.split(separator: parked, omittingEmptySubsequences: false).count == books.waiting + 1)

        // The rule is mended; what it makes now is sent, what waits is not.
        try scene.folder.write(Self.rules.replacing("Broken", with: "Mended"), to: "rules.d/shop.yaml")
        #expect(try await Program.run("reload", "--config", scene.configuration).status == 0)
        for number in 0..<3 { try scene.folder.append("user=u\(number) saw it n=\(number)\n", to: "log/app.log") }
        try await eventually("the mended rule's calls") { try await destination(scene)?.delivered == 64 }
        let waiting = try #require(try await destination(scene)?.waiting)
        #expect(waiting > 0)
        #expect(try await outbox(scene, "drop", "--rule", "faulty").output == "\(waiting) dropped, 0 kept\n")
        try await eventually("all is well") { try await status(scene).status == 0 }
        #expect(try await agent.stop().status == 0)
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 124 && totals.discarded == Int(waiting))
        #expect(totals.callsDerived == totals.delivered + totals.deadLettered + totals.discarded)
    }

    @Test func whatWaitsForADestinationThatIsGoneIsToldAndCanBeDropped() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) })
        try scene.folder.write((0..<30).map(Scene.line).joined(), to: "log/app.log")
        #expect(try await Program.run("run", "--config", scene.configuration, "--once", "--give-up-after", "1s").status == 1)
        let renamed = scene.folder.text("eventail.yaml").replacing("destination:\n  url", with: "destinations:\n other:\n  url")
        try scene.folder.write(renamed, to: "eventail.yaml")
        scene.receiver.follow { _, _ in .ok }
        let stranded = "30 calls wait for the destination `default`, which is not configured"
        let check = try await Program.run("check", "--config", scene.configuration)
        #expect(check.status == 0 && check.error.contains("warning: \(stranded)\n  hint: configure it again, or drop them"))
        let agent = try scene.start()
        try await eventually("it is told") { try await status(scene).output.contains("degraded: \(stranded)") }
        #expect(agent.error.contains("calls wait for a destination that is not configured"))
        #expect(try await outbox(scene, "list").output.contains("30 calls"))
        #expect(try await outbox(scene, "list", "--json").output.contains(#""configured":false"#))
        let unknown = try await outbox(scene, "drop", "--destination", "defalt")
        #expect(unknown.status == 1 && unknown.error.contains("did you mean `default`?"))
        #expect(try await outbox(scene, "drop").status == 2)
        #expect(try await outbox(scene, "drop", "--destination", "default", "--json").output == "{\"dropped\":30,\"kept\":0}\n")
        try await eventually("all is well") { try await status(scene).status == 0 }
        #expect(try await agent.stop().status == 0)
        #expect(try await scene.totals().discarded == 30)
    }

    @Test func withoutAnAgentTheCommandDropsByItself() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) })
        try scene.folder.write((0..<30).map(Scene.line).joined(), to: "log/app.log")
        #expect(try await Program.run("run", "--config", scene.configuration, "--once", "--give-up-after", "1s").status == 1)
        #expect(try await outbox(scene, "drop", "--all").output == "30 dropped, 0 kept\n")
        #expect(try await outbox(scene, "list").error == "eventail: 0 calls wait\n")
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 30 && totals.discarded == 30)
    }

    @Test func aFullOutboxNamesTheDestinationThatFillsIt() async throws {
        let crm = ScriptedReceiver { _, _ in .answer(503) }
        let scene = try await Scene(rules: Scene.rules, settings: "spool: { max_bytes: 1MB }")
        let port = try await crm.listen()
        let settings = scene.folder.text("eventail.yaml").replacing(
            "destination:\n  url",
            with: """
                destinations:
                 crm: { url: 'http://127.0.0.1:\(port)/v1', api_key: { file: key }, retry: { initial: 50ms, max: 200ms } }
                 warehouse:
                  url
                """)
        try scene.folder.write(settings, to: "eventail.yaml")
        let agent = try scene.start()
        try scene.folder.append((0..<8000).map(Scene.line).joined(), to: "log/app.log")
        try await eventually("it is told") {
            try await status(scene).output.contains(#/degraded: nothing is read: the outbox is full .*; \d+ % of it waits for crm/#)
        }
        #expect(try await agent.stop().status == 0)
    }
}
