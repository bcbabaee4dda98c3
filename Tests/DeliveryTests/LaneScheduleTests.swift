// Lanes and barriers, against the plain rule: a chunk goes when everything earlier of its slots has settled or stands before
// it in the same request.

import Calls
import Delivery
import RandomSupport
import Store
import Testing

@Suite struct LaneScheduleTests {
    private func row(_ id: Int64, slot: UInt8, barrier: UInt8? = nil, calls: Int = 1, bytes: Int = 10) -> OutboxRow {
        OutboxRow(
            id: id, slot: Slot(number: slot), barrierSlot: barrier.map { Slot(number: $0) }, callCount: calls, byteCount: bytes,
            storedAtMS: 0)
    }

    private func schedule(lanes: Int, _ rows: OutboxRow...) -> LaneSchedule {
        var schedule = LaneSchedule(lanes: lanes)
        for row in rows { schedule.append(row, seenAt: .seconds(row.id)) }
        return schedule
    }

    private func ids(_ schedule: LaneSchedule, _ lane: Int, bytesMax: Int = 1000, callsMax: Int = 1000) -> [Int64]? {
        schedule.pick(lane: lane, bytesMax: bytesMax, callsMax: callsMax)?.ids
    }

    @Test func eachLaneSendsItsSlotsInOrder() {
        let schedule = schedule(lanes: 2, row(1, slot: 0), row(2, slot: 1), row(3, slot: 2), row(4, slot: 0))
        #expect(ids(schedule, 0) == [1, 3, 4])
        #expect(ids(schedule, 1) == [2])
    }

    @Test func aBarrierWaitsForBothSlotsAndHoldsBothBack() {
        var schedule = schedule(
            lanes: 2, row(1, slot: 1), row(2, slot: 0, barrier: 1), row(3, slot: 0), row(4, slot: 1), row(5, slot: 2), row(6, slot: 3))
        #expect(ids(schedule, 0) == [5])
        #expect(ids(schedule, 1) == [1, 6])
        schedule.remove([1, 6], lane: 1)
        #expect(ids(schedule, 1) == nil)
        #expect(ids(schedule, 0) == [2, 3, 5])
        schedule.remove([2], lane: 0)
        #expect(ids(schedule, 1) == [4])
    }

    @Test func withinOneLaneABarrierIsOneOfManyCalls() {
        #expect(ids(schedule(lanes: 1, row(1, slot: 1), row(2, slot: 0, barrier: 1), row(3, slot: 1)), 0) == [1, 2, 3])
        #expect(ids(schedule(lanes: 4, row(1, slot: 5, barrier: 5), row(2, slot: 5)), 1) == [1, 2])
    }

    @Test func limitsEndAPickWithTheRowThatReachesThem() {
        let schedule = schedule(lanes: 1, row(1, slot: 0, calls: 3), row(2, slot: 1, calls: 3), row(3, slot: 2, calls: 3))
        #expect(schedule.pick(lane: 0, bytesMax: 1000, callsMax: 4)?.isFull == true)
        #expect(ids(schedule, 0, callsMax: 4) == [1, 2])
        #expect(ids(schedule, 0, callsMax: 3) == [1])
        #expect(ids(schedule, 0, bytesMax: 21) == [1, 2])
        #expect(ids(schedule, 0, bytesMax: 22) == [1, 2, 3])
        let all = schedule.pick(lane: 0, bytesMax: 1000, callsMax: 1000)
        #expect(all?.isFull == false)
        #expect(all?.seenAt == .seconds(1))
    }

    @Test func whatIsLeftOfARowCountsForLess() {
        var schedule = schedule(lanes: 1, row(1, slot: 0, calls: 900), row(2, slot: 1, calls: 200))
        #expect(ids(schedule, 0, callsMax: 900) == [1])
        schedule.shrink(1, lane: 0, callCount: 5, byteCount: 5)
        #expect(ids(schedule, 0, callsMax: 900) == [1, 2])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func anyCourseOfEventsKeepsTheOrderOfEachSlot(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let lanes = Int.random(in: 1...6, using: &random)
        var schedule = LaneSchedule(lanes: lanes)
        var waiting: [OutboxRow] = []
        var inFlight: [Int: [Int64]] = [:]
        var nextID: Int64 = 1
        var settled = 0
        while nextID <= 300 || !waiting.isEmpty {
            let lane = Int.random(in: 0..<lanes, using: &random)
            if nextID <= 300, Bool.random(using: &random) {
                let slot = UInt8.random(in: 0..<10, using: &random)
                let barrier = Int.random(in: 0..<4, using: &random) == 0 ? UInt8.random(in: 0..<10, using: &random) : nil
                let new = row(nextID, slot: slot, barrier: barrier)
                schedule.append(new, seenAt: .zero)
                waiting.append(new)
                nextID += Int64.random(in: 1...3, using: &random)
            } else if let flying = inFlight[lane] {
                // A part of the request settles, the rest will be sent again.
                let done = Set(flying.prefix(Int.random(in: 0...flying.count, using: &random)))
                schedule.remove(done, lane: lane)
                waiting.removeAll { done.contains($0.id) }
                settled += done.count
                inFlight[lane] = nil
            } else if let pick = schedule.pick(lane: lane, bytesMax: 60, callsMax: 4) {
                for (place, id) in pick.ids.enumerated() {
                    let picked = waiting.first { $0.id == id }!
                    #expect(Int(picked.slot.number) % lanes == lane)
                    let before = Set(pick.ids[..<place])
                    let blocking = waiting.filter { $0.id < id && !before.contains($0.id) && sharesSlot($0, picked) }
                    #expect(blocking.isEmpty, "seed \(seed): \(id) overtakes \(blocking.map(\.id))")
                }
                inFlight[lane] = pick.ids
            }
            #expect(schedule.count == waiting.count)
            // Nothing can be stuck: when no lane has a request in flight, the oldest row may go.
            if inFlight.isEmpty, let oldest = waiting.first {
                #expect(ids(schedule, Int(oldest.slot.number) % lanes)?.first == oldest.id, "seed \(seed)")
            }
        }
    }

    private func sharesSlot(_ left: OutboxRow, _ right: OutboxRow) -> Bool {
        !Set([left.slot, left.barrierSlot ?? left.slot]).isDisjoint(with: [right.slot, right.barrierSlot ?? right.slot])
    }
}
