// One attempt over HTTP/1.1: the headers of the wire, time-outs, and bounds on what is read of an answer.
//
// Redirects are not followed and nothing is decompressed. Of a body at most `bodyBytesMax` are read; when there is more the
// connection is closed. Once the status is known the answer counts, whatever becomes of its body.

import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

struct Transport: Sendable {
    private let client: HTTPClient
    private let url: String
    private let headers: HTTPHeaders
    private let timeouts: DestinationConfiguration.Timeouts

    static let bodyBytesMax = 16 * 1024
    /// Unused connections are closed after this time, before most receivers and load balancers do so.
    static let idleSeconds: Int64 = 30

    init(_ client: HTTPClient, _ configuration: DestinationConfiguration) {
        self.client = client
        url = configuration.endpoint.url
        timeouts = configuration.timeouts
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "User-Agent", value: "eventail/\(configuration.version)")
        headers.add(name: configuration.authorization.header.name, value: configuration.authorization.header.value)
        if configuration.isStrict { headers.add(name: "X-Strict-Mode", value: "1") }
        self.headers = headers
    }

    static func clientConfiguration(_ configuration: DestinationConfiguration) -> HTTPClient.Configuration {
        var result = HTTPClient.Configuration()
        result.redirectConfiguration = .disallow
        result.decompression = .disabled
        result.httpVersion = .http1Only
        result.timeout = .init(connect: TimeAmount(configuration.timeouts.connect))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorities = configuration.authorities { tls.trustRoots = .certificates(authorities.certificates) }
        result.tlsConfiguration = tls
        if let proxy = configuration.proxy {
            result.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
        }
        result.connectionPool.idleTimeout = .seconds(idleSeconds)
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.lanes
        let writeTimeout = TimeAmount(configuration.timeouts.write)
        result.http1_1ConnectionDebugInitializer = { ConnectionWatch.install(on: $0, writeTimeout: writeTimeout) }
        // Attempts are counted, delayed and logged by the sender alone.
        result.connectionPool.retryConnectionEstablishment = false
        return result
    }

    /// - Parameter failures: how often these calls were tried before.
    func post(_ body: [UInt8], failures: Int) async -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = headers
        if failures > 0 { request.headers.add(name: "X-Retry-Count", value: "\(failures)") }
        request.body = .bytes(ByteBuffer(bytes: body))
        let deadline = NIODeadline.now() + TimeAmount(timeouts.response)
        do {
            let response = try await client.execute(request, deadline: deadline)
            let body = await Self.beginning(of: response.body, until: deadline)
            return .status(Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), body: body)
        } catch {
            return .failed(reason(error))
        }
    }

    /// Leaving the loop before the body's end closes the connection.
    private static func beginning(of body: HTTPClientResponse.Body, until deadline: NIODeadline) async -> [UInt8] {
        await withTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                do {
                    for try await part in body {
                        bytes.append(contentsOf: part.readableBytesView.prefix(bodyBytesMax - bytes.count))
                        if bytes.count == bodyBytesMax { break }
                    }
                } catch {
                    // What was read so far has to do.
                }
                return bytes
            }
            group.addTask {
                try? await Task.sleep(for: .nanoseconds(max(0, (deadline - .now()).nanoseconds)))
                return nil
            }
            // The reading task returns what it has when it is cancelled.
            if let first = await group.next(), let bytes = first {
                group.cancelAll()
                return bytes
            }
            group.cancelAll()
            return await group.next()! ?? []
        }
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case is WriteTimeout: "the receiver has not taken the request within \(timeouts.write)"
        case let error as HTTPClientError where error == .connectTimeout: "no connection within \(timeouts.connect)"
        case let error as HTTPClientError where error == .deadlineExceeded: "no answer within \(timeouts.response)"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the receiver closed the connection without an answer"
        case let error as HTTPClientError where error == .proxyAuthenticationRequired: "the proxy wants a user and a password"
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOSSLError: tlsReason("\(error)")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: "the receiver's certificate is for another host"
        case let error as NIOSSLExtraError: tlsReason("\(error)")
        case let error as BoringSSLError: tlsReason("\(error)")
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "the name \(error.host) cannot be resolved"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        default: "\(error)"
        }
    }
}

/// BoringSSL tells of the whole chain of calls; people need the cause.
private func tlsReason(_ description: String) -> String {
    let causes = [
        ("CERTIFICATE_VERIFY_FAILED", "the receiver's certificate is not signed by an authority that is trusted here"),
        ("WRONG_VERSION_NUMBER", "the receiver does not speak TLS"),
        ("UNSUPPORTED_PROTOCOL", "the receiver speaks no TLS newer than 1.1"),
    ]
    return causes.first { description.contains($0.0) }?.1 ?? "TLS failed: \(description)"
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(Int64(duration / .nanoseconds(1)))
    }
}
