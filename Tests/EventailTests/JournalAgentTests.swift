// The agent as a process on a live journald: killed, rotated, flushed and vacuumed while messages flow.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: LiveJournal.isAvailable, LiveJournal.whyNot))
struct JournalAgentTests {
    private static let source = """
                journald: { identifiers: [shop], start_at: beginning }
        """

    @Test func everyMessageArrivesOnceThoughTheAgentIsKilledFiftyTimesAndTheJournalIsRotatedAndFlushed() async throws {
        let journal = try await LiveJournal()
        let scene = try await Scene(files: Self.source)
        var agent = try scene.start(launcher: journal.launcher)
        var count = 0
        for round in 0..<50 {
            let arrived = scene.receiver.requests.count
            let end = count + 10 + round % 7 * 10
            try journal.log((count..<end).map(Scene.line).joined())
            count = end
            // At differing moments of reading, committing and sending.
            if round % 3 == 0 { try await eventually("a request") { scene.receiver.requests.count > arrived } }
            if round % 5 == 1 { try journal.control("--rotate") }
            if round == 20 { try journal.control("--flush") }
            agent.kill()
            if round % 7 == 3 {
                try journal.log((count..<count + 20).map(Scene.line).joined())
                count += 20
                try journal.control("--rotate")
            }
            if round == 30 { try journal.control("--relinquish-var") }
            if round == 40 { try journal.control("--flush") }
            agent = try scene.start(launcher: journal.launcher)
        }
        try await eventually("all calls arrive") { try scene.arrivedCalls().count >= count }
        #expect(try await agent.stop().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<count))
        // Had an entry been read twice, more calls would have been derived than there are messages.
        #expect(try await scene.derivedTotal() == count)
    }

    @Test func whatWasVacuumedBeforeItWasReadIsSaidAndTheRestArrives() async throws {
        let journal = try await LiveJournal()
        let scene = try await Scene(files: Self.source)
        var agent = try scene.start(launcher: journal.launcher)
        try journal.log((0..<10).map(Scene.line).joined())
        try await eventually("the first calls arrive") { try scene.arrivedCalls().count == 10 }
        #expect(try await agent.stop().status == 0)
        try journal.log((10..<20).map(Scene.line).joined())
        try journal.control("--rotate")
        try journal.control("--vacuum-files=1")
        try journal.log((20..<30).map(Scene.line).joined())
        agent = try scene.start(launcher: journal.launcher)
        try await eventually("the rest arrives") { try scene.arrivedCalls().count == 20 }
        let outcome = try await agent.stop()
        #expect(outcome.error.contains("journal entries are missing"))
        #expect(outcome.error.contains("missing_seconds"))
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<10) + Array(20..<30))
    }
}
