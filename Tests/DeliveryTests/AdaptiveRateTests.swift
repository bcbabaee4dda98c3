// A receiver that gets too many requests gets fewer, and in time as many as before.

import Delivery
import NIOHTTP1
import RandomSupport
import TestSupport
import Testing

@Suite struct AdaptiveRateTests {
    @Test func each429HalvesTheRateAndTimeBringsItBack() throws {
        var rate = AdaptiveRate(configured: 8)
        #expect(rate.perSecond(now: .zero) == nil)
        let first = rate.tooMany(sentAt: .seconds(1), now: .seconds(2))
        let ofAnotherLane = rate.tooMany(sentAt: .seconds(1), now: .seconds(2))
        let second = rate.tooMany(sentAt: .seconds(2), now: .seconds(2))
        #expect(first == 4)
        #expect(ofAnotherLane == nil)
        #expect(second == 2)
        // A quarter of the rate lacks three quarters of the way.
        let recovered = Duration.seconds(2) + AdaptiveRate.recovery * 3 / 4
        let middle = try #require(rate.perSecond(now: .seconds(2) + AdaptiveRate.recovery / 4))
        #expect(abs(middle - 4) < 1e-9)
        let ends = [recovered - .seconds(1), recovered, recovered].map { rate.hasRecovered(now: $0) }
        #expect(ends == [false, true, false])
        #expect(rate.delay(now: recovered) == .zero)
    }

    @Test func requestsAreSpacedEvenlyWhileItIsSlow() {
        var rate = AdaptiveRate(configured: 10)
        rate.take(now: .zero)
        _ = rate.tooMany(sentAt: .zero, now: .zero)
        #expect(rate.delay(now: .zero) == .milliseconds(200))
        #expect(rate.delay(now: .milliseconds(150)) <= .milliseconds(50))
        #expect(rate.delay(now: .milliseconds(200)) == .zero)
    }

    @Test func withoutALimitItIsTheObservedRateThatIsHalved() throws {
        var rate = AdaptiveRate(configured: 0)
        for number in 0..<400 { rate.take(now: .milliseconds(50 * number)) }
        let halved = rate.tooMany(sentAt: .seconds(20), now: .seconds(20))
        #expect(abs(try #require(halved) - 10) <= 0.1)
    }

    @Test func noNumberOf429StopsItAltogether() {
        var rate = AdaptiveRate(configured: 5)
        for second in 1...100 { _ = rate.tooMany(sentAt: .seconds(second), now: .seconds(second)) }
        rate.take(now: .seconds(100))
        #expect(rate.delay(now: .seconds(100)) <= .seconds(60))
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func theRateIsNeverAboveTheConfiguredOneNorBelowTheLeast(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var rate = AdaptiveRate(configured: 3)
        var now = Duration.zero
        for _ in 0..<3000 {
            now += .milliseconds(Int.random(in: 0..<2000, using: &random))
            if Int.random(in: 0..<20, using: &random) == 0 { _ = rate.tooMany(sentAt: now, now: now) }
            if rate.delay(now: now) == .zero { rate.take(now: now) }
            let perSecond = rate.perSecond(now: now) ?? 3
            #expect(perSecond >= AdaptiveRate.perSecondMin && perSecond <= 3, "seed \(seed)")
        }
    }

    @Test func aBusyReceiverIsSentLessAndThenAsMuchAsBeforeAndNothingIsLost() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, number in number < 3 ? .answer(429) : .ok })
        let ids = try (0..<60).flatMap { try fixture.commit(slot: UInt8($0 % 8)) }
        let sender = try fixture.sender { change in
            change.rate.requestsPerSecond = 20
            change.rate.requestBurst = 20
            change.batch.callsMax = 1
            change.lanes = 1
        }
        try await fixture.running(sender) {
            try await eventually("a halving") { sender.snapshot.rateHalvings > 0 }
            #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty)
            try await eventually("the full rate") {
                try fixture.commit(slot: 1)
                sender.wake()
                return sender.snapshot.requestsPerSecondReduced == nil
            }
        }
        #expect(sender.snapshot.tooManyAnswers == 3)
        #expect((1...3).contains(sender.snapshot.rateHalvings))
        #expect(Set(fixture.receiver.accepted).isSuperset(of: ids))
        // After the 429s no two requests leave together, though the configured burst would allow 20.
        let times = fixture.receiver.requests[3..<20].map(\.atNanoseconds)
        let gaps = zip(times.dropFirst(), times).map { Duration.nanoseconds(Int64($0 - $1)) * SenderClock.fastFactor }
        #expect(gaps.reduce(.zero, +) / gaps.count >= .milliseconds(50))
    }
}
