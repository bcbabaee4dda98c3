// What `eventail status` says of a running agent: all numbers when it is well, and the cause and the remedy when it is not.

import Foundation
import Glibc
import NIOHTTP1
import TestSupport
import Testing

@Suite(.serialized)
struct StatusTests {
    private func status(_ scene: Scene, _ options: String...) async throws -> Program.Outcome {
        try await RunningProgram(["status", "--config", scene.configuration] + options).end()
    }

    /// The status once its first line begins like this.
    private func status(_ scene: Scene, beginning text: String) async throws -> Program.Outcome {
        var outcome = try await status(scene)
        try await eventually("\(text) …") {
            outcome = try await status(scene)
            return outcome.output.hasPrefix(text)
        }
        return outcome
    }

    private func object(_ scene: Scene) async throws -> [String: Any] {
        let outcome = try await status(scene, "--json")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func first(_ name: String, of object: [String: Any]) throws -> [String: Any] {
        try #require((object[name] as? [[String: Any]])?.first)
    }

    @Test func healthComesFirstAndThenAllNumbers() async throws {
        let scene = try await Scene(
            ScriptedReceiver(),
            rules: Scene.rules + "\n" + #"""
                  - name: idle
                    match: '^never$'
                    identify: { userId: x }
                """#, source: "    max_record: 1KiB")
        let agent = try scene.start()
        try scene.folder.append((0..<5).map(Scene.line).joined() + String(repeating: "x", count: 5000) + "\n", to: "log/a.log")
        try await eventually("all are delivered") { try scene.arrivedCalls().count == 5 }
        try await eventually("the agent is at rest") {
            try first("destinations", of: await object(scene))["waiting"] as? Int == 0
        }
        let outcome = try await status(scene)
        #expect(outcome.status == 0)
        #expect(outcome.lines.first == "well: tailing 1 file, 2 rules, 5 delivered, 0 waiting")
        #expect(outcome.output.contains(#/\nshop +5 +0 +1 +0 +0 +0s +\d+s\n/#))
        #expect(outcome.output.contains(#/\naction +5 +5 +0 +0 +\d+s\n/#))
        #expect(outcome.output.contains(#/\nidle +0 +0 +0 +0 +-\n/#))
        #expect(outcome.output.contains(#/\ndefault +5 +5 +0 +0 +0 +- +\d\.\d\n/#))
        #expect(outcome.output.hasSuffix("\nlimits that acted: max_record 1\n"))

        let whole = try await object(scene)
        #expect(whole["health"] as? String == "well")
        let source = try first("sources", of: whole)
        #expect(source["recordsRead"] as? Int == 5 && source["lagBytes"] as? Int == 0 && source["lagSeconds"] as? Double == 0)
        let rule = try first("rules", of: whole)
        #expect(rule["callsByType"] as? [String: Int] == ["track": 5])
        #expect(abs(Double(try #require(rule["lastMatchAtMS"] as? Int)) / 1000 - Date().timeIntervalSince1970) < 60)
        let destination = try first("destinations", of: whole)
        #expect(try #require(destination["perSecond"] as? Double) > 0)
        #expect(destination["oldestWaitingSeconds"] == nil && destination["hold"] == nil)
        #expect(try await agent.stop().status == 0)
    }

    @Test func anOutageIsToldWithItsCauseAndItsRemedy() async throws {
        let receiver = ScriptedReceiver()
        let scene = try await Scene(receiver)
        try await receiver.close()
        let agent = try scene.start()
        try scene.folder.append((0..<3).map(Scene.line).joined(), to: "log/a.log")
        let outcome = try await status(
            scene, beginning: "degraded: delivery to default fails, and will be tried again: connection refused\n  hint: see that http://")
        #expect(outcome.status == 1)
        #expect(outcome.lines[1].hasSuffix("can be reached from here (`eventail check --online`); nothing is lost"))
        #expect(outcome.output.contains(#/\ndefault +3 +0 +0 +0 +3 +\d+s +0\.0\n/#))
        #expect(outcome.output.contains(#/\nlast error of default, \d+s ago: connection refused\n/#))
        let destination = try first("destinations", of: try await object(scene))
        #expect(destination["waiting"] as? Int == 3)
        #expect(try #require(destination["oldestWaitingSeconds"] as? Double) >= 0)

        try await receiver.listen(
            port: try #require(Int(scene.folder.text("eventail.yaml").firstMatch(of: #/127\.0\.0\.1:(\d+)/#)!.output.1)))
        // The last error is told although all is well again.
        let after = try await status(scene, beginning: "well: tailing 1 file, 1 rule, 3 delivered, 0 waiting")
        #expect(after.status == 0)
        #expect(after.output.contains("last error of default"))
        #expect(try await agent.stop().status == 0)
    }

    @Test func aBadKeyIsToldWithItsCauseAndItsRemedy() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(401, body: "no such key") })
        let agent = try scene.start()
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        let outcome = try await status(
            scene, beginning: "degraded: delivery to default is on hold: the receiver does not accept the key (401)\n")
        #expect(outcome.status == 1)
        #expect(outcome.lines[1] == "  hint: check `api_key`, and `region` or `url`; then `eventail reload`. Nothing is lost")
        #expect(outcome.output.contains(": 401: no such key\n"))
        #expect(try first("destinations", of: try await object(scene))["hold"] as? String == "the receiver does not accept the key (401)")
        #expect(try await agent.stop().status == 0)
    }

    @Test func aFullSpoolIsToldWithItsCauseAndItsRemedy() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) }, settings: "spool: { max_bytes: 1MB }")
        let line = "user=u1 did \(String(repeating: "x", count: 2000)) n=1\n"
        try scene.folder.append(String(repeating: line, count: 1500), to: "log/a.log")
        let agent = try scene.start()
        let outcome = try await status(scene, beginning: "degraded: nothing is read: the outbox is full (`spool.max_bytes`)\n")
        #expect(outcome.status == 1)
        #expect(outcome.lines[1] == "  hint: see why calls are not delivered, or raise `spool.max_bytes`; nothing is lost")
        #expect(outcome.lines[2].hasPrefix("degraded: delivery to default fails, and will be tried again: 503"))
        // What is unread lags, and for a time.
        try await eventually("the source lags") {
            let source = try first("sources", of: await object(scene))
            return source["lagBytes"] as? Int ?? 0 > 100_000 && source["lagSeconds"] as? Double ?? 0 > 0
        }
        #expect(try await agent.stop().status == 0)
    }

    @Test func droppedCallsAreToldWithTheirCauseAndTheRemedy() async throws {
        let scene = try await Scene(
            ScriptedReceiver { _, _ in .answer(503) }, destination: "  lanes: 1",
            settings: "spool: { max_bytes: 1MB, when_full: drop_oldest }")
        let agent = try scene.start()
        let line = "user=u1 did \(String(repeating: "x", count: 2000)) n=1\n"
        for _ in 0..<15 { try scene.folder.append(String(repeating: line, count: 100), to: "log/a.log") }
        try await eventually("the drop is told") {
            try await status(scene).output.contains(
                "degraded: the outbox is full, and its oldest calls are dropped\n  hint: see why calls are not delivered, or raise")
        }
        #expect(try await agent.stop().status == 0)
    }

    @Test func aLostPermissionIsToldWithItsCauseAndItsRemedy() async throws {
        let scene = try await Scene()
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        // Who is root may read everything, unless told not to.
        let agent = try scene.start(
            launcher: geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [])
        try await eventually("the call arrives") { try scene.arrivedCalls().count == 1 }
        let path = scene.folder.url("log/a.log").path
        // As logrotate does it with the wrong `create`.
        try scene.folder.rename("log/a.log", to: "log/a.log.1")
        try scene.folder.write(Array(Scene.line(2).utf8), to: "log/a.log", permissions: 0o000)
        let outcome = try await status(scene, beginning: "degraded: the source shop cannot read \(path): permission denied\n")
        #expect(outcome.status == 1)
        #expect(outcome.lines[1].hasPrefix("  hint: let the agent's user read it, for example `setfacl -m u:eventail:r \(path)`"))
        #expect(try first("sources", of: try await object(scene))["unreadable"] as? Int == 1)
        chmod(path, 0o600)
        _ = try await status(scene, beginning: "well: ")
        try await eventually("the line is read then") { try scene.arrivedCalls().count == 2 }
        #expect(try await agent.stop().status == 0)
    }
}
