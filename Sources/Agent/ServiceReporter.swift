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

    /// Between two lines of status where the manager does not watch.
    private static let statusMilliseconds: Int64 = 10_000

    func run() async throws {
        guard manager.isPresent else { return try await gracefulShutdown() }
        await control.started()
        manager.status(await line())
        manager.ready()
        try? await cancelWhenGracefulShutdown { try await report() }
        manager.stopping()
    }

    private func report() async throws {
        // A third of the time: one look that comes late costs nothing.
        let interval = (manager.watchdogMilliseconds ?? Self.statusMilliseconds * 3) / 3
        var turns = control.turns
        var told = ""
        while true {
            // A loop that only waits takes a turn for this.
            control.wakeup.ring()
            try await Task.sleep(for: .milliseconds(interval))
            let now = control.turns
            if now != turns, await areSendersAlive() { manager.alive() }
            turns = now
            let line = await line()
            if line != told { manager.status(line) }
            told = line
        }
    }

    /// Does not return while a sender cannot even answer.
    private func areSendersAlive() async -> Bool {
        for sender in crew.senders where await !sender.isAlive { return false }
        return true
    }
}
