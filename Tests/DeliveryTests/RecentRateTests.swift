// A rate that is steady is told as it is, whatever the time since its start, and one that ends is forgotten.

import Delivery
import Testing

struct RecentRateTests {
    @Test func aSteadyRateIsToldFromTheStartOn() {
        var rate = RecentRate()
        for second in 0..<600 {
            rate.add(20, now: .seconds(second))
            guard second > 3 else { continue }
            #expect(abs(rate.perSecond(now: .seconds(second)) / 20 - 1) < 0.3)
        }
        #expect(abs(rate.perSecond(now: .seconds(600)) / 20 - 1) < 0.02)
    }

    @Test func whatHasEndedIsForgotten() {
        var rate = RecentRate()
        for second in 0..<300 { rate.add(20, now: .seconds(second)) }
        #expect(rate.perSecond(now: .seconds(360)) < 8)
        #expect(rate.perSecond(now: .seconds(900)) < 0.01)
    }

    @Test func aFirstCallIsNoBurst() {
        var rate = RecentRate()
        #expect(rate.perSecond(now: .seconds(5)) == 0)
        rate.add(1, now: .seconds(5))
        #expect(rate.perSecond(now: .seconds(5)) < 1.1)
    }
}
