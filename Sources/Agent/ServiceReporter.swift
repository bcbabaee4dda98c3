// Keeps the service manager informed: ready once the pipeline is at work, a line of status when it changes, and alive as long as
// the pipeline's loop and the senders' lanes get on. When one of them hangs nothing is said any more, and the manager
// starts the agent again.

import Delivery
import ServiceLifecycle

struct ServiceReporter: Service {
    let manager: ServiceManager
    let control: PipelineControl
    let crew: SenderCrew
    /// The line for `systemctl status`.
    let line: @Sendable () async -> String

    /// How old the counts of the line may be, where the manager does not want to hear more often.
    private static let statusMilliseconds: Int64 = 20_000

    func run() async throws {
        guard manager.isPresent else { return try await gracefulShutdown() }
        await control.started()
        let line = await line()
        manager.status(line)
        manager.ready()
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await tell(after: line) }
                if let interval = manager.watchdogMilliseconds { group.addTask { try await live(every: interval / 3) } }
                try await group.waitForAll()
            }
        }
        manager.stopping()
    }

    /// Tells the line whenever it has changed: at once where people are waiting for it, at intervals for what merely counts.
    private func tell(after first: String) async throws {
        let interval = min(Self.statusMilliseconds, manager.watchdogMilliseconds.map { $0 / 3 } ?? .max)
        var told = first
        while !Task.isCancelled {
            let seen = control.news.rings
            let line = await line()
            if line != told { manager.status(line) }
            told = line
            await control.news.rung(after: seen, timeout: .milliseconds(interval), .system)
        }
    }

    /// Says that the agent lives as long as all of it gets on.
    /// - Parameter milliseconds: a third of the time-out: one look that comes late costs nothing.
    private func live(every milliseconds: Int64) async throws {
        var turns = control.turns
        while true {
            // A loop that only waits takes a turn for this.
            control.wakeup.ring()
            try await Task.sleep(for: .milliseconds(milliseconds))
            let now = control.turns
            if now != turns, await Liveness(control: control, crew: crew).areSendersAlive() { manager.alive() }
            turns = now
        }
    }
}
