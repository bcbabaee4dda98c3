// What signals ask for, but for the first SIGTERM or SIGINT, which the service group takes: SIGHUP reloads, and a second SIGTERM or
// SIGINT ends the process at once. That is safe at any moment: what is committed is committed.

import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

struct SignalService: Service {
    let reloader: Reloader
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
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
