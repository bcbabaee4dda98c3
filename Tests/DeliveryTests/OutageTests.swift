// A long outage of the receiver, in fast-forward: what waits is kept, the receiver is asked now and then, and when it is back it
// gets what the limits allow and no more.

import Delivery
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct OutageTests {
    private static let minutes = 30
    private static let perSecond = 2.0
    private static let burst = 5.0

    /// Half an hour of closed connections, errors, and refusals of too many requests, ten minutes each.
    private static func reply(after passed: Duration) -> Reply {
        switch passed / .seconds(60) {
        case ..<10: .close
        case ..<20: .answer(503)
        case ..<Double(minutes): .answer(429)
        default: .ok
        }
    }

    @Test func halfAnHourLosesNothingAndEndsWithoutAThunderingHerd() async throws {
        let time = SteppedClock()
        let start = time.now
        let arrivals = Arrivals()
        let fixture = try await SenderFixture(
            ScriptedReceiver { _, _ in
                let passed = time.now - start
                arrivals.add(passed)
                return Self.reply(after: passed)
            })
        let sender = try fixture.sender(clock: time.senderClock) { change in
            change.rate.requestsPerSecond = Self.perSecond
            change.rate.requestBurst = Self.burst
            change.batch.callsMax = 10
        }
        var ids: [String] = []
        try await fixture.running(sender) {
            for minute in 1...Self.minutes {
                for slot in 0..<20 { ids += try fixture.commit(slot: UInt8(slot), calls: 7) }
                sender.wake()
                try await time.pass(until: "minute \(minute)") { time.now >= start + .seconds(60 * minute) }
                #expect(try await fixture.counters().balance)
            }
            try await time.pass(until: "all is delivered") { try await fixture.counters().waiting == 0 }
        }
        #expect(
            try await fixture.counters() == Counters(derived: Int64(ids.count), delivered: Int64(ids.count), deadLettered: 0, waiting: 0))
        #expect(fixture.receiver.accepted.sorted() == ids)
        for slot in 0..<20 {
            let ofSlot = ids.enumerated().filter { $0.offset / 7 % 20 == slot }.map(\.element)
            let members = Set(ofSlot)
            #expect(fixture.receiver.accepted.filter(members.contains) == ofSlot)
        }

        let times = arrivals.times
        let recovery = Duration.seconds(60 * Self.minutes)
        // Four lanes ask twice a minute each, once the waits have grown to a minute at most.
        let during = times.filter { $0 >= .seconds(120) && $0 < recovery }
        #expect((20...400).contains(during.count), "\(during.count) requests in the outage")
        expectLimits(times)

        let after = times.filter { $0 >= recovery }
        #expect(after.count >= ids.count / 10)
        // The longest wait between attempts, and that of the reduced rate.
        #expect(after[0] - recovery < .seconds(150))
        // Spaced first, at the full rate when the receiver has stayed content for a while.
        let early = after.count { $0 < recovery + .seconds(60) }
        let busiest = (1..<6).map { minute in
            after.count { $0 >= recovery + .seconds(60 * minute) && $0 < recovery + .seconds(60 * minute + 60) }
        }.max()!
        #expect(early < 70, "\(early) requests in the first minute")
        #expect(busiest > early, "\(early) requests in the first minute, then \(busiest)")
    }

    /// In no half-minute are there more requests than the limits let go; what the receiver's own clock adds is a few seconds.
    private func expectLimits(_ times: [Duration]) {
        let windowMax = Int(Self.burst + Self.perSecond * 40)
        var first = 0
        var most = 0
        for last in times.indices {
            while times[last] - times[first] > .seconds(30) { first += 1 }
            most = max(most, last - first + 1)
        }
        #expect(most <= windowMax)
    }
}

/// When requests came, since the start.
private final class Arrivals: Sendable {
    private let list = Mutex<[Duration]>([])

    var times: [Duration] { list.withLock { $0 } }

    func add(_ time: Duration) { list.withLock { $0.append(time) } }
}
