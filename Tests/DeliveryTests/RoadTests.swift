// The way to the receiver: TLS, authorities, proxies, IPv6, names that do not resolve, and what people read of its troubles.

import Delivery
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RoadTests {
    private static let noOpenSSL: Comment = "the openssl program is not installed"
    private static var hasOpenSSL: Bool { TLSFiles.program != nil }

    private func destination(_ url: String, _ change: (inout DestinationConfiguration) -> Void) throws -> (
        inout DestinationConfiguration
    ) -> Void {
        let authorization = try Authorization(kind: .customerio, key: SenderFixture.key)
        let endpoint = try Endpoint(kind: .customerio, base: url, region: nil, authorization: authorization)
        var changed = DestinationConfiguration(name: SenderFixture.name, endpoint: endpoint, authorization: authorization, version: "1.2.3")
        changed.batch.delayMax = .zero
        change(&changed)
        return { [changed] in $0 = changed }
    }

    /// Sends one call to `url`, which fails.
    private func failure(_ url: String, _ change: (inout DestinationConfiguration) -> Void = { _ in }) async throws -> String {
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        try fixture.commit(slot: 1)
        let sender = try fixture.sender(try destination(url, change))
        return try await fixture.running(sender) {
            try await eventually("a failure") { sender.snapshot.lastFailure != nil }
            #expect(try await fixture.counters().waiting == 1)
            return sender.snapshot.lastFailure ?? ""
        }
    }

    @Test(.enabled(if: hasOpenSSL, noOpenSSL), arguments: ["localhost", "127.0.0.1"])
    func aReceiverOfATrustedAuthorityIsSentTo(_ host: String) async throws {
        let folder = TemporaryDirectory()
        let files = try folder.tlsFiles(for: "DNS:localhost,IP:127.0.0.1")
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        let port = try await fixture.receiver.listen(tls: files)
        let ids = try fixture.commit(slot: 1, calls: 3)
        let authorities = try TrustedAuthorities(file: files.authority)
        #expect(try await fixture.drain(try destination("https://\(host):\(port)/v1") { $0.authorities = authorities }) == .empty)
        #expect(fixture.receiver.accepted == ids)
    }

    @Test(.enabled(if: hasOpenSSL, noOpenSSL)) func aReceiverOfAnUnknownAuthorityGetsNothing() async throws {
        let folder = TemporaryDirectory()
        let receiver = ScriptedReceiver()
        let port = try await receiver.listen(tls: try folder.tlsFiles(for: "DNS:localhost"))
        #expect(try await failure("https://localhost:\(port)/v1").contains("not signed by an authority that is trusted here"))
        #expect(receiver.requests.isEmpty)
    }

    @Test(.enabled(if: hasOpenSSL, noOpenSSL)) func aCertificateForAnotherHostIsRefused() async throws {
        let folder = TemporaryDirectory()
        let files = try folder.tlsFiles(for: "DNS:example.com")
        let receiver = ScriptedReceiver()
        let port = try await receiver.listen(tls: files)
        let authorities = try TrustedAuthorities(file: files.authority)
        #expect(try await failure("https://localhost:\(port)/v1") { $0.authorities = authorities }.contains("for another host"))
        #expect(receiver.requests.isEmpty)
    }

    @Test func aReceiverWithoutTLSIsNamedAsSuch() async throws {
        let receiver = ScriptedReceiver()
        let port = try await receiver.listen()
        #expect(try await failure("https://127.0.0.1:\(port)/v1").contains("does not speak TLS"))
        #expect(receiver.requests.isEmpty)
    }

    @Test(arguments: ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n"])
    func aFileWithoutACertificateIsRefused(_ text: String) throws {
        let folder = TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/ca.pem"))
        for file in ["ca.pem", "missing.pem"] {
            #expect { try TrustedAuthorities(file: "\(folder.path)/\(file)") } throws: { ($0 as? DeliveryError)?.place == "ca_file" }
        }
    }

    @Test func anIPv6ReceiverIsSentTo() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        let port = try await fixture.receiver.listen(host: "::1")
        let ids = try fixture.commit(slot: 1, calls: 2)
        #expect(try await fixture.drain(try destination("http://[::1]:\(port)/v1") { _ in }) == .empty)
        #expect(fixture.receiver.accepted == ids)
        #expect(fixture.receiver.requests[0].head.headers["Host"] == ["[::1]:\(port)"])
    }

    @Test func aNameThatDoesNotResolveIsNamed() async throws {
        let text = try await failure("http://no-such-host.invalid/v1")
        #expect(text.contains("no-such-host.invalid") && text.contains("cannot be resolved"))
    }

    @Test(.enabled(if: hasOpenSSL, noOpenSSL)) func aProxyOpensATunnelAndSeesNoCall() async throws {
        let folder = TemporaryDirectory()
        let files = try folder.tlsFiles(for: "DNS:localhost")
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        let port = try await fixture.receiver.listen(tls: files)
        let proxy = TunnelProxy(credentials: "anna:s p@ce")
        let proxyPort = try await proxy.listen()
        let ids = try fixture.commit(slot: 1, calls: 3)
        let authorities = try TrustedAuthorities(file: files.authority)
        let change = try destination("https://localhost:\(port)/v1") { change in
            change.authorities = authorities
            change.proxy = try? Proxy(parsing: "http://anna:s%20p%40ce@127.0.0.1:\(proxyPort)", place: "https_proxy")
        }
        #expect(try await fixture.drain(change) == .empty)
        #expect(fixture.receiver.accepted == ids)
        #expect(proxy.requests.count >= 1)
        #expect(proxy.requests.allSatisfy { $0.hasPrefix("CONNECT localhost:\(port) ") && !$0.contains(SenderFixture.key) })
    }

    @Test func aProxyThatWantsAPasswordIsNamed() async throws {
        let proxy = TunnelProxy(credentials: "anna:secret")
        let port = try await proxy.listen()
        let text = try await failure("https://receiver.invalid/v1") {
            $0.proxy = try? Proxy(parsing: "127.0.0.1:\(port)", place: "proxy")
        }
        #expect(text.contains("proxy wants a user and a password"))
    }

    @Test(arguments: [true, false]) func aReceiverThatDoesNotReadIsGivenUp(_ isWriteTheLimit: Bool) async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(), isListening: false)
        let receiver = DeafReceiver()
        let port = try await receiver.listen()
        // More than the buffers of the system hold.
        for _ in 0..<12 { try fixture.commit(slot: 1, calls: 1, padding: 1_000_000) }
        let sender = try fixture.sender(
            try destination("http://127.0.0.1:\(port)/v1") { change in
                change.batch.bytesMax = 20_000_000
                change.timeouts.write = isWriteTheLimit ? .milliseconds(300) : .seconds(60)
                change.timeouts.response = isWriteTheLimit ? .seconds(60) : .milliseconds(300)
            })
        try await fixture.running(sender) {
            let words = isWriteTheLimit ? "has not taken the request within 0.3 s" : "no answer within 0.3 s"
            try await eventually("a time-out") { sender.snapshot.lastFailure?.contains(words) == true }
        }
        #expect(try await fixture.counters().waiting == 12)
    }
}

