// Wakes sleeping tasks from any thread without blocking it: "something changed, look again".

import Synchronization

package final class Bell: Sendable {
    private struct State {
        var rings: UInt64 = 0
        var lastKey: UInt64 = 0
        var sleepers: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it rang. Read this before looking at what may have changed, then wait for a ring after it: a ring in
    /// between is not missed.
    package var rings: UInt64 { state.withLock { $0.rings } }

    package func ring() {
        let sleepers = state.withLock { state in
            state.rings += 1
            defer { state.sleepers.removeAll() }
            return state.sleepers
        }
        for sleeper in sleepers.values { sleeper.resume() }
    }

    /// Returns once it has rung more than `seen` times, or when the task is cancelled.
    package func rung(after seen: UInt64) async {
        let key = state.withLock { state in
            state.lastKey += 1
            return state.lastKey
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.rings > seen || Task.isCancelled { return true }
                    state.sleepers[key] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: key) }?.resume()
        }
    }

    /// Like `rung(after:)`, but for no longer than `timeout`; nil means without end.
    package func rung(after seen: UInt64, timeout: Duration?, _ clock: SenderClock) async {
        guard let timeout else { return await rung(after: seen) }
        guard timeout > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.rung(after: seen) }
            group.addTask { try? await clock.sleep(timeout) }
            await group.next()
            group.cancelAll()
        }
    }
}
