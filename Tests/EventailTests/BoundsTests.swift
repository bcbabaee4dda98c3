// What the bounds of `spool` and `dead_letters` do to a running agent.

import Agent
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized)
struct BoundsTests {
    private static let rules = #"""
        rules:
          - name: action
            match: '^user=(?<userId>\S+) n=(?<n>\d+) (?<text>.*)$'
            types: { n: integer }
            track: Action Done
        """#

    private static func lines(_ numbers: Range<Int>) -> String {
        let text = String(repeating: "x", count: 2_000)
        return numbers.map { "user=u\($0 % 7) n=\($0) \(text)\n" }.joined()
    }

    @Test func atTheBoundTheOldestCallsMakeRoomWhereThatIsWanted() async throws {
        let gate = Gate()
        let scene = try await Scene(
            ScriptedReceiver { _, _ in gate.isOpen ? .ok : .answer(503) }, rules: Self.rules, destination: "  lanes: 1",
            settings: "spool: { max_bytes: 1MB, when_full: drop_oldest }")
        let agent = try scene.start()
        for start in stride(from: 0, to: 1500, by: 100) { try scene.folder.append(Self.lines(start..<start + 100), to: "log/app.log") }
        try await eventually("all is read") { agent.error.contains("the oldest calls were dropped") }
        try scene.folder.append(Self.lines(1500..<1501), to: "log/app.log")
        gate.open()
        try await eventually("the last call arrives") { try scene.arrivedCalls().values.contains { $0.number == 1500 } }
        #expect(try await agent.stop().status == 0)
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0)
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 1501)
        #expect(totals.discarded > 0)
        #expect(totals.callsDerived == totals.delivered + totals.discarded)
        let accepted = scene.receiver.accepted
        #expect(Set(accepted).count == totals.delivered)
        // What arrived and what was dropped add up to what was written.
        #expect(try scene.arrivedCalls().count == 1501 - totals.discarded)
    }

    @Test func atTheBoundReadingStopsOtherwiseAndNothingIsLost() async throws {
        let gate = Gate()
        let scene = try await Scene(
            ScriptedReceiver { _, _ in gate.isOpen ? .ok : .answer(503) }, rules: Self.rules, settings: "spool: { max_bytes: 1MB }")
        try scene.folder.write(Self.lines(0..<1500), to: "log/app.log")
        let agent = try scene.start()
        try await eventually("reading stops") { agent.error.contains("the outbox is full, reading stops") }
        gate.open()
        try await eventually("all arrive") { try scene.arrivedCalls().count == 1500 }
        #expect(try await agent.stop().status == 0)
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 1500 && totals.delivered == 1500 && totals.discarded == 0)
    }

    /// Also one that comes and goes meanwhile.
    @Test func whileNothingIsReadFilesAreSeenAndHeldOpen() async throws {
        let gate = Gate()
        let scene = try await Scene(
            ScriptedReceiver { _, _ in gate.isOpen ? .ok : .answer(503) }, rules: Self.rules, settings: "spool: { max_bytes: 1MB }")
        try scene.folder.write(Self.lines(0..<1500), to: "log/app.log")
        let agent = try scene.start()
        try await eventually("reading stops") { agent.error.contains("the outbox is full, reading stops") }
        try scene.folder.append(Self.lines(1500..<1510), to: "log/late.log")
        try await eventually("it is open") { agent.openPaths.contains(scene.folder.url("log/late.log").path) }
        try FileManager.default.removeItem(at: scene.folder.url("log/late.log"))
        gate.open()
        try await eventually("all arrive") { try scene.arrivedCalls().count == 1510 }
        #expect(try await agent.stop().status == 0)
    }

    @Test func whatWaitsTooLongBecomesADeadLetter() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) }, settings: "spool: { max_age: 1s }")
        try scene.folder.write((0..<20).map(Scene.line).joined(), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("20 calls became dead letters"))
        let list = try await Program.run("dead-letters", "list", "--reason", "expired", "--config", scene.configuration)
        #expect(list.lines.count == 20)
    }
}

/// Closed until a test opens it.
private final class Gate: Sendable {
    private let value = Atomic(false)

    var isOpen: Bool { value.load(ordering: .acquiring) }

    func open() { value.store(true, ordering: .releasing) }
}
