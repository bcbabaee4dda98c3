// A sender's time that passes only when a test says so, so that what takes long on a busy machine takes no time here.

import Delivery
import Synchronization
import TestSupport

final class SteppedClock: Sendable {
    private struct Sleeper {
        var until: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.seconds(1_000_000)
        var lastKey = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }

    var senderClock: SenderClock {
        SenderClock(
            now: { self.now }, wallMS: { Int64(self.now / .milliseconds(1)) },
            sleep: { duration in try await self.rest(for: duration) })
    }

    /// Moves time on, and wakes whoever has slept enough.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Lets time pass in seconds, with a moment of the world's time for each, until `condition` holds.
    func pass(until what: String, _ condition: () async throws -> Bool) async throws {
        try await eventually(what, withinSeconds: 150) {
            self.advance(by: .seconds(1))
            return try await condition()
        }
    }

    private func rest(for duration: Duration) async throws {
        let key = state.withLock { state in
            state.lastKey += 1
            return state.lastKey
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let end: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if duration <= .zero { return .success(()) }
                    state.sleepers[key] = Sleeper(until: state.now + duration, continuation: continuation)
                    return nil
                }
                if let end { continuation.resume(with: end) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: key) }?.continuation.resume(throwing: CancellationError())
        }
    }
}
