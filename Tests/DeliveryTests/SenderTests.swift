// The sender as a whole: delays, order, stops and faults, with a real store and a real receiver.

import Delivery
import Foundation
import RandomSupport
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct SenderTests {
    @Test func anEmptyOutboxIsDrainedAtOnce() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        #expect(try await fixture.drain() == .empty)
        #expect(fixture.receiver.requests.isEmpty)
    }

    @Test func chunksShareRequestsUpToTheLimits() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        var ids = try fixture.commit(slot: 1, calls: 25, padding: 50)
        ids += try fixture.commit(slot: 2, calls: 25, padding: 50)
        let configuration = { (change: inout DestinationConfiguration) in
            change.lanes = 1
            change.batch.bytesMax = 1000
            change.batch.callsMax = 9
        }
        #expect(try await fixture.drain(configuration) == .empty)
        #expect(fixture.receiver.accepted == ids)
        #expect(fixture.receiver.requests.allSatisfy { $0.body.count <= 1000 && $0.ids.count <= 9 })
        #expect(fixture.receiver.requests.count == 6)
    }

    @Test func aCallLargerThanABatchIsBuriedUnsent() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let large = try fixture.commit(slot: 1, padding: 2000)
        let small = try fixture.commit(slot: 1)
        #expect(try await fixture.drain { $0.batch.bytesMax = 1000 } == .empty)
        #expect(fixture.receiver.requests.map(\.ids) == [small])
        #expect(try fixture.deadLetters().map(\.id) == large)
    }

    @Test func aLoneCallLeavesAtOnceAndThoseThatFollowWaitForCompany() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let time = SteppedClock()
        let sender = try fixture.sender(clock: time.senderClock) { $0.batch.delayMax = .seconds(60) }
        try await fixture.running(sender) {
            // Time stands still.
            let first = try fixture.commit(slot: 1)
            sender.wake()
            try await eventually("the lone call") { try await fixture.counters().delivered == 1 }
            let second = try fixture.commit(slot: 1)
            sender.wake()
            time.advance(by: .seconds(40))
            let third = try fixture.commit(slot: 1)
            sender.wake()
            let start = time.now
            try await time.pass(until: "those that followed leave") { fixture.receiver.requests.count == 2 }
            #expect(fixture.receiver.requests.map(\.ids) == [first, second + third])
            // They had waited for 40 seconds.
            #expect(time.now - start >= .seconds(20))
            try await eventually("they are settled") { try await fixture.counters().delivered == 3 }
            time.advance(by: .seconds(60))
            try fixture.commit(slot: 1)
            sender.wake()
            try await eventually("another lone call, while time stands still") { try await fixture.counters().delivered == 4 }
        }
    }

    @Test func aFullBatchWaitsForNothing() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let sender = try fixture.sender { change in
            change.batch.delayMax = .seconds(100_000)
            change.batch.callsMax = 3
        }
        try await fixture.running(sender) {
            for count in 1...3 {
                try fixture.commit(slot: 1, calls: 3)
                sender.wake()
                try await eventually("request \(count)") { fixture.receiver.requests.count == count }
            }
        }
    }

    @Test func withoutADelayACallLeavesAtOnce() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            for count in 1...3 {
                try fixture.commit(slot: 1)
                sender.wake()
                try await eventually("request \(count)") { fixture.receiver.requests.count == count }
            }
        }
    }

    @Test func anUnreachableReceiverIsTriedUntilItComes() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        let ids = try fixture.commit(slot: 1, calls: 2)
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            try await eventually("failures") { sender.snapshot.requests > 3 }
            #expect(sender.snapshot.lastFailure?.lowercased().contains("refused") == true)
            #expect(await sender.drain(giveUpAfter: .zero) == .gaveUp(reason: sender.snapshot.lastFailure ?? ""))
            try await fixture.listen()
            #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty)
        }
        #expect(fixture.receiver.accepted == ids)
        #expect(sender.snapshot.lastFailure == nil)
    }

    @Test func stoppingFinishesWhatIsInFlight() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, _ in .answer(200, afterMS: 150) })
        let ids = try fixture.commit(slot: 1)
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            try await eventually("the request") { !fixture.receiver.requests.isEmpty }
            try fixture.commit(slot: 1)
            sender.wake()
        }
        #expect(fixture.receiver.accepted == ids)
        #expect(try await fixture.counters() == Counters(derived: 2, delivered: 1, deadLettered: 0, waiting: 1))
    }

    @Test func aCutOffRequestIsSentAgainWithTheSameIds() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(.silence))
        let ids = try fixture.commit(slot: 1, calls: 2)
        let sender = try fixture.sender { $0.timeouts.response = .seconds(300) }
        let run = Task { try await sender.run() }
        try await eventually("the request") { !fixture.receiver.requests.isEmpty }
        run.cancel()
        try await run.value
        #expect(try await fixture.drain() == .empty)
        #expect(fixture.receiver.requests.map(\.ids) == [ids, ids])
    }

    @Test func aSettlementThatFailsIsRepeatedNotDropped() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        try fixture.commit(slot: 1, calls: 2)
        try fixture.failSettlements()
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            try await eventually("the request") { !fixture.receiver.requests.isEmpty }
            try fixture.commit(slot: 1)
            sender.wake()
            #expect(await sender.drain(giveUpAfter: .seconds(10)) != .empty)
            #expect(try await fixture.counters() == Counters(derived: 3, delivered: 0, deadLettered: 0, waiting: 3))
            try fixture.allowSettlements()
            #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty)
        }
        #expect(fixture.receiver.requests.count == 2)
        #expect(try await fixture.counters().delivered == 3)
    }

    @Test func whatWasAcceptedButNotSettledIsSentAgainWithTheSameIds() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver())
        let ids = try fixture.commit(slot: 1, calls: 2)
        try fixture.failSettlements()
        let sender = try fixture.sender()
        let run = Task { try await sender.run() }
        try await eventually("the request") { !fixture.receiver.requests.isEmpty }
        run.cancel()
        _ = await run.result
        try fixture.allowSettlements()
        #expect(try await fixture.drain() == .empty)
        #expect(fixture.receiver.accepted == ids + ids)
        #expect(try await fixture.counters() == Counters(derived: 2, delivered: 2, deadLettered: 0, waiting: 0))
    }

    @Test func aSlowLaneDoesNotStallTheOthers() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { request, _ in request.ids.contains("000001") ? .silence : .ok })
        try fixture.commit(slot: 0)
        for _ in 0..<10 { for slot in 1..<4 { try fixture.commit(slot: UInt8(slot)) } }
        let sender = try fixture.sender { $0.timeouts.response = .seconds(300) }
        let run = Task { try await sender.run() }
        try await eventually("the other lanes") { try await fixture.counters().delivered == 30 }
        #expect(try await fixture.counters().waiting == 1)
        run.cancel()
        try await run.value
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func anyFaultsEndInOrderWithBalancedBooks(seed: UInt64) async throws {
        let faults = FaultPlan(seed: seed)
        let fixture = try await SenderFixture(ScriptedReceiver { request, _ in faults.reply(to: request) })
        var random = SeededRandom(seed: seed)
        var bySlot: [UInt8: [String]] = [:]
        var bad: Set<String> = []
        for round in 0..<4 {
            let sender = try fixture.sender { change in
                change.lanes = [1, 2, 4, 7].randomElement(using: &random)!
                change.batch.callsMax = Int.random(in: 3...40, using: &random)
                change.timeouts.response = .milliseconds(80)
            }
            let run = Task { try await sender.run() }
            for _ in 0..<25 {
                let slot = UInt8.random(in: 0..<9, using: &random)
                let barrier = Int.random(in: 0..<6, using: &random) == 0 ? UInt8.random(in: 0..<9, using: &random) : nil
                let calls = barrier == nil ? Int.random(in: 1...6, using: &random) : 1
                let wrong: Set<Int> = Int.random(in: 0..<12, using: &random) == 0 ? [calls - 1] : []
                let ids = try fixture.commit(
                    slot: slot, barrier: barrier, calls: calls, rule: UInt32.random(in: 1...3, using: &random), bad: wrong)
                bySlot[slot, default: []] += ids
                if let barrier, barrier != slot { bySlot[barrier, default: []] += ids }
                bad.formUnion(wrong.map { ids[$0] })
                sender.wake()
                #expect(try await fixture.counters().balance, "seed \(seed)")
            }
            if round < 3 {
                if Bool.random(using: &random) { run.cancel() } else { sender.stop() }
                try await run.value
            } else {
                #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty, "seed \(seed)")
                sender.stop()
                try await run.value
            }
        }
        let books = try await fixture.counters()
        #expect(books.balance && books.waiting == 0, "seed \(seed)")
        #expect(Set(try fixture.deadLetters().map(\.id)) == bad, "seed \(seed)")
        var firsts: [String: Int] = [:]
        for (place, id) in fixture.receiver.accepted.enumerated() where firsts[id] == nil { firsts[id] = place }
        for ids in bySlot.values {
            let good = ids.filter { !bad.contains($0) }
            let places = good.map { firsts[$0] ?? -1 }
            #expect(!places.contains(-1), "seed \(seed): not delivered")
            #expect(places == places.sorted(), "seed \(seed): out of order")
        }
    }
}

/// Random faults, the same for the same seed and order of requests.
final class FaultPlan: Sendable {
    private let random: MutexedRandom

    init(seed: UInt64) {
        random = MutexedRandom(seed: seed)
    }

    func reply(to request: Received) -> Reply {
        switch random.number(below: 12) {
        case 0: .answer([408, 410, 429, 460, 500, 503][random.number(below: 6)])
        case 1: .close
        case 2: .silence
        case 3: .answer(429, headers: ["Retry-After": "\(random.number(below: 5))"])
        case _ where !request.bad.isEmpty: .answer(400)
        case 4: .liar(200)
        case 5: .answer(200, afterMS: Int64(random.number(below: 20)))
        default: .ok
        }
    }
}
