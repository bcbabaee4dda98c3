// Watches a connection to a receiver from below and above the HTTP codec, for two things that the client leaves open: bytes that
// belong to no answer, after which the connection is not used again, and a receiver that does not take what it is sent.
//
// The client offers a hook for handlers of one's own on each connection; it is meant for debugging and runs once the connection is
// set up, before the first request.

import NIOCore
import NIOHTTP1

/// The receiver has not taken the whole request in time.
struct WriteTimeout: Error {}

/// Between the socket (or TLS) and the codec. Confined to the connection's event loop.
final class ConnectionWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let writeTimeout: TimeAmount
    fileprivate var boundary = AnswerBoundary()
    private var unwritten = 0
    /// Those who wait for what is unwritten, where somebody does.
    private var waiting: [EventLoopPromise<Void>] = []
    private var timer: Scheduled<Void>?

    private init(writeTimeout: TimeAmount) {
        self.writeTimeout = writeTimeout
    }

    /// - Parameter writeTimeout: from a request's first byte until the last one has been taken.
    static func install(on channel: any Channel, writeTimeout: TimeAmount) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let watch = ConnectionWatch(writeTimeout: writeTimeout)
            try pipeline.addHandler(watch, position: .before(pipeline.handler(type: HTTPRequestEncoder.self)))
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(AnswerWatch(watch), position: .after(decoder))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        boundary.arrived(unwrapInboundIn(data).readableBytesView)
        guard !boundary.isPassed else { return context.close(promise: nil) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        boundary.requestBegins()
        guard !boundary.isPassed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return context.close(promise: nil)
        }
        if let promise { waiting.append(promise) }
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        if unwritten == 0 {
            timer = context.eventLoop.scheduleTask(in: writeTimeout) {
                let (watch, context) = bound.value
                // Whoever waits for the writing hears of it last, or would take the closed connection for the cause.
                let waiting = watch.waiting
                watch.waiting = []
                context.fireErrorCaught(WriteTimeout())
                context.close(promise: nil)
                for promise in waiting { promise.fail(WriteTimeout()) }
            }
        }
        unwritten += 1
        written.futureResult.whenComplete { bound.value.0.wrote($0) }
        context.write(data, promise: written)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func wrote(_ result: Result<Void, any Error>) {
        unwritten -= 1
        guard unwritten == 0 else { return }
        timer?.cancel()
        for promise in waiting { promise.completeWith(result) }
        waiting = []
    }
}

/// Above the codec, where answers have a head and an end.
private final class AnswerWatch: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private let watch: ConnectionWatch

    init(_ watch: ConnectionWatch) {
        self.watch = watch
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            watch.boundary.decodedHead(
                status: Int(head.status.code), lengths: head.headers["Content-Length"],
                isChunked: head.headers.contains(name: "Transfer-Encoding"))
        case .body: break
        case .end: watch.boundary.decodedEnd()
        }
        context.fireChannelRead(data)
        // A request that the client gives the connection at this very moment is refused before anything of it leaves.
        if watch.boundary.isPassed { context.close(promise: nil) }
    }
}
