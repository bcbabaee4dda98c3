// `eventail dead-letters`, with an agent beside it and without one.

import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized)
struct DeadLettersTests {
    /// Refuses what says n=13 or n=20 for as long as `isStrict` says.
    private static func scene(_ isStrict: @escaping @Sendable () -> Bool = { true }) async throws -> Scene {
        let refused = { @Sendable (request: Received) in
            [13, 20].contains { String(decoding: request.body, as: UTF8.self).contains("\"n\":\($0)}") }
        }
        let scene = try await Scene(
            ScriptedReceiver { request, _ in
                isStrict() && refused(request) ? .answer(400, body: "n is \u{1b}[31munlucky\n") : .ok
            })
        try scene.folder.write((0..<30).map(Scene.line).joined(), to: "log/app.log")
        return scene
    }

    private func run(_ scene: Scene, _ arguments: String...) async throws -> Program.Outcome {
        let running = try RunningProgram(["dead-letters"] + arguments + ["--state", scene.folder.url("state").path])
        return try await running.end()
    }

    private func objects(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try outcome.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    @Test func refusedCallsAreListedWithEverythingThatExplainsThem() async throws {
        let scene = try await Self.scene()
        #expect(try await scene.runOnce().error.contains("2 calls became dead letters"))
        let letters = try objects(try await run(scene, "list", "--json"))
        let derived = try await scene.derivedCalls("log/app.log")
        #expect(letters.count == 2)
        for (letter, number) in zip(letters, [13, 20]) {
            #expect(letter["rule"] as? String == "action")
            #expect(letter["reason"] as? String == "refused")
            #expect(letter["destination"] as? String == "default")
            #expect(letter["source"] as? String == "shop")
            #expect(letter["file"] as? String == scene.folder.url("log/app.log").path)
            #expect(letter["offset"] as? Int == (0..<number).map { Scene.line($0).utf8.count }.reduce(0, +))
            #expect(letter["answer"] as? String == "400: n is  [31munlucky ")
            #expect((letter["time"] as? String)?.hasSuffix("Z") == true)
            let call = try Call(try #require(letter["call"]))
            #expect(call.number == number && derived[call.messageID] == call)
        }
        let list = try await run(scene, "list")
        #expect(list.status == 0 && list.lines.count == 2 && list.error == "eventail: 2 dead letters\n")
        #expect(list.lines[0].contains("refused by the receiver (400: n is  [31munlucky )"))
        let id = try #require(letters[1]["id"] as? Int)
        let page = try await run(scene, "show", "\(id)")
        #expect(page.output.contains("byte \(letters[1]["offset"] as? Int ?? -1)") && page.output.contains("\"n\":20"))
        let exported = try await run(scene, "export")
        #expect(try Call.all(inLines: exported.lines).map(\.number) == [13, 20])
        #expect(try await run(scene, "export", "--limit", "1").lines.count == 1)
        #expect(try await run(scene, "list", "--until", "1h").lines.isEmpty)
    }

    @Test func retriedLettersGoOutOfARunningAgentWithTheirIds() async throws {
        let isStrict = Switch(true)
        let scene = try await Self.scene { isStrict.isOn }
        let agent = try scene.start()
        try await eventually("the letters") { try await self.run(scene, "list").lines.count == 2 }
        isStrict.isOn = false
        let ids = Set(
            try objects(try await run(scene, "list", "--json")).compactMap { ($0["call"] as? [String: Any])?["messageId"] as? String })
        #expect(try await run(scene, "retry", "--rule", "action", "--json").output == "{\"put_back\":2,\"kept\":0}\n")
        try await eventually("both arrive") { ids.isSubset(of: scene.receiver.accepted) }
        #expect(try await run(scene, "list").lines.isEmpty)
        #expect(try await agent.stop().status == 0)
        #expect(scene.receiver.accepted.count == 30)
        #expect(try await scene.derivedTotal() == 30)
    }

    @Test func withoutAnAgentRetriedLettersWaitForTheNextOne() async throws {
        let isStrict = Switch(true)
        let scene = try await Self.scene { isStrict.isOn }
        #expect(try await scene.runOnce().status == 0)
        isStrict.isOn = false
        #expect(try await run(scene, "retry", "--all").output == "2 put back, 0 kept\n")
        #expect(try await scene.runOnce().status == 0)
        #expect(Set(scene.receiver.accepted).count == 30)
    }

    @Test func droppedLettersAreGone() async throws {
        let scene = try await Self.scene()
        #expect(try await scene.runOnce().status == 0)
        let id = try #require(try objects(try await run(scene, "list", "--json", "--limit", "1")).first?["id"] as? Int)
        #expect(try await run(scene, "drop", "\(id)").output == "1 dropped\n")
        #expect(try await run(scene, "list").lines.count == 1)
        #expect(try await run(scene, "drop", "--all", "--json").output == "{\"dropped\":1}\n")
        #expect(try await run(scene, "drop", "--all").output == "0 dropped\n")
    }

    @Test func mistakesAreToldWithStableExitCodes() async throws {
        let scene = try await Self.scene()
        let nothing = try await run(scene, "list")
        #expect(nothing.status == 1 && nothing.error.contains("there is no database"))
        #expect(try await scene.runOnce().status == 0)
        let missing = try await run(scene, "show", "4711")
        #expect(missing.status == 1 && missing.error.contains("there is no dead letter 4711"))
        for command in ["retry", "drop"] {
            let outcome = try await run(scene, command)
            #expect(outcome.status == 2 && outcome.error.contains("nothing is chosen"))
        }
        let reason = try await run(scene, "list", "--reason", "refusd")
        #expect(reason.status == 2 && reason.error.contains("did you mean `refused`?"))
        #expect(try await run(scene, "list", "--since", "yesterday").status == 2)
        #expect(try await run(scene, "list").lines.count == 2)
    }

    @Test func theConfigurationNamesTheStateAndGuardsAgainstDestinationsThatAreGone() async throws {
        let scene = try await Self.scene()
        #expect(try await scene.runOnce().status == 0)
        #expect(try await Program.run("dead-letters", "list", "--config", scene.configuration).lines.count == 2)
        let renamed = scene.folder.text("eventail.yaml").replacingOccurrences(
            of: "destination:\n  url", with: "destinations:\n other:\n  url")
        try scene.folder.write(renamed, to: "eventail.yaml")
        let refused = try await Program.run("dead-letters", "retry", "--all", "--config", scene.configuration)
        #expect(refused.status == 1 && refused.error.contains("`default`"), "\(refused.error)")
        #expect(try await run(scene, "list").lines.count == 2)
    }
}

/// Something that a test turns on and off while others look at it.
private final class Switch: Sendable {
    private let value: Mutex<Bool>

    init(_ isOn: Bool) {
        value = Mutex(isOn)
    }

    var isOn: Bool {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
