// Limits on requests, calls and bytes per second. They delay, they never drop. Time is handed in as the duration since any
// fixed moment.

/// Tokens that come back at a steady rate, up to a burst.
package struct TokenBucket: Sendable {
    private let perSecond: Double
    private let capacity: Double
    private var tokens: Double
    private var updated: Duration

    /// - Parameter perSecond: above 0.
    package init(perSecond: Double, capacity: Double, now: Duration) {
        self.perSecond = perSecond
        self.capacity = capacity
        tokens = capacity
        updated = now
    }

    /// How long until `amount` may go; an amount above the capacity waits for a full bucket.
    package func delay(for amount: Double, now: Duration) -> Duration {
        let missing = min(amount, capacity) - available(now)
        // What rounding leaves must not make anybody wait, and a wait must not be so short that it is repeated.
        guard missing > 1e-6 else { return .zero }
        return .seconds(missing / perSecond) + .microseconds(1)
    }

    /// Takes the tokens; with an amount above the capacity the bucket stays in debt for a while, which keeps the rate.
    package mutating func take(_ amount: Double, now: Duration) {
        tokens = available(now) - amount
        updated = now
    }

    private func available(_ now: Duration) -> Double {
        min(capacity, tokens + max(0, (now - updated) / .seconds(1)) * perSecond)
    }
}

/// The limits of one destination, shared by its lanes.
package struct RateLimiter: Sendable {
    private var requests: TokenBucket?
    private var calls: TokenBucket?
    private var bytes: TokenBucket?
    /// What the receiver itself asks for.
    private var adaptive: AdaptiveRate
    /// No batch is larger than what one second allows, so that a limit does not turn into bursts and silence.
    package let callsMax: Int
    package let bytesMax: Int

    package init(_ rate: DestinationConfiguration.RateLimits, now: Duration) {
        func bucket(_ perSecond: Double, capacity: Double) -> TokenBucket? {
            perSecond > 0 ? TokenBucket(perSecond: perSecond, capacity: capacity, now: now) : nil
        }
        callsMax = rate.callsPerSecond > 0 ? max(1, Int(rate.callsPerSecond)) : .max
        bytesMax = rate.bytesPerSecond > 0 ? max(Self.bytesAlwaysAllowed, Int(rate.bytesPerSecond)) : .max
        adaptive = AdaptiveRate(configured: rate.requestsPerSecond)
        requests = bucket(rate.requestsPerSecond, capacity: max(1, rate.requestBurst))
        calls = bucket(rate.callsPerSecond, capacity: Double(callsMax))
        bytes = bucket(rate.bytesPerSecond, capacity: Double(bytesMax))
    }

    /// A limit on bytes leaves room for the largest call.
    private static let bytesAlwaysAllowed = 64 * 1024

    /// How long until a request with so many calls and bytes may go.
    package func delay(calls callCount: Int, bytes byteCount: Int, now: Duration) -> Duration {
        max(
            adaptive.delay(now: now), requests?.delay(for: 1, now: now) ?? .zero, calls?.delay(for: Double(callCount), now: now) ?? .zero,
            bytes?.delay(for: Double(byteCount), now: now) ?? .zero)
    }

    /// Accounts for a request that goes now.
    package mutating func take(calls callCount: Int, bytes byteCount: Int, now: Duration) {
        adaptive.take(now: now)
        requests?.take(1, now: now)
        calls?.take(Double(callCount), now: now)
        bytes?.take(Double(byteCount), now: now)
    }

    /// The receiver answered 429 to a request that left at `sentAt`; see `AdaptiveRate.tooMany`.
    package mutating func tooMany(sentAt: Duration, now: Duration) -> Double? { adaptive.tooMany(sentAt: sentAt, now: now) }

    /// Whether the receiver's complaints have just been outlived; see `AdaptiveRate.hasRecovered`.
    package mutating func hasRecovered(now: Duration) -> Bool { adaptive.hasRecovered(now: now) }
}
