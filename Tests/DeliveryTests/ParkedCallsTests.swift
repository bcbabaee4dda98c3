// Parked calls over real sockets: a rule that the receiver refuses costs a few requests, holds up nobody, loses nothing, and goes
// on when it is accepted again, through restarts and random faults.

import Delivery
import Foundation
import RandomSupport
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct ParkedCallsTests {
    /// Something that a test turns on once while others look at it.
    private final class Switch: Sendable {
        private let value = Atomic(false)

        var isOn: Bool { value.load(ordering: .acquiring) }

        func turnOn() { value.store(true, ordering: .releasing) }
    }

    /// A receiver that refuses whatever the fixture marked as bad, until it is told to be kind.
    private func strictReceiver(until kindness: Switch = Switch()) -> ScriptedReceiver {
        ScriptedReceiver { request, _ in kindness.isOn || request.bad.isEmpty ? .ok : .answer(400, body: "no trait") }
    }

    private static let faulty: UInt32 = 2

    /// Commits 40 good calls and 160 that a strict receiver refuses, by turns.
    private func commit(_ fixture: SenderFixture) throws -> (good: [String], bad: [String]) {
        var (good, bad): ([String], [String]) = ([], [])
        for slot in 0..<40 as Range<UInt8> {
            good += try fixture.commit(slot: slot % 8)
            bad += try fixture.commit(slot: slot % 8, calls: 4, rule: Self.faulty, bad: Set(0..<4))
        }
        return (good, bad)
    }

    private func inOrder(_ ids: [String], _ fixture: SenderFixture) -> Bool {
        let members = Set(ids)
        return fixture.receiver.accepted.filter(members.contains) == ids
    }

    @Test func aRuleThatIsRefusedWhileOthersPassWaitsAndHoldsUpNobody() async throws {
        let fixture = try await SenderFixture(strictReceiver())
        let (good, bad) = try commit(fixture)
        let sender = try fixture.sender(clock: .system) { change in
            change.batch.callsMax = 20
            change.rate.requestsPerSecond = 0
        }
        try await fixture.running(sender) {
            guard case .held(let reason) = await sender.drain(giveUpAfter: .seconds(36_000)) else {
                Issue.record("not held")
                return
            }
            #expect(reason.contains("400: no trait"))
            let books = try await fixture.counters()
            #expect(books.balance && books.delivered == 40)
            // A run is longer where others pass late, and what was in flight in other lanes may add a call each.
            #expect((20..<40).contains(books.deadLettered))
            #expect(books.waiting == Int64(bad.count) - books.deadLettered)
            #expect(sender.snapshot.parkedRules.map(\.rule) == [Self.faulty])
            // None of the rule's calls that come later is tried.
            let count = fixture.receiver.requests.count
            try fixture.commit(slot: 3, calls: 2, rule: Self.faulty, bad: [0, 1])
            let later = try fixture.commit(slot: 3, calls: 3)
            sender.wake()
            try await eventually("later calls of other rules") { try await fixture.counters().delivered == 43 }
            #expect(fixture.receiver.requests.dropFirst(count).flatMap(\.ids) == later)
            #expect(try await fixture.counters().waiting == books.waiting + 2)
        }
        #expect(Set(fixture.receiver.accepted).isSuperset(of: good))
        for slot in 0..<8 { #expect(inOrder(good.enumerated().filter { $0.offset % 8 == slot }.map(\.element), fixture)) }
        #expect(try await fixture.store.sender.counters()[.parked(SenderFixture.name, rule: "")] == 1)
    }

    @Test func aRestartTriesOneOfThemAndSendsWhatIsNew() async throws {
        let fixture = try await SenderFixture(strictReceiver())
        _ = try commit(fixture)
        guard case .held = try await fixture.drain() else {
            Issue.record("not held")
            return
        }
        let before = try await fixture.counters()
        let count = fixture.receiver.requests.count
        // The rule has been mended.
        let mended = try fixture.commit(slot: 1, calls: 30, rule: Self.faulty)
        // With a clock of the world's pace there is no second try.
        let sender = try fixture.sender(clock: .system) { $0.rate.requestsPerSecond = 0 }
        try await fixture.running(sender) {
            try await eventually("one is tried") { try await fixture.counters().deadLettered == before.deadLettered + 1 }
            let later = try fixture.commit(slot: 1, calls: 30, rule: Self.faulty)
            sender.wake()
            try await eventually("what is new") { try await fixture.counters().delivered == before.delivered + 30 }
            #expect(inOrder(later, fixture))
            guard case .held = await sender.drain(giveUpAfter: .seconds(36_000)) else {
                Issue.record("not held")
                return
            }
        }
        // What waited at the restart is parked with the rest; the one that was tried came from there.
        #expect(fixture.receiver.accepted.filter(Set(mended).contains).isEmpty)
        #expect(fixture.receiver.requests.dropFirst(count).filter { !$0.bad.isEmpty }.map(\.ids.count) == [1])
        let books = try await fixture.counters()
        #expect(books.balance && books.waiting == before.waiting + 30 - 1)
    }

    @Test func oneThatIsAcceptedLetsAllGoInTheirOldOrder() async throws {
        let kindness = Switch()
        let fixture = try await SenderFixture(strictReceiver(until: kindness))
        let (_, bad) = try commit(fixture)
        guard case .held = try await fixture.drain() else {
            Issue.record("not held")
            return
        }
        let buried = Set(try fixture.deadLetters().map(\.id))
        kindness.turnOn()
        let sender = try fixture.sender { $0.batch.callsMax = 7 }
        try await fixture.running(sender) {
            try await eventually("nothing waits") { try await fixture.counters().waiting == 0 }
            #expect(sender.snapshot.parkedRules.isEmpty)
        }
        for slot in 0..<8 {
            let ofSlot = bad.enumerated().filter { $0.offset / 4 % 8 == slot }.map(\.element)
            let sent = fixture.receiver.accepted.filter(Set(ofSlot).contains)
            #expect(sent == ofSlot.filter { !buried.contains($0) })
        }
        #expect(try await fixture.store.sender.parkedRules(destination: SenderFixture.name).isEmpty)
        #expect(try await fixture.counters().delivered == Int64(200 - buried.count))
    }

    @Test func theyExpireLikeAllOthers() async throws {
        let fixture = try await SenderFixture(strictReceiver())
        let (_, bad) = try commit(fixture)
        let isLater = Switch()
        let clock = SenderClock(
            now: SenderClock.fast.now, wallMS: { isLater.isOn ? 86_400_000 : 1 }, sleep: SenderClock.fast.sleep)
        let sender = try fixture.sender(clock: clock) { $0.waitMax = .seconds(3600) }
        try await fixture.running(sender) {
            _ = await sender.drain(giveUpAfter: .seconds(36_000))
            #expect(try await fixture.counters().delivered == 40 && !sender.snapshot.parkedRules.isEmpty)
            isLater.turnOn()
            try await eventually("nothing waits") { try await fixture.counters().waiting == 0 }
        }
        let letters = try fixture.deadLetters()
        #expect(letters.map(\.id).sorted() == bad)
        #expect(letters.filter { $0.reason == "expired" }.count > 100)
        #expect(try await fixture.counters().balance)
    }

    @Test func onHoldAParkedCallIsTheProbeWhereNothingElseWaits() async throws {
        let (isHeld, isOver) = (Switch(), Switch())
        let fixture = try await SenderFixture(
            ScriptedReceiver { request, _ in
                isHeld.isOn && !isOver.isOn ? .answer(401) : request.bad.isEmpty ? .ok : .answer(400)
            })
        _ = try commit(fixture)
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            _ = await sender.drain(giveUpAfter: .seconds(36_000))
            #expect(try await fixture.counters().delivered == 40 && !sender.snapshot.parkedRules.isEmpty)
            isHeld.turnOn()
            await sender.tryParked()
            try await eventually("on hold") { sender.snapshot.holdReason != nil }
            isOver.turnOn()
            try await eventually("no longer on hold") { sender.snapshot.holdReason == nil }
        }
        #expect(try await fixture.counters().balance)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func anyFaultsAndRestartsEndInOrderWithBalancedBooks(seed: UInt64) async throws {
        let (faults, isMended) = (FaultPlan(seed: seed), Switch())
        let fixture = try await SenderFixture(
            ScriptedReceiver { request, _ in
                var request = request
                if isMended.isOn { request.bad = [] }
                return faults.reply(to: request)
            })
        var random = SeededRandom(seed: seed)
        var bySlot: [UInt8: [String]] = [:]
        var ofFaulty: Set<String> = []
        var hasParked = false
        for round in 0..<4 {
            if round == 3 { isMended.turnOn() }
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
                let isFaulty = Bool.random(using: &random)
                let ids = try fixture.commit(
                    slot: slot, barrier: barrier, calls: calls, rule: isFaulty ? Self.faulty : 1, bad: isFaulty ? Set(0..<calls) : [])
                if isFaulty {
                    ofFaulty.formUnion(ids)
                } else {
                    bySlot[slot, default: []] += ids
                    if let barrier, barrier != slot { bySlot[barrier, default: []] += ids }
                }
                sender.wake()
                #expect(try await fixture.counters().balance, "seed \(seed)")
            }
            if round < 3 {
                try await eventually("the rule is parked") {
                    hasParked = hasParked || !sender.snapshot.parkedRules.isEmpty
                    return hasParked
                }
                if Bool.random(using: &random) { run.cancel() } else { sender.stop() }
            } else {
                try await eventually("nothing waits", withinSeconds: 60) { try await fixture.counters().waiting == 0 }
                sender.stop()
            }
            try await run.value
        }
        let books = try await fixture.counters()
        #expect(books.balance, "seed \(seed)")
        let letters = Set(try fixture.deadLetters().map(\.id))
        #expect(letters.isSubset(of: ofFaulty), "seed \(seed)")
        let accepted = Set(fixture.receiver.accepted)
        #expect(accepted.isSuperset(of: ofFaulty.subtracting(letters)), "seed \(seed): not delivered")
        var firsts: [String: Int] = [:]
        for (place, id) in fixture.receiver.accepted.enumerated() where firsts[id] == nil { firsts[id] = place }
        for ids in bySlot.values {
            let places = ids.map { firsts[$0] ?? -1 }
            #expect(!places.contains(-1), "seed \(seed): not delivered")
            #expect(places == places.sorted(), "seed \(seed): out of order")
        }
    }
}
