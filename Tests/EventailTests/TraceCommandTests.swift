// What `eventail trace` tells of calls that a running agent delivered, holds, buried or dropped, across outages, kills and reloads.

import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct TraceCommandTests {
    private static let isKept = "trace: {}"

    private func started(_ scene: Scene) async throws -> RunningProgram {
        let agent = try scene.start()
        try await eventually("the agent answers") { try await Program.run("status", "--config", scene.configuration).status != 3 }
        return agent
    }

    private func trace(_ scene: Scene, _ options: String...) async throws -> Program.Outcome {
        try await RunningProgram(["trace", "--config", scene.configuration] + options).end()
    }

    /// The calls of a user, by their `n`'s line: `trace --json`, oldest first.
    private func fates(_ scene: Scene, user: String) async throws -> [Traced] {
        let outcome = try await trace(scene, "--user", user, "--json")
        return try outcome.lines.map { try JSONDecoder().decode(Traced.self, from: Data($0.utf8)) }
    }

    /// As programs read it.
    private struct Traced: Decodable {
        struct Head: Decodable { var type, messageId, timestamp, userId, event: String }
        struct Step: Decodable { var what, time: String; var reason, answer: String? }
        struct Fate: Decodable { var destination, state: String; var why: String?; var dead_letter: Int?; var steps: [Step] }
        var call: Head
        var source, file, rule: String
        var offset: Int
        var destinations: [Fate]

        var state: String? { destinations.first?.state }
        var whats: [String] { destinations.flatMap(\.steps).map(\.what) }
    }

    @Test func aDeliveredCallIsTracedFromItsLineToItsAnswer() async throws {
        let scene = try await Scene(settings: Self.isKept)
        let agent = try await started(scene)
        try scene.folder.append((0..<30).map(Scene.line).joined(), to: "log/a.log")
        try await eventually("all are told") { try await fates(scene, user: "u3").map(\.state) == Array(repeating: "delivered", count: 4) }
        let derived = try await scene.derivedCalls("log/a.log")
        for (fate, number) in zip(try await fates(scene, user: "u3"), [3, 10, 17, 24]) {
            #expect(derived[fate.call.messageId]?.number == number)
            #expect(fate.call.type == "track" && fate.call.event == "Action Done" && fate.call.userId == "u3")
            #expect(fate.source == "shop" && fate.rule == "action" && fate.file == scene.folder.url("log/a.log").path)
            #expect(fate.offset == (0..<number).map { Scene.line($0).utf8.count }.reduce(0, +))
            #expect(fate.whats == ["queued", "delivered"] && fate.destinations[0].steps[1].answer == "200")
            let steps = fate.destinations[0].steps
            #expect(steps[0].time <= steps[1].time && steps[0].time.hasSuffix("Z"))
        }
        let id = try #require(try await fates(scene, user: "u3").last).call.messageId
        let one = try await trace(scene, "--message-id", id)
        #expect(one.status == 0)
        #expect(
            one.output.contains(
                #/^\w{26}  track  Action Done  u3\n  read from shop  \S+\/log\/a\.log, byte \d+, by the rule action\n  default: delivered\n/#
            ))
        #expect(one.output.contains(#/\n    [-\dT:.]+Z  queued\n    [-\dT:.]+Z  delivered \(200\)\n$/#))
        #expect(one.error.contains(#/^eventail: the trace is complete since [-\dT:.]+Z\n$/#))
        // Nothing of a call but its head.
        #expect(!(try await trace(scene, "--user", "u3", "--json").output.contains(#""n""#)))

        #expect(try await trace(scene, "--user", "u3", "--limit", "2", "--json").lines.count == 2)
        #expect(try await trace(scene, "--user", "u3", "--limit", "2").error.contains("there are older ones"))
        #expect(try await trace(scene, "--user", "u3", "--since", "1h", "--json").lines.count == 4)
        let later = try await trace(scene, "--user", "u3", "--since", "2099-01-01T00:00:00Z")
        #expect(later.status == 1 && later.output.isEmpty)
        let nobody = try await trace(scene, "--user", "u9")
        #expect(nobody.status == 1 && nobody.output.isEmpty)
        #expect(
            nobody.error.contains(#/^eventail: no such call waits, is a dead letter, or is in the trace, which is complete since .*Z\n$/#))
        #expect(try await agent.stop().status == 0)
    }

    @Test func aCallThatWaitsSaysWhyAndIsTracedThroughAKill() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503, body: "down") }, settings: Self.isKept)
        var agent = try await started(scene)
        try scene.folder.append((0..<3).map(Scene.line).joined(), to: "log/a.log")
        let why = "delivery fails, and will be tried again: 503: down"
        try await eventually("it waits") { try await fates(scene, user: "u1").first?.destinations[0].why == why }
        let before = try #require(try await fates(scene, user: "u1").first)
        #expect(before.state == "waiting" && before.whats == ["queued"])
        #expect(try await trace(scene, "--user", "u1").output.contains("\n  default: waits: \(why)\n"))

        agent.kill()
        scene.receiver.follow { _, _ in .answer(401) }
        agent = try await started(scene)
        try await eventually("it waits for the key") {
            try await fates(scene, user: "u1").first?.destinations[0].why?.hasPrefix("delivery is on hold: ") == true
        }
        agent.kill()
        scene.receiver.follow { _, _ in .ok }
        agent = try await started(scene)
        try await eventually("it is delivered") { try await fates(scene, user: "u1").first?.state == "delivered" }
        let after = try #require(try await fates(scene, user: "u1").first)
        #expect(after.whats == ["queued", "delivered"])
        #expect(after.destinations[0].steps[0].time == before.destinations[0].steps[0].time)
        #expect(try await agent.stop().status == 0)
    }

    @Test func aRefusedCallIsTracedThroughItsRetry() async throws {
        let isStrict = Mutex(true)
        let scene = try await Scene(
            ScriptedReceiver { request, _ in
                isStrict.withLock { $0 } && String(decoding: request.body, as: UTF8.self).contains("\"n\":13}")
                    ? .answer(400, body: "no") : .ok
            }, settings: Self.isKept)
        let agent = try await started(scene)
        try scene.folder.append((0..<30).map(Scene.line).joined(), to: "log/a.log")
        try await eventually("it is a dead letter") { try await fates(scene, user: "u6").map(\.state).contains("dead_letter") }
        try await eventually("others are delivered") { try await fates(scene, user: "u6").count == 4 }
        let dead = try #require(try await fates(scene, user: "u6").first { $0.state == "dead_letter" }?.destinations[0])
        #expect(dead.steps.map(\.what) == ["queued", "dead_letter"])
        #expect(dead.steps[1].reason == "refused" && dead.steps[1].answer == "400: no")
        let letter = try #require(dead.dead_letter)
        let text = try await trace(scene, "--user", "u6").output
        #expect(text.contains("\n  default: dead letter \(letter)\n") && text.contains("dead letter: refused by the receiver (400: no)\n"))

        isStrict.withLock { $0 = false }
        let retry = try await Program.run("dead-letters", "retry", "\(letter)", "--state", scene.folder.url("state").path)
        #expect(retry.output == "1 put back, 0 kept\n")
        try await eventually("it is delivered") { try await fates(scene, user: "u6").last?.state == "delivered" }
        #expect(try await fates(scene, user: "u6").last?.whats == ["queued", "dead_letter", "put_back", "delivered"])
        #expect(try await agent.stop().status == 0)
    }

    @Test func aDroppedCallSaysSoForEachDestination() async throws {
        let crm = ScriptedReceiver { _, _ in .answer(401) }
        let scene = try await Scene(settings: Self.isKept)
        let port = try await crm.listen()
        let settings = scene.folder.text("eventail.yaml").replacing(
            "destination:\n  url",
            with: """
                destinations:
                 crm: { url: 'http://127.0.0.1:\(port)/v1', api_key: { file: key } }
                 warehouse:
                  url
                """)
        try scene.folder.write(settings, to: "eventail.yaml")
        let agent = try await started(scene)
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        let states = { try await fates(scene, user: "u1").first?.destinations.map { "\($0.destination) \($0.state)" } ?? [] }
        try await eventually("one destination has it") { try await states() == ["crm waiting", "warehouse delivered"] }
        try await eventually("it is dropped") {
            try await Program.run("outbox", "drop", "--all", "--state", scene.folder.url("state").path).output == "1 dropped, 0 kept\n"
        }
        #expect(try await states() == ["crm discarded", "warehouse delivered"])
        let dropped = try #require(try await fates(scene, user: "u1").first?.destinations[0].steps)
        #expect(dropped.map(\.what) == ["queued", "discarded"] && dropped[1].reason == "dropped")
        #expect(try await trace(scene, "--user", "u1").output.contains("  crm: dropped\n"))
        #expect(try await agent.stop().status == 0)
    }

    @Test func withoutATraceOnlyWhatIsThereIsToldAndAReloadBeginsAndEndsOne() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("it is delivered") { try scene.arrivedCalls().count == 1 }
        let off = try await trace(scene, "--user", "u1")
        #expect(off.status == 1 && off.output.isEmpty)
        #expect(off.error.hasPrefix("eventail: the agent keeps no trace, so calls that were delivered or dropped are not known\n  hint: "))
        #expect(off.error.contains("`trace: {}`"))
        scene.receiver.follow { _, _ in .answer(503) }
        try scene.folder.append(Scene.line(8), to: "log/a.log")
        try await eventually("what waits is found all the same") { try await fates(scene, user: "u1").map(\.state) == ["waiting"] }
        #expect(try await trace(scene, "--user", "u1").status == 1)

        let settings = scene.folder.text("eventail.yaml")
        try scene.folder.write(settings + "\(Self.isKept)\n", to: "eventail.yaml")
        #expect(try await Program.run("reload", "--config", scene.configuration).status == 0)
        scene.receiver.follow { _, _ in .ok }
        try await eventually("its delivery is kept") { try await fates(scene, user: "u1").map(\.state) == ["delivered"] }
        #expect(try await trace(scene, "--user", "u1").status == 0)

        try scene.folder.write(settings, to: "eventail.yaml")
        #expect(try await Program.run("reload", "--config", scene.configuration).status == 0)
        #expect(try await trace(scene, "--user", "u1").output.isEmpty)
        #expect(try await agent.stop().status == 0)
    }

    @Test func whoAsksWronglyOrInVainIsToldSo() async throws {
        let folder = try TemporaryFolder()
        let socket = folder.url("none.sock").path
        #expect(try await Program.run("trace", "--socket", socket, "--user", "u").status == 3)
        for wrong in [
            [], ["--user", "u", "--message-id", "m"], ["--user", "u", "--limit", "0"], ["--user", "u", "--since", "yesterday"],
        ] {
            #expect(try await RunningProgram(["trace", "--socket", socket] + wrong).end().status == 2)
        }
        let scene = try await Scene()
        let agent = try await started(scene)
        let peer = try ControlPeer(scene.folder.url("state/control.sock").path)
        for question in ["", #","question":{"limit":5}"#, #","question":{"user":"u","messageID":"m","limit":5}"#] {
            #expect(peer.ask(#"{"version":1,"command":"trace"\#(question)}"# + "\n").contains("a trace is of a user or of a message"))
        }
        #expect(try await agent.stop().status == 0)
    }
}
