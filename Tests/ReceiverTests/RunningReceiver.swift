// A receiver on a port of the system's choice while a test's body runs, and what it has accepted.

import Logging
import Receiver
import ServiceLifecycle
import Synchronization

struct RunningReceiver {
    let port: Int
    let receiver: LocalReceiver
    let accepted: Accepted
    let group: ServiceGroup

    /// Calls in the order of their acceptance.
    final class Accepted: Sendable {
        private let list = Mutex<[AcceptedCall]>([])

        func append(_ calls: [AcceptedCall]) { list.withLock { $0 += calls } }

        var calls: [AcceptedCall] { list.withLock { $0 } }
        var ids: [String] { calls.map { String(decoding: $0.messageID, as: UTF8.self) } }
    }

    /// Runs a receiver, then the body, then shuts the receiver down gracefully and waits for its end.
    static func with(
        _ configure: (inout ReceiverConfiguration) throws -> Void = { _ in },
        refusing: (@Sendable ([AcceptedCall]) throws -> Void)? = nil,
        _ body: (RunningReceiver) async throws -> Void
    ) async throws {
        var configuration = ReceiverConfiguration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        try configure(&configuration)
        let accepted = Accepted()
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let receiver = LocalReceiver(configuration: configuration, logger: logger, onReady: { portFound.yield($0) }) { calls in
            try refusing?(calls)
            accepted.append(calls)
        }
        let group = ServiceGroup(services: [receiver], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { portFound.finish() }
                try await group.run()
            }
            if let port = await ports.first(where: { _ in true }) {
                do {
                    try await body(RunningReceiver(port: port, receiver: receiver, accepted: accepted, group: group))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }
}
