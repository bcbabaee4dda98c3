// Delays between attempts.

import Delivery
import Testing

@Suite struct RetryScheduleTests {
    private let schedule = RetrySchedule(.init())

    @Test func boundsDoubleUpToTheCap() {
        let bounds = (1...10).map { schedule.delay(failures: $0, random: 1) }
        #expect(bounds == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(schedule.delay(failures: 1_000_000, random: 1) == .seconds(60))
    }

    @Test func jitterIsFull() {
        #expect(schedule.delay(failures: 4, random: 0) == .zero)
        #expect(schedule.delay(failures: 4, random: 0.25) == .seconds(1))
    }

    @Test func anInitialDelayAboveTheCapIsCapped() {
        var limits = DestinationConfiguration.RetryLimits()
        limits.delayInitial = .seconds(90)
        #expect(RetrySchedule(limits).delay(failures: 1, random: 1) == .seconds(60))
    }

    @Test(arguments: [
        ("0", 0), (" 7", 7), ("300", 300), ("301", 300), ("99999999999999999999999", 300),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sun, 06 Nov 1994 08:48:59 GMT", 0), ("Mon, 07 Nov 1994 08:49:37 GMT", 300),
    ])
    func retryAfterIsReadInBothForms(_ header: String, _ seconds: Int) {
        // 784 111 740 s: 06 Nov 1994 08:49:00 GMT.
        #expect(RetrySchedule.delay(retryAfter: header, nowMS: 784_111_740_000) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "7 s", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 40 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "١",
    ])
    func otherTextIsNoRetryAfter(_ header: String) {
        #expect(RetrySchedule.delay(retryAfter: header, nowMS: 0) == nil)
    }
}
