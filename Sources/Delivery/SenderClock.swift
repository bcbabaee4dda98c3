// Time as a sender sees it, handed in so that tests can run hours in seconds.

import Glibc

package struct SenderClock: Sendable {
    /// Never goes back; since any fixed moment.
    package var now: @Sendable () -> Duration
    /// Milliseconds since 1970.
    package var wallMS: @Sendable () -> Int64
    /// Returns early, with an error, when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, wallMS: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.wallMS = wallMS
        self.sleep = sleep
    }

    package static let system: SenderClock = {
        let start = ContinuousClock.now
        return SenderClock(
            now: { ContinuousClock.now - start },
            wallMS: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
            },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }()
}
