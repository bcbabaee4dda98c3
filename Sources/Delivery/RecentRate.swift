// How many of something there were a second lately: a mean that forgets, in three numbers. What was a minute ago counts for a
// third of what is now.

import Glibc

package struct RecentRate: Hashable, Sendable {
    private var sum = 0.0
    private var startedAt: Duration?
    private var addedAt: Duration = .zero

    package static let memorySeconds = 60.0
    /// So long is taken for the time since the start at least, so that a first one is no burst.
    private static let secondsMin = 1.0

    package init() {}

    /// - Parameter now: since any fixed moment.
    package mutating func add(_ count: Int, now: Duration) {
        sum = sum(now: now) + Double(count)
        startedAt = startedAt ?? now
        addedAt = now
    }

    package func perSecond(now: Duration) -> Double {
        guard let startedAt else { return 0 }
        let seconds = max(Self.secondsMin, (now - startedAt) / .seconds(1))
        // What the sum would be of one a second since the start.
        let ofOneASecond = Self.memorySeconds * (1 - exp(-seconds / Self.memorySeconds))
        return sum(now: now) / ofOneASecond
    }

    private func sum(now: Duration) -> Double {
        sum * exp(-max(0, (now - addedAt) / .seconds(1)) / Self.memorySeconds)
    }
}
