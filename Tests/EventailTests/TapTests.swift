// What `eventail tap` shows of a running agent, to whom, and that nobody who listens can hurt the agent.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized)
struct TapTests {
    private static let request = #"{"version":1,"command":"tap"}"# + "\n"
    private static let accepted = #"{"version":1}"#

    /// A tap that has shown something, as more lines were written until it did.
    private func tap(_ scene: Scene, _ options: String..., line: (Int) -> String = Scene.line) async throws -> RunningProgram {
        let tap = try RunningProgram(["tap", "--config", scene.configuration] + options)
        var number = 0
        try await eventually("the tap shows something") {
            try scene.folder.append(line(number), to: "log/a.log")
            number += 1
            return !tap.output.isEmpty || !tap.isRunning
        }
        return tap
    }

    private func started(_ scene: Scene) async throws -> RunningProgram {
        let agent = try scene.start()
        try await eventually("the agent answers") { try await Program.run("status", "--config", scene.configuration).status == 0 }
        return agent
    }

    private func objects(_ tap: RunningProgram) throws -> [[String: Any]] {
        try tap.output.split(separator: "\n").map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    @Test func callsAreShownAsTheyWillBeSent() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let tap = try await tap(scene, "--json", "--limit", "20", "--user", "u3")
        for number in 0..<200 { try scene.folder.append(Scene.line(number), to: "log/a.log") }
        #expect(try await tap.end().status == 0)
        let events = try objects(tap)
        #expect(events.count == 20)
        try await eventually("all is sent") { try scene.arrivedCalls().count == (try await scene.derivedCalls("log/a.log")).count }
        let arrived = try scene.arrivedCalls()
        for event in events {
            #expect(event["kind"] as? String == "call" && event["verdict"] as? String == "send")
            #expect(event["source"] as? String == "shop" && event["rule"] as? String == "action")
            #expect(event["file"] as? String == scene.folder.url("log/a.log").path)
            let call = try Call(try #require(event["call"]))
            #expect(call.userId == "u3" && arrived[call.messageID] == call)
            // The offset leads to the line.
            let offset = try #require(event["offset"] as? Int)
            let line = scene.folder.text("log/a.log").utf8.dropFirst(offset).prefix { $0 != UInt8(ascii: "\n") }
            #expect(String(line)! + "\n" == Scene.line(call.number))
        }
        #expect(try await agent.stop().status == 0)
    }

    @Test func recordsThatNoRuleMatchedAreShownAndNoOthers() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let tap = try await tap(scene, "--missed", "--source", "shop") { "user=u1 did \u{1B}[31m it n=\($0) or not\n" }
        try scene.folder.append((0..<50).map(Scene.line).joined() + "the last\n", to: "log/a.log")
        try await eventually("the last is shown") { tap.output.contains("  the last\n") }
        #expect(tap.output.hasPrefix("no rule  shop  \(scene.folder.url("log/a.log").path), byte "))
        // What a log says commands no terminal.
        #expect(tap.output.contains("  user=u1 did \\u{1B}[31m it n="))
        #expect(!tap.output.contains("did it"))
        // Who sees what was missed changes nothing of what is derived.
        try await eventually("the calls arrive") { try scene.arrivedCalls().count == 50 }
        let stopped = try await agent.stop()
        #expect(stopped.status == 0)
        let outcome = try await tap.end()
        #expect(outcome.status == 1 && outcome.error.contains("has stopped"))
    }

    @Test func callsThatAreNotSentSayWhy() async throws {
        let scene = try await Scene(
            rules: Scene.rules.replacing("types:", with: "mode: shadow\n    types:"))
        let agent = try await started(scene)
        let tap = try await tap(scene)
        #expect(tap.output.contains(#/^action  shop  \S+\/a\.log, byte \d+  \(shadow: not sent\)\n  \{"type":"track",.*\}\n/#))
        #expect(try await agent.stop().status == 0)
    }

