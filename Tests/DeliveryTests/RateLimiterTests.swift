// Limits delay exactly as long as they must.

import Delivery
import RandomSupport
import Testing

@Suite struct RateLimiterTests {
    @Test func aBurstGoesAtOnceAndTheRestAtTheRate() {
        var bucket = TokenBucket(perSecond: 5, capacity: 10, now: .zero)
        var now = Duration.zero
        for _ in 0..<10 {
            #expect(bucket.delay(for: 1, now: now) == .zero)
            bucket.take(1, now: now)
        }
        for _ in 0..<20 {
            let delay = bucket.delay(for: 1, now: now)
            #expect(abs(delay / .seconds(1) - 0.2) < 0.001)
            now += delay
            #expect(bucket.delay(for: 1, now: now) == .zero)
            bucket.take(1, now: now)
        }
    }

    @Test func quietTimeFillsTheBucketNoFurtherThanItsCapacity() {
        var bucket = TokenBucket(perSecond: 1, capacity: 3, now: .zero)
        bucket.take(3, now: .zero)
        let now = Duration.seconds(1_000_000)
        #expect(bucket.delay(for: 3, now: now) == .zero)
        bucket.take(3, now: now)
        #expect(bucket.delay(for: 1, now: now) >= .seconds(1))
    }

    @Test func aClockThatStandsStillOrGoesBackGivesNothing() {
        var bucket = TokenBucket(perSecond: 1, capacity: 1, now: .seconds(10))
        bucket.take(1, now: .seconds(10))
        #expect(bucket.delay(for: 1, now: .seconds(5)) > .zero)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func noLimitIsExceededOverAnyStretch(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var rate = DestinationConfiguration.RateLimits()
        rate.requestsPerSecond = 5
        rate.requestBurst = 3
        rate.callsPerSecond = 40
        rate.bytesPerSecond = 200_000
        var limiter = RateLimiter(rate, now: .zero)
        #expect(limiter.callsMax == 40 && limiter.bytesMax == 200_000)
        var sent: [(at: Double, calls: Int, bytes: Int)] = []
        var now = Duration.zero
        for _ in 0..<400 {
            if Int.random(in: 0..<20, using: &random) == 0 { now += .seconds(Double.random(in: 0..<3, using: &random)) }
            let calls = Int.random(in: 1...limiter.callsMax, using: &random)
            let bytes = Int.random(in: 1...limiter.bytesMax, using: &random)
            now += limiter.delay(calls: calls, bytes: bytes, now: now)
            #expect(limiter.delay(calls: calls, bytes: bytes, now: now) == .zero)
            limiter.take(calls: calls, bytes: bytes, now: now)
            sent.append((now / .seconds(1), calls, bytes))
        }
        for start in stride(from: 0, to: sent.count, by: 7) {
            for end in start..<min(start + 60, sent.count) {
                let stretch = sent[start...end]
                let seconds = sent[end].at - sent[start].at
                #expect(Double(stretch.count) <= 3 + 5 * seconds + 0.01)
                #expect(Double(stretch.reduce(0) { $0 + $1.calls }) <= 40 + 40 * seconds + 0.01)
                #expect(Double(stretch.reduce(0) { $0 + $1.bytes }) <= 200_000 + 200_000 * seconds + 1)
            }
        }
    }

    @Test func zeroMeansNoLimit() {
        var rate = DestinationConfiguration.RateLimits()
        rate.requestsPerSecond = 0
        var limiter = RateLimiter(rate, now: .zero)
        for _ in 0..<1000 {
            #expect(limiter.delay(calls: 1000, bytes: 475_000, now: .zero) == .zero)
            limiter.take(calls: 1000, bytes: 475_000, now: .zero)
        }
    }
}
