// Makes requests rarer while the receiver says that there are too many (429). It delays, it never drops.
//
// Each 429 halves the rate, from the configured one or, where none is configured, from the one observed; requests are then
// spaced evenly, without a burst. A 429 to a request that left before the last halving says nothing about the new rate, so a
// volley from all lanes halves once. The rate grows back steadily, to the full rate in `recovery`; then nothing is spaced.

package struct AdaptiveRate: Sendable {
    /// Where the rate stood at the last halving, and what it grows back to.
    private struct Slowdown {
        var perSecond: Double
        var full: Double
        var since: Duration
    }

    private let configured: Double
    private var slowdown: Slowdown?
    private var lastRequestAt: Duration?
    /// Requests of the running and of the last whole window, from which the rate is observed.
    private var windowStart: Duration = .zero
    private var windowCount = 0
    private var lastWindowCount = 0

    /// From nothing to the full rate; from half of it, half as long.
    package static let recovery = Duration.seconds(240)
    /// However many 429 come, a request a minute remains.
    package static let perSecondMin = 1.0 / 60
    private static let window = Duration.seconds(10)

    /// - Parameter configured: requests per second; 0: no limit.
    package init(configured: Double) {
        self.configured = configured
    }

    /// Requests per second that may leave now; nil while the receiver has no complaint.
    package func perSecond(now: Duration) -> Double? {
        guard let slowdown else { return nil }
        let grown = slowdown.perSecond + slowdown.full * ((now - slowdown.since) / Self.recovery)
        return grown < slowdown.full ? grown : nil
    }

    /// How long until the next request may leave.
    package func delay(now: Duration) -> Duration {
        guard let perSecond = perSecond(now: now), let lastRequestAt else { return .zero }
        return max(.zero, lastRequestAt + .seconds(1 / perSecond) - now)
    }

    /// Accounts for a request that leaves now.
    package mutating func take(now: Duration) {
        if now - windowStart >= Self.window {
            lastWindowCount = now - windowStart < Self.window * 2 ? windowCount : 0
            windowCount = 0
            windowStart = now
        }
        windowCount += 1
        lastRequestAt = now
    }

    /// A request that left at `sentAt` was one too many.
    /// - Returns: the new rate in requests per second; nil when that request left before the rate was last halved.
    package mutating func tooMany(sentAt: Duration, now: Duration) -> Double? {
        if let slowdown, sentAt < slowdown.since { return nil }
        let current = perSecond(now: now)
        let full = current != nil ? slowdown!.full : configured > 0 ? configured : observed
        let halved = max(min(Self.perSecondMin, full), (current ?? full) / 2)
        slowdown = Slowdown(perSecond: halved, full: full, since: now)
        return halved
    }

    /// Forgets a slowdown that is over.
    /// - Returns: whether one has just ended.
    package mutating func hasRecovered(now: Duration) -> Bool {
        guard slowdown != nil, perSecond(now: now) == nil else { return false }
        slowdown = nil
        return true
    }

    /// At least one request per second: who sends less often is not sending too fast.
    private var observed: Double { max(1, Double(max(windowCount, lastWindowCount)) / (Self.window / .seconds(1))) }
}
