// A kill between the receiver's acceptance and the agent's settling: the one moment at which a call has to be sent again.

import Agent
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct AcceptedUnsettledTests {
    /// The receiver accepts and the agent does not learn of it: the answer is on its way, or its body does not end.
    @Test(arguments: [.answer(200, afterMS: 100_000), .drip(200)] as [Reply])
    func whatWasAcceptedWhenTheAgentWasKilledIsSentAgainWithTheSameIds(_ reply: Reply) async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in reply })
        try scene.folder.write((0..<40).map(Scene.line).joined(), to: "log/app.log")
        let agent = try scene.start()
        // One request of each lane that has something to send.
        try await eventually("all calls are accepted") { Set(scene.receiver.accepted).count == 40 }
        agent.kill()
        let first = scene.receiver.accepted
        let totals = try await scene.totals()
        #expect(totals.callsDerived == 40 && totals.delivered == 0)

        scene.receiver.follow { _, _ in .ok }
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        let again = Array(scene.receiver.accepted.dropFirst(first.count))
        #expect(first.sorted() == again.sorted())
        #expect(Set(again) == Set(try await scene.derivedCalls("log/app.log").keys))
        let books = try await scene.totals()
        #expect(books.callsDerived == 40 && books.delivered == 40 && books.deadLettered == 0 && books.discarded == 0)
    }
}
