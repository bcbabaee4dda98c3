// A local Pipelines API server that checks what it gets. POST PREFIX/batch, /identify, /track, /page, /screen, /group and
// /alias, with any prefix; GET /healthz answers with the counts.
//
// Strict always: a request that breaks a rule is answered with 4xx and JSON that says why, whether it asks for
// X-Strict-Mode or not. The judges come before the fault plan, so a fault never hides a bad request. Accepted calls are
// handed over before their request is answered; what cannot be handed over is answered with 500 and not remembered.
//
// Memory is bounded by the limits of ReceiverConfiguration. HTTP/1.1 without TLS: for one machine, or behind a proxy.

import Calls
import Glibc
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

package actor LocalReceiver: Service {
    let configuration: ReceiverConfiguration
    let logger: Logger
    private let onReady: @Sendable (Int) -> Void
    let onAccepted: @Sendable ([AcceptedCall]) throws -> Void
    let headJudge: HeadJudge
    let bodyJudge: BodyJudge
    var recentIDs: RecentIDs
    /// What has been seen since the start.
    package internal(set) var counts = ReceiverCounts()

    /// - Parameters:
    ///   - onReady: called once with the port, when connections are accepted.
    ///   - onAccepted: called with the calls of each accepted request in their order, one request at a time. May block.
    package init(
        configuration: ReceiverConfiguration,
        logger: Logger,
        onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in },
        onAccepted: @escaping @Sendable ([AcceptedCall]) throws -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        self.onAccepted = onAccepted
        headJudge = HeadJudge(bodyBytesMax: configuration.bodyBytesMax, apiKey: configuration.apiKey)
        bodyJudge = BodyJudge(callBytesMax: configuration.callBytesMax)
        recentIDs = RecentIDs(countMax: configuration.rememberedIDsMax)
    }

    /// Serves until it is cancelled or shut down gracefully; both end alike: requests under way are answered first, which
    /// `requestSeconds` bounds.
    /// - Throws: `ReceiverError` if the address cannot be listened on.
    package func run() async throws {
        let group = ServiceGroup(services: [try makeServer()], logger: quietLogger)
        // Unstructured to keep cancellation away from the server: it would drop a connection that it has accepted and not yet
        // handled, and NIO ends the process when a channel is dropped open.
        let serving = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch let error as IOError {
            throw Self.cannotListen(on: configuration.address, error)
        }
    }

    private func makeServer() throws -> any Service {
        let address = configuration.address
        let builder = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(Int64(configuration.requestSeconds))))
        return try builder.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionsMax, logger: quietLogger)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quietLogger,
            responder: { [self] request, writer, channel in try await serve(request, writer, channel) },
            onServerRunning: { [onReady] channel in onReady(channel.localAddress?.port ?? address.port) })
    }

    /// For the server's own messages, of which the lesser ones say what `onReady` does.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private static func cannotListen(on address: ListenAddress, _ error: IOError) -> ReceiverError {
        switch error.errnoCode {
        case EADDRINUSE:
            ReceiverError(
                .cannotListen, "cannot listen on \(address): the port is in use",
                hint: "stop what listens there, or choose another port with --listen")
        case EACCES:
            ReceiverError(
                .cannotListen, "cannot listen on \(address): not allowed", hint: "choose a port from 1024 with --listen")
        case EADDRNOTAVAIL:
            ReceiverError(
                .cannotListen, "cannot listen on \(address): not an address of this machine",
                hint: "listen on 127.0.0.1, or on 0.0.0.0 for all")
        default:
            ReceiverError(.cannotListen, "cannot listen on \(address): \(error)", hint: "choose another address with --listen")
        }
    }

    /// Counts a request.
    /// - Returns: its number, from 1.
    func begin() -> Int {
        counts.requests += 1
        return counts.requests
    }

    func countRefusal() {
        counts.refused += 1
    }
}
