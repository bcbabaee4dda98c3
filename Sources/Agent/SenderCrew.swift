// The senders of all destinations as one service, which a reload exchanges: the old ones finish what is in flight and settle it,
// then the new ones go on with what waits in the outbox.

import Delivery
import ServiceLifecycle
import Synchronization

final class SenderCrew: Service, Sendable {
    private struct State {
        var senders: [Sender]
        /// Those that take over once the present ones have stopped.
        var successors: [Sender]?
        var isStopping = false
    }

    private let state: Mutex<State>

    init(_ senders: [Sender]) {
        state = Mutex(State(senders: senders))
    }

    /// Those at work now, in the order of the destinations.
    var senders: [Sender] { state.withLock { $0.senders } }

    /// Returns when it was told to stop.
    /// - Throws: what ended a sender.
    func run() async throws {
        try await withGracefulShutdownHandler {
            repeat {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for sender in senders { group.addTask { try await sender.run() } }
                    try await group.waitForAll()
                }
            } while handOver()
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Calls were committed. From any thread; does not block.
    func wake() {
        for sender in senders { sender.wake() }
    }

    /// Lets `run` return as soon as what is in flight has settled.
    func stop() {
        state.withLock { $0.isStopping = true }
        for sender in senders { sender.stop() }
    }

    /// Has others go on in place of the present senders. Returns at once.
    func replace(with successors: [Sender]) {
        state.withLock { $0.successors = successors }
        for sender in senders { sender.stop() }
    }

    private func handOver() -> Bool {
        state.withLock { state in
            guard !state.isStopping, let successors = state.successors else { return false }
            state.senders = successors
            state.successors = nil
            return true
        }
    }
}