@Suite struct ProxyTests {
    private func endpoint(_ base: String) throws -> Endpoint {
        try Endpoint(kind: .customerio, base: base, region: nil, authorization: try Authorization(kind: .customerio, key: "k"))
    }

    @Test(arguments: [
        ("http://proxy:8080", "proxy:8080"), ("proxy:8080/", "proxy:8080"), ("HTTP://proxy", "proxy:3128"),
        ("http://a:b@[::1]:99", "[::1]:99"),
    ])
    func addressesAreReadAndPasswordsNotShown(_ text: String, _ shown: String) throws {
        let proxy = try Proxy(parsing: text, place: "proxy")
        #expect("\(proxy)" == shown && String(reflecting: proxy) == shown)
    }

    @Test(arguments: ["https://proxy:1", "socks5://proxy:1", "http:///path", "proxy:0", "proxy:x", ":80", "[::1"])
    func whatIsNoProxyIsRefusedWithoutShowingIt(_ text: String) {
        #expect { try Proxy(parsing: text, place: "proxy") } throws: { !"\($0)".contains(text) }
    }

    @Test func theEnvironmentNamesTheProxyOfEachScheme() throws {
        let environment = ["https_proxy": "http://secure:1", "http_proxy": "http://plain:2", "HTTP_PROXY": "http://wrong:3"]
        let secure = try endpoint("https://cdp.customer.io/v1")
        let plain = try endpoint("http://receiver.example/v1")
        #expect(try Proxy(environment: environment, endpoint: secure)?.host == "secure")
        #expect(try Proxy(environment: environment, endpoint: plain)?.host == "plain")
        #expect(try Proxy(environment: ["HTTPS_PROXY": "capital:1"], endpoint: secure)?.host == "capital")
        #expect(try Proxy(environment: ["HTTP_PROXY": "http://wrong:3"], endpoint: plain) == nil)
        #expect(try Proxy(environment: ["https_proxy": ""], endpoint: secure) == nil)
        for url in ["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1"] {
            #expect(try Proxy(environment: environment, endpoint: try endpoint(url)) == nil)
        }
    }

    @Test(arguments: [
        ("cdp.customer.io", true), (".customer.io", true), ("customer.io", true), ("*", true), ("a, CDP.customer.io", true),
        ("dp.customer.io", false), ("io.customer", false), ("", false), (",", false),
    ])
    func exceptionsNameHostsAndTheirDomains(_ list: String, _ isExempt: Bool) throws {
        let environment = ["https_proxy": "http://proxy:1", "no_proxy": list]
        let proxy = try Proxy(environment: environment, endpoint: try endpoint("https://cdp.customer.io/v1"))
        #expect((proxy == nil) == isExempt)
    }
}
