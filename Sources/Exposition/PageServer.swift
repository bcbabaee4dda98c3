// Serves pages to monitors over HTTP/1.1: GET and HEAD, one request a connection. What peers send, and how slowly they send or
// read, costs bounded memory and no one but themselves anything: a connection that is not done after `connectionSeconds` is
// closed, more than `connectionsMax` at once are closed unanswered, and bodies are thrown away.
//
// No TLS and no passwords: for this machine, or behind a proxy.

package import CoreMetrics
import NIOCore
import NIOHTTP1
import NIOPosix

/// What a path leads to.
package struct Page: Sendable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: String) {
        (self.status, self.contentType, self.body) = (status, contentType, body)
    }
}

package struct PageServer: Sendable {
    private let address: ListenAddress
    private let refusals: CoreMetrics.Counter
    private let onListening: @Sendable (ListenAddress) -> Void
    private let page: @Sendable (String) async -> Page?

    package static let connectionsMax = 16
    package static let connectionSeconds: Int64 = 10

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// - Parameters:
    ///   - refusals: counts connections beyond `connectionsMax`.
    ///   - onListening: called with the address and the port that the system chose.
    ///   - page: what a path without its query leads to; nil: to nothing.
    package init(
        address: ListenAddress, refusals: CoreMetrics.Counter, onListening: @escaping @Sendable (ListenAddress) -> Void,
        page: @escaping @Sendable (String) async -> Page?
    ) {
        (self.address, self.refusals, self.onListening, self.page) = (address, refusals, onListening, page)
    }

    /// Serves until the task is cancelled.
    /// - Throws: why the address cannot be listened on, or what ended the socket.
    package func run() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        onListening(ListenAddress(host: address.host, port: server.channel.localAddress?.port ?? address.port))
        try await AcceptLoop(server: server, connectionsMax: Self.connectionsMax, refusals: refusals).run { await serve($0) }
    }

    private func serve(_ connection: Connection) async {
        let channel = connection.channel
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(Self.connectionSeconds)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        // Whatever ends a connection early is its peer's affair.
        try? await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            for try await part in inbound {
                switch part {
                case .head(let received): head = received
                case .body: break
                case .end:
                    if let head { try await answer(head, outbound) }
                    return
                }
            }
        }
    }

    private func answer(_ request: HTTPRequestHead, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) async throws {
        let reply = await reply(to: request)
        let body = ByteBuffer(string: reply.body)
        let headers: HTTPHeaders = [
            "Content-Type": reply.contentType, "Content-Length": "\(body.readableBytes)", "Connection": "close",
            "Cache-Control": "no-store",
        ]
        var parts: [HTTPServerResponsePart] = [
            .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers))
        ]
        if request.method != .HEAD { parts.append(.body(.byteBuffer(body))) }
        try await outbound.write(contentsOf: parts + [.end(nil)])
    }

    private func reply(to request: HTTPRequestHead) async -> Page {
        guard request.method == .GET || request.method == .HEAD else { return Page(status: 405, body: "only GET and HEAD\n") }
        return await page(String(request.uri.prefix { $0 != "?" })) ?? Page(status: 404, body: "there is no such page\n")
    }
}
