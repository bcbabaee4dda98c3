// Serves the control socket: a stream socket of the Unix domain at which a peer asks line by line (see ControlMessage). Who the
// peer is decides what it may ask for; what it sends, or how slowly it reads, never holds up the pipeline or a sender.

import CoreMetrics
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

struct ControlServer: Service {
    private let path: String
    private let logger: Logger
    private let answer: @Sendable (ControlCommand) async -> ControlReply
    /// Counts connections beyond `connectionsMax`.
    private let refusals: CoreMetrics.Counter

    /// More connections at once are closed unanswered.
    static let connectionsMax = 64
    /// One on which nothing is asked for so long is closed.
    static let idleSeconds: Int64 = 30

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - Parameter answer: answers a request that its peer may make.
    init(
        path: String, metrics: any MetricsFactory, logger: Logger, answer: @escaping @Sendable (ControlCommand) async -> ControlReply
    ) {
        (self.path, self.logger, self.answer) = (path, logger, answer)
        refusals = Counter(label: MetricsPage.limitHits, dimensions: [("limit", "control_connections")], factory: metrics)
    }

    func run() async throws {
        let server: NIOAsyncChannel<Connection, Never>
        do {
            server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: .seconds(Self.idleSeconds)))
                        try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
            // Everyone may connect: the kernel tells who it is.
            chmod(path, 0o666)
        } catch {
            // What the agent is for goes on without it.
            logger.warning(
                "no control socket, so `eventail status` and `eventail reload` cannot reach this agent",
                metadata: ["path": "\(path)", "reason": "\(error)"])
            try? await gracefulShutdown()
            return
        }
        defer { unlink(path) }
        let open = OpenConnections()
        // The end of the agent, or of the socket, is none of the agent's faults.
        try? await cancelWhenGracefulShutdown {
            try await server.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        let isTooMany = open.begin() > Self.connectionsMax
                        group.addTask {
                            defer { open.end() }
                            guard isTooMany else { return await serve(connection) }
                            refusals.increment()
                            try? await connection.channel.close()
                        }
                    }
                }
            }
        }
        try? await gracefulShutdown()
    }

    /// Until the peer closes, says too much at once, or nothing for too long.
    private func serve(_ connection: Connection) async {
        let access = await PeerCredentials(of: connection.channel).access
        try? await connection.executeThenClose { inbound, outbound in
            var buffer: [UInt8] = []
            for try await bytes in inbound {
                buffer += bytes.readableBytesView
                while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                    let reply = await reply(to: Array(buffer[..<end]), access)
                    buffer.removeSubrange(...end)
                    try await outbound.write(ByteBuffer(bytes: ControlMessage.line(of: reply)))
                }
                guard buffer.count <= ControlMessage.requestBytesMax else { return }
            }
        }
    }

    private func reply(to line: [UInt8], _ access: ControlAccess) async -> ControlReply {
        guard let request = ControlRequest(line: line) else {
            return ControlReply(error: "this is no request that version \(programVersion) understands")
        }
        guard request.version == ControlMessage.version else {
            return ControlReply(error: "the agent speaks version \(ControlMessage.version) of the protocol, not \(request.version)")
        }
        guard access >= request.command.need else {
            let group = request.command.need == .counters ? ControlAccess.countersGroup : ControlAccess.everythingGroup
            return ControlReply(error: "not permitted: this takes root, the agent's own user or a member of the group \(group)")
        }
        return await answer(request.command)
    }
}

private final class OpenConnections: Sendable {
    private let count = Atomic(0)

    /// How many there are with this one.
    func begin() -> Int { count.add(1, ordering: .relaxed).newValue }

    func end() { count.subtract(1, ordering: .relaxed) }
}

/// Ends a connection on which nothing happens.
private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
    }
}
