// An HTTP proxy that knows CONNECT and nothing else: it opens a tunnel to where the client says, and remembers the requests.

import Foundation
import NIOCore
import NIOPosix
import Synchronization

package final class TunnelProxy: Sendable {
    private let seen = Mutex<[String]>([])
    private let channel = Mutex<(any Channel)?>(nil)
    private let credentials: String?

    /// - Parameter credentials: `user:password` without which it answers 407; nil: everyone may pass.
    package init(credentials: String? = nil) {
        self.credentials = credentials
    }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    /// The heads of all requests.
    package var requests: [String] { seen.withLock { $0 } }

    /// - Returns: the port.
    package func listen() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let self else { return }
                    try channel.pipeline.syncOperations.addHandler(ConnectHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress!.port!
    }

    /// What to answer to a request.
    fileprivate func answer(to head: String) -> (line: String, target: (host: String, port: Int)?) {
        seen.withLock { $0.append(head) }
        let words = head.split(separator: "\r\n").first?.split(separator: " ") ?? []
        guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"),
            let port = Int(words[1][words[1].index(after: colon)...])
        else { return ("405 Method Not Allowed", nil) }
        if let credentials {
            let wanted = "Basic " + Data(credentials.utf8).base64EncodedString()
            guard head.lowercased().contains("proxy-authorization: \(wanted.lowercased())") else {
                return ("407 Proxy Authentication Required", nil)
            }
        }
        return ("200 Connection established", (words[1][..<colon].trimmingCharacters(in: ["[", "]"]), port))
    }
}

/// Reads the request, connects, and then passes bytes on. Lives on its channel's event loop.
private final class ConnectHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: TunnelProxy
    private var received = ByteBuffer()
    private var target: (any Channel)?

    init(_ proxy: TunnelProxy) {
        self.proxy = proxy
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let target { return target.writeAndFlush(unwrapInboundIn(data), promise: nil) }
        received.writeImmutableBuffer(unwrapInboundIn(data))
        let text = String(buffer: received)
        guard text.hasSuffix("\r\n\r\n") else { return }
        let (line, address) = proxy.answer(to: text)
        guard let address else { return answer(line, context) }
        let back = context.channel
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ReturnHandler(back)) }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                let (handler, context) = bound.value
                handler.target = try? result.get()
                handler.answer(handler.target == nil ? "502 Bad Gateway" : line, context)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        target?.close(promise: nil)
    }

    private func answer(_ line: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 \(line)\r\n\r\n")), promise: nil)
    }
}

/// Passes on what comes back.
private final class ReturnHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let back: any Channel

    init(_ back: any Channel) {
        self.back = back
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        back.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        back.close(promise: nil)
    }
}
