// What signals ask for, but for the first SIGTERM or SIGINT, which the service group takes: SIGHUP reloads, and a second SIGTERM or
// SIGINT ends the process at once. That is safe at any moment: what is committed is committed.

import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

struct SignalService: Service {
    let reloader: Reloader
    let logger: Logger
    /// Called once signals are heard: the group hears the ones that end it before it starts its first service, which this is.
    let onHearing: @Sendable () -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        onHearing()
        // First of the group's services, this one is shut down last: it hears a second signal until all others are done.
        await cancelWhenGracefulShutdown {
            var isEnding = false
            for await signal in signals {
                switch signal {
                case .sighup: Task { try? await reloader.reload() }
                default:
                    if isEnding { end() }
                    isEnding = true
                }
            }
        }
    }

    private func end() {
        logger.warning("ended by a second signal; what was in flight is sent again at the next start")
        _exit(1)
    }
}
