// A receiver over real sockets that answers as a script says, and remembers what it got and what it accepted.

import Foundation
import NIOCore
package import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// What the receiver does about a request.
package enum Reply: Sendable {
    case answer(Int, headers: [String: String] = [:], body: String = "{}", afterMS: Int64 = 0)
    /// Close the connection without an answer.
    case close
    /// Never answer.
    case silence
    /// The head, then a byte now and then, without end.
    case drip(Int)
    /// The head, then bytes as fast as they are taken, without end.
    case flood(Int)
    /// Promise more than is sent, then close.
    case liar(Int)
    /// These bytes in place of any proper answer, at once or one by one, and what becomes of the connection.
    case raw(String, everyMS: Int64 = 0, then: End = .stay, isAcceptance: Bool = false)

    package enum End: Sendable {
        case stay
        case close
        /// The peer is told that the connection broke (RST).
        case reset
        /// The same bytes again, as fast as they are taken, without end.
        case again
    }

    package static let ok = Reply.answer(200)

    package var isSilence: Bool {
        if case .silence = self { true } else { false }
    }

    var status: Int? {
        switch self {
        case .answer(let status, _, _, _), .drip(let status), .flood(let status), .liar(let status): status
        case .close, .silence: nil
        case .raw(_, _, _, let isAcceptance): isAcceptance ? 200 : nil
        }
    }
}

/// A request as it arrived.
package struct Received: Sendable {
    package var head: HTTPRequestHead
    package var body: [UInt8]
    /// The `messageId` of each call, in order.
    package var ids: [String]
    /// Calls that say `"bad":true`.
    package var bad: Set<String>
    package var atNanoseconds: UInt64
}

package final class ScriptedReceiver: Sendable {
    package typealias Script = @Sendable (_ request: Received, _ number: Int) -> Reply

    private struct State {
        var script: Script
        var requests: [Received] = []
        var accepted: [String] = []
        var floodedBytes = 0
        var connections = 0
    }

    private let state: Mutex<State>
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    private let group = MultiThreadedEventLoopGroup.singleton

    package init(_ script: @escaping Script) {
        state = Mutex(State(script: script))
    }

    /// Answers with `replies` one after the other, then accepts everything.
    package convenience init(_ replies: Reply...) {
        self.init { _, number in number < replies.count ? replies[number] : .ok }
    }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    package func close() async throws {
        try await channel.withLock { $0 }?.close().get()
    }

    /// - Parameters:
    ///   - port: 0: any.
    ///   - tls: nil: plain HTTP.
    /// - Returns: the port.
    @discardableResult
    package func listen(host: String = "127.0.0.1", port: Int = 0, tls: TLSFiles? = nil) async throws -> Int {
        let context = try tls?.serverContext()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let self else { return }
                    self.state.withLock { $0.connections += 1 }
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(self))
                }
            }
            .bind(host: host, port: port).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress!.port!
    }

    package var requests: [Received] { state.withLock { $0.requests } }
    /// Ids of accepted calls, in the order of acceptance, repeated ones included.
    package var accepted: [String] { state.withLock { $0.accepted } }

    /// How many there have been.
    package var connections: Int { state.withLock { $0.connections } }

    /// What peers took of answers without end.
    package var floodedBytes: Int { state.withLock { $0.floodedBytes } }

    fileprivate func noteFlooded(_ count: Int) { state.withLock { $0.floodedBytes += count } }

    package func follow(_ script: @escaping Script) {
        state.withLock { $0.script = script }
    }

    fileprivate func reply(to head: HTTPRequestHead, body: [UInt8]) -> Reply {
        let json = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        let calls = json?["batch"] as? [[String: Any]] ?? []
        let request = Received(
            head: head, body: body, ids: calls.map { $0["messageId"] as? String ?? "" },
            bad: Set(calls.filter { $0["bad"] as? Bool == true }.map { $0["messageId"] as? String ?? "" }),
            atNanoseconds: DispatchTime.now().uptimeNanoseconds)
        let (script, number) = state.withLock { state in
            state.requests.append(request)
            return (state.script, state.requests.count - 1)
        }
        let reply = script(request, number)
        if let status = reply.status, (200...299).contains(status) { state.withLock { $0.accepted += request.ids } }
        return reply
    }
}

/// Collects one request after the other and carries out what the script says. Lives on its channel's event loop.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: ScriptedReceiver
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ receiver: ScriptedReceiver) {
        self.receiver = receiver
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            body += part.readableBytesView
        case .end:
            carryOut(receiver.reply(to: head!, body: body), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func carryOut(_ reply: Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .answer(let status, let headers, let body, let afterMS):
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(afterMS)) {
                let (handler, context) = bound.value
                var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
                fields.add(name: "Content-Length", value: "\(body.utf8.count)")
                handler.writeHead(status, fields, context)
                handler.writeBytes(body, context)
                context.writeAndFlush(handler.wrapOutboundOut(.end(nil)), promise: nil)
            }
        case .close:
            context.close(promise: nil)
        case .silence:
            break
        case .drip(let status):
            writeHead(status, [:], context)
            drip("x", everyMS: 50, context)
        case .flood(let status):
            writeHead(status, [:], context)
            flood(String(repeating: "x", count: 1 << 20), context)
        case .liar(let status):
            writeHead(status, ["Content-Length": "1000"], context)
            writeBytes("short", context)
            context.flush()
            context.close(promise: nil)
        case .raw(let text, let everyMS, let end, _):
            writeRaw(Array(text.utf8)[...], everyMS: everyMS, then: end, context)
        }
    }

    /// Past the encoder, which writes proper answers only.
    private func writeRaw(_ bytes: ArraySlice<UInt8>, everyMS: Int64, then end: Reply.End, _ context: ChannelHandlerContext) {
        guard context.channel.isActive, let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
        else { return }
        let part = everyMS == 0 ? bytes : bytes.prefix(1)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: part))).whenSuccess { [receiver] in
            receiver.noteFlooded(part.count)
            let context = bound.value.1
            let rest = bytes.dropFirst(part.count)
            switch end {
            case _ where !rest.isEmpty:
                context.eventLoop.scheduleTask(in: .milliseconds(everyMS)) {
                    let (handler, context) = bound.value
                    handler.writeRaw(rest, everyMS: everyMS, then: end, context)
                }
            case .stay: break
            case .close: context.close(promise: nil)
            case .reset:
                // SO_LINGER with a time of 0: close(2) resets the connection (socket(7)).
                _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                context.close(promise: nil)
            case .again:
                context.eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.writeRaw(bytes, everyMS: everyMS, then: end, context)
                }
            }
        }
    }

    private func flood(_ text: String, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text))))).whenSuccess {
            let (handler, context) = bound.value
            handler.receiver.noteFlooded(text.utf8.count)
            handler.flood(text, context)
        }
    }

    private func writeHead(_ status: Int, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func writeBytes(_ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }

    private func drip(_ text: String, everyMS: Int64, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        if context.channel.isWritable {
            writeBytes(text, context)
            context.flush()
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(everyMS)) {
            let (handler, context) = bound.value
            handler.drip(text, everyMS: everyMS, context)
        }
    }
}