    @Test func aNameThatDoesNotExistIsRefused() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let outcome = try await Program.run("tap", "--config", scene.configuration, "--rule", "acton")
        #expect(outcome.status == 1)
        #expect(outcome.error == "eventail: the agent has no rule `acton`\n  hint: did you mean `action`?\n")
        #expect(try await Program.run("tap", "--missed", "--rule", "action").status == 2)
        #expect(try await agent.stop().status == 0)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func whoMayNotSeePeoplesDataIsRefused() async throws {
        let scene = try await Scene()
        chmod(scene.folder.path, 0o755)
        let agent = try RunningProgram(["run", "--config", scene.configuration], environment: ["RUNTIME_DIRECTORY": scene.folder.path])
        let path = scene.folder.url("control.sock").path
        let nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        try await eventually("the agent answers") { try await Program.run("status", "--socket", path).status == 0 }
        for (command, options) in [("tap", []), ("trace", ["--user", "u1"]), ("status", [])] {
            let outcome = try await RunningProgram([command, "--socket", path] + options, launcher: nobody).end()
            #expect(outcome.status == 1)
            #expect(outcome.error.hasPrefix("eventail: not permitted: this takes root, the agent's own user or a member of the group "))
            #expect(outcome.error.contains("eventail-admin") == (command != "status"))
        }
        #expect(try await agent.stop().status == 0)
    }

    @Test func whoReadsTooSlowlyIsToldHowMuchItMissed() async throws {
        let scene = try await Scene(settings: "metrics: { listen: '127.0.0.1:0' }")
        let agent = try await started(scene)
        let listener = try ControlPeer(scene.folder.url("state/control.sock").path)
        #expect(listener.ask(Self.request) == Self.accepted)
        try scene.folder.append((0..<5000).map(Scene.line).joined(), to: "log/a.log")
        try await eventually("every call arrives") { try scene.arrivedCalls().count == 5000 }
        var (calls, dropped) = (0, 0)
        while calls + dropped < 5000 {
            let event = try #require(try? JSONSerialization.jsonObject(with: Data(listener.line().utf8)) as? [String: Any])
            if event["kind"] as? String == "dropped" { dropped += try #require(event["count"] as? Int) } else { calls += 1 }
        }
        #expect(calls + dropped == 5000 && calls > 0 && dropped > 0)
        let scrape = try Scrape(port: try #require(agent.metricsPort))
        #expect(scrape["eventail_limit_hits_total", ["limit": "tap_queue"]] == Double(dropped))
        #expect(try await agent.stop().status == 0)
    }

    @Test func aThousandListenersThatNeverReadHurtNobody() async throws {
        let scene = try await Scene(settings: "metrics: { listen: '127.0.0.1:0' }")
        let agent = try await started(scene)
        let path = scene.folder.url("state/control.sock").path
        // The first ones stay and never read on; of the others all are refused or let go.
        var listeners: [ControlPeer] = []
        var answers: [String] = []
        for round in 0..<50 {
            // Few at a time, for the process of the tests has descriptors for all tests.
            let visitors = try (0..<20).map { _ in try ControlPeer(path) }
            for visitor in visitors { visitor.say(Self.request) }
            answers += visitors.map { $0.line() }
            if round < 4 { listeners += visitors }
            try scene.folder.append((round * 400..<round * 400 + 400).map(Scene.line).joined(), to: "log/a.log")
        }
        #expect(answers.count { $0 == Self.accepted } >= 16)
        #expect(answers.contains { $0.contains("16 listen already") })
        try await eventually("every call arrives") { try scene.arrivedCalls().count == 20_000 }
        try scene.expectOrderPerPerson()
        let scrape = try Scrape(port: try #require(agent.metricsPort))
        for limit in ["taps", "control_connections"] {
            #expect(try #require(scrape["eventail_limit_hits_total", ["limit": limit]]) > 0)
        }
        #expect(try #require(scrape["process_resident_memory_bytes"]) < 300e6)
        withExtendedLifetime(listeners) {}
        listeners = []
        try await eventually("there is room again") { try ControlPeer(path).ask(Self.request) == Self.accepted }
        #expect(try await agent.stop().status == 0)
    }
}
