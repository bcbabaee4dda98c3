// Accepts connections at a listening socket, a bounded number at once; those beyond are closed unanswered and counted.

package import CoreMetrics
package import NIOCore
import Synchronization

package struct AcceptLoop<Inbound: Sendable, Outbound: Sendable>: Sendable {
    package typealias Connection = NIOAsyncChannel<Inbound, Outbound>

    private let server: NIOAsyncChannel<Connection, Never>
    private let connectionsMax: Int
    private let refusals: CoreMetrics.Counter

    package init(server: NIOAsyncChannel<Connection, Never>, connectionsMax: Int, refusals: CoreMetrics.Counter) {
        (self.server, self.connectionsMax, self.refusals) = (server, connectionsMax, refusals)
    }

    /// Hands each connection to `serve`, which closes it, until the task is cancelled or the server's channel closed.
    /// - Throws: what ended the socket.
    package func run(_ serve: @escaping @Sendable (Connection) async -> Void) async throws {
        // Unstructured to keep cancellation away from the loop: it would drop a connection that was accepted and not yet handled,
        // and NIO ends the process when a channel is dropped open. A closed server hands over what it has, and ends the loop.
        let serving = Task { try await accept(serve) }
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            server.channel.close(promise: nil)
        }
    }

    private func accept(_ serve: @escaping @Sendable (Connection) async -> Void) async throws {
        let open = OpenConnections()
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    let isTooMany = open.begin() > connectionsMax
                    group.addTask {
                        defer { open.end() }
                        guard isTooMany else { return await serve(connection) }
                        refusals.increment()
                        try? await connection.executeThenClose { _, _ in }
                    }
                }
                group.cancelAll()
            }
        }
    }
}

private final class OpenConnections: Sendable {
    private let count = Atomic(0)

    /// How many there are with this one.
    func begin() -> Int { count.add(1, ordering: .relaxed).newValue }

    func end() { count.subtract(1, ordering: .relaxed) }
}
