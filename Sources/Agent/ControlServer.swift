// Serves the control socket: a stream socket of the Unix domain at which a peer asks line by line (see ControlMessage). Who the
// peer is decides what it may ask for; what it sends, or how slowly it reads, never holds up the pipeline or a sender.

import CoreMetrics
import Exposition
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

struct ControlServer: Service {
    private let path: String
    private let logger: Logger
    private let taps: TapHub
    private let answer: @Sendable (ControlRequest) async -> ControlReply
    /// Count connections beyond `connectionsMax`, listeners beyond `TapHub.tapsMax`, and events that listeners had no room for.
    private let refusals, refusedTaps, droppedEvents: CoreMetrics.Counter

    /// More connections at once are closed unanswered.
    static let connectionsMax = 64
    /// One on which nothing is asked for so long is closed; so is one whose peer does not take for so long what it listens to.
    static let idleSeconds: Int64 = 30
    private static let idleHandlerName = "idle"

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - Parameter answer: answers a request that its peer may make.
    init(
        path: String, taps: TapHub, metrics: any MetricsFactory, logger: Logger,
        answer: @escaping @Sendable (ControlRequest) async -> ControlReply
    ) {
        (self.path, self.taps, self.logger, self.answer) = (path, taps, logger, answer)
        func counter(_ limit: String) -> CoreMetrics.Counter {
            Counter(label: MetricsPage.limitHits, dimensions: [("limit", limit)], factory: metrics)
        }
        (refusals, refusedTaps, droppedEvents) = (counter("control_connections"), counter("taps"), counter("tap_queue"))
    }

    func run() async throws {
        let server: NIOAsyncChannel<Connection, Never>
        do {
            server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            IdleStateHandler(readTimeout: .seconds(Self.idleSeconds)), name: Self.idleHandlerName)
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
        let loop = AcceptLoop(server: server, connectionsMax: Self.connectionsMax, refusals: refusals)
        // The end of the agent, or of the socket, is none of the agent's faults.
        try? await withGracefulShutdownHandler {
            try await loop.run { await serve($0) }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
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
                    let request = ControlRequest(line: Array(buffer[..<end]))
                    buffer.removeSubrange(...end)
                    var reply = await reply(to: request, access)
                    var tap: Tap?
                    if reply.error == nil, request?.command == .tap {
                        tap = taps.begin(request?.filter ?? TapFilter())
                        if tap == nil {
                            reply.error = "\(TapHub.tapsMax) listen already, which is as many as may"
                            refusedTaps.increment()
                        }
                    }
                    defer { if let tap { taps.end(tap) } }
                    try await outbound.write(ByteBuffer(bytes: ControlMessage.line(of: reply)))
                    if let tap { return try await send(tap, over: connection.channel, outbound) }
                }
                guard buffer.count <= ControlMessage.requestBytesMax else { return }
            }
        }
    }

    /// Until the peer goes, or does not take what there is for it.
    private func send(_ tap: Tap, over channel: any Channel, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        // A listener has nothing more to say.
        try await channel.pipeline.removeHandler(name: Self.idleHandlerName)
        channel.closeFuture.whenComplete { _ in taps.end(tap) }
        while let (lines, droppedCount) = await tap.next() {
            if droppedCount > 0 { droppedEvents.increment(by: droppedCount) }
            let deadline = channel.eventLoop.scheduleTask(in: .seconds(Self.idleSeconds)) { channel.close(promise: nil) }
            defer { deadline.cancel() }
            for line in lines { try await outbound.write(ByteBuffer(bytes: line + [UInt8(ascii: "\n")])) }
        }
    }

    private func reply(to request: ControlRequest?, _ access: ControlAccess) async -> ControlReply {
        guard let request else {
            return ControlReply(error: "this is no request that version \(programVersion) understands")
        }
        guard request.version == ControlMessage.version else {
            return ControlReply(error: "the agent speaks version \(ControlMessage.version) of the protocol, not \(request.version)")
        }
        guard access >= request.command.need else {
            let group = request.command.need == .counters ? ControlAccess.countersGroup : ControlAccess.everythingGroup
            return ControlReply(error: "not permitted: this takes root, the agent's own user or a member of the group \(group)")
        }
        return await answer(request)
    }
}

/// Ends a connection on which nothing happens.
private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
    }
}
