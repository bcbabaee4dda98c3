// Calls that wait longer than they may: buried with the reason, never sent and buried at once, whatever the sender does.

import Delivery
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ExpiryTests {
    /// A clock on the wall that stands still until a test turns it on by a day. The fixture stores everything as of 1970.
    private final class WallClock: Sendable {
        private let isTurnedOn = Atomic(false)

        func turnOn() { isTurnedOn.store(true, ordering: .releasing) }

        var clock: SenderClock {
            SenderClock(
                now: SenderClock.fast.now, wallMS: { self.isTurnedOn.load(ordering: .acquiring) ? 86_400_000 : 1 },
                sleep: SenderClock.fast.sleep)
        }
    }

    @Test func whatWaitedTooLongIsBuriedUnsentWithItsReason() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let ids = try fixture.commit(slot: 1, calls: 3) + fixture.commit(slot: 2, barrier: 1) + fixture.commit(slot: 1, calls: 2)
        #expect(try await fixture.drain { $0.waitMax = .seconds(1) } == .empty)
        #expect(fixture.receiver.requests.isEmpty)
        #expect(try await fixture.counters() == Counters(derived: 6, delivered: 0, deadLettered: 6, waiting: 0))
        let letters = try fixture.deadLetters()
        #expect(letters.map(\.id).sorted() == ids)
        #expect(letters.allSatisfy { $0.reason == "expired" && $0.answer == nil })
    }

    @Test(arguments: [.answer(503), .answer(401), .close] as [Reply])
    func neitherAnOutageNorAHoldKeepsCallsFromExpiring(_ reply: Reply) async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, _ in reply })
        let ids = try (0..<8).flatMap { try fixture.commit(slot: $0, calls: 5) }
        let wall = WallClock()
        let sender = try fixture.sender(clock: wall.clock) { $0.waitMax = .seconds(3600) }
        try await fixture.running(sender) {
            try await eventually("a request") { sender.snapshot.lastFailure != nil }
            wall.turnOn()
            try await eventually("all are buried") { try await fixture.counters().deadLettered == 40 }
        }
        #expect(try fixture.deadLetters().map(\.id).sorted() == ids)
        #expect(fixture.receiver.accepted.isEmpty)
        #expect(try await fixture.counters() == Counters(derived: 40, delivered: 0, deadLettered: 40, waiting: 0))
    }

    @Test func noCallIsBothAcceptedAndBuried() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, number in number < 20 || number % 7 == 0 ? .ok : .answer(500) })
        for number in 0..<200 { try fixture.commit(slot: UInt8(number % 16), calls: 2) }
        let wall = WallClock()
        let sender = try fixture.sender(clock: wall.clock) { change in
            change.waitMax = .seconds(3600)
            change.batch.callsMax = 4
        }
        try await fixture.running(sender) {
            try await eventually("some are delivered") { fixture.receiver.accepted.count >= 80 }
            wall.turnOn()
            try await eventually("nothing waits") { try await fixture.counters().waiting == 0 }
        }
        let books = try await fixture.counters()
        #expect(books.balance)
        #expect(books.delivered > 0 && books.deadLettered > 0)
        let accepted = Set(fixture.receiver.accepted)
        #expect(accepted.count == Int(books.delivered))
        #expect(accepted.isDisjoint(with: try fixture.deadLetters().map(\.id)))
    }
}
