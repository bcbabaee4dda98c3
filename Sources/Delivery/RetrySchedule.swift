// How long to wait before the same calls are sent again.

/// Doubling delays with full jitter: each is drawn evenly from zero to its bound, so that many agents that failed together
/// do not return together.
package struct RetrySchedule: Sendable {
    private let initial: Duration
    private let max: Duration

    /// No receiver may silence the sender for longer than this with one `Retry-After`.
    package static let retryAfterMax = Duration.seconds(300)

    package init(_ limits: DestinationConfiguration.RetryLimits) {
        initial = limits.delayInitial
        max = limits.delayMax
    }

    /// The delay after `failures` failed attempts (1 or more).
    /// - Parameter random: from 0 up to 1.
    package func delay(failures: Int, random: Double) -> Duration {
        var bound = initial
        for _ in 1..<Swift.max(failures, 1) where bound < max { bound *= 2 }
        return Swift.min(bound, max) * random
    }

    /// What a `Retry-After` header asks for: seconds or an HTTP date (RFC 9110, 10.2.3). Nil when it says neither.
    package static func delay(retryAfter: String, nowMS: Int64) -> Duration? {
        let text = String(retryAfter.drop { $0 == " " })
        if let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return Int(text).map { .seconds(Swift.min($0, 300)) } ?? retryAfterMax
        }
        guard let date = CivilTime.sinceEpochMS(httpDate: text) else { return nil }
        return Swift.min(Swift.max(.milliseconds(date - nowMS), .zero), retryAfterMax)
    }
}
