// The receiver over real sockets.

import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Receiver
import ServiceLifecycle
import TestSupport
import Testing

struct LocalReceiverTests {
    private static let time = "2026-11-23T06:37:03.066Z"

    private func call(_ id: String) -> String {
        #"{"type":"track","messageId":"\#(id)","timestamp":"\#(Self.time)","userId":"u","event":"e"}"#
    }

    private func batch(_ ids: String...) -> String {
        #"{"batch":[\#(ids.map(call).joined(separator: ","))],"sentAt":"\#(Self.time)"}"#
    }

    /// What the client saw of one request.
    private struct Reply: Equatable {
        var status: UInt
        var body: String
        var headers: HTTPHeaders
    }

    private func post(_ body: String, to port: Int, path: String = "/v1/batch", strict: Bool = true) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Basic a2V5Og==")
        request.headers.add(name: "Content-Type", value: "application/json")
        if strict { request.headers.add(name: "X-Strict-Mode", value: "1") }
        request.body = .bytes(ByteBuffer(string: body))
        return try await reply(to: request)
    }

    private func reply(to request: HTTPClientRequest) async throws -> Reply {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Reply(status: response.status.code, body: String(buffer: body), headers: response.headers)
    }

    private func rawRequest(_ body: String, length: Int? = nil, path: String = "/v1/batch") -> String {
        let lines = [
            "POST \(path) HTTP/1.1", "Host: localhost", "Authorization: Bearer key", "Content-Type: application/json",
            "Content-Length: \(length ?? body.utf8.count)",
        ]
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    @Test func acceptedCallsAreHandedOverInOrderBeforeTheAnswer() async throws {
        try await RunningReceiver.with { (running) async throws in
            let first = try await post(batch("a", "b"), to: running.port)
            #expect(first.status == 200)
            #expect(first.body == #"{"success":true}"#)
            #expect(running.accepted.calls.map { String(decoding: $0.json, as: UTF8.self) } == [call("a"), call("b")])
            #expect(try await post(call("c"), to: running.port, path: "/any/prefix/track").status == 200)
            #expect(running.accepted.ids == ["a", "b", "c"])
        }
    }

    @Test func duplicatesAreAcceptedAndCounted() async throws {
        try await RunningReceiver.with { (running) async throws in
            #expect(try await post(batch("a", "b"), to: running.port).status == 200)
            #expect(try await post(batch("b", "c"), to: running.port).status == 200)
            #expect(running.accepted.ids == ["a", "b", "b", "c"])
            #expect(running.accepted.calls.map(\.isDuplicate) == [false, false, true, false])
            let health = try await reply(to: HTTPClientRequest(url: "http://127.0.0.1:\(running.port)/healthz"))
            #expect(health.body == #"{"requests":2,"accepted":4,"duplicates":1,"refused":0,"faults":0}"#)
        }
    }

    @Test func aBadRequestIsRefusedWholeAndSaysWhy() async throws {
        try await RunningReceiver.with { (running) async throws in
            let bad = #"{"batch":[\#(call("a")),{"type":"track"}],"sentAt":"\#(Self.time)"}"#
            let strict = try await post(bad, to: running.port)
            #expect(strict.status == 400)
            #expect(strict.body == #"{"errors":[{"call":1,"what":"neither userId nor anonymousId"}]}"#)
            #expect(try await post(bad, to: running.port, strict: false).body.contains("X-Strict-Mode"))
            #expect(running.accepted.calls.isEmpty)
            // The connection and the receiver are as before.
            #expect(try await post(batch("a"), to: running.port).status == 200)
            #expect(await running.receiver.counts.refused == 2)
        }
    }

    @Test func aFaultNeverHidesABadRequest() async throws {
        try await RunningReceiver.with {
            $0.faults = try FaultPlan(parsing: ["503"])
        } _: { (running) async throws in
            #expect(try await post("{}", to: running.port).status == 400)
            #expect(try await post(batch("a"), to: running.port).status == 503)
            #expect(running.accepted.calls.isEmpty)
        }
    }

    @Test func faultsAreAnsweredAsPlannedAndThenEnd() async throws {
        try await RunningReceiver.with {
            $0.faults = try FaultPlan(parsing: ["429:first=1:retry-after=2,500:first=1,delay=200ms:first=1"])
        } _: { (running) async throws in
            let clock = ContinuousClock()
            var busy: Reply?
            let elapsed = try await clock.measure { busy = try await post(batch("a"), to: running.port) }
            #expect(busy?.status == 429)
            #expect(busy?.headers["Retry-After"] == ["2"])
            #expect(elapsed >= .milliseconds(200))
            #expect(try await post(batch("a"), to: running.port).status == 500)
            #expect(try await post(batch("a"), to: running.port).status == 200)
            #expect(running.accepted.ids == ["a"])
            #expect(running.accepted.calls.allSatisfy { !$0.isDuplicate })
            #expect(await running.receiver.counts.faults == 2)
        }
    }

    @Test func aResetEndsTheConnectionWithoutAnAnswer() async throws {
        try await RunningReceiver.with {
            $0.faults = try FaultPlan(parsing: ["reset:first=1,accept-then-reset:first=1"])
        } _: { (running) async throws in
            let lost = RawExchange.Ending(answer: "", wasReset: true)
            #expect(await RawExchange.run(port: running.port, sending: rawRequest(batch("a"))) == lost)
            #expect(running.accepted.ids == [])
            #expect(await RawExchange.run(port: running.port, sending: rawRequest(batch("a"))) == lost)
            #expect(running.accepted.ids == ["a"])
            #expect(try await post(batch("a"), to: running.port).status == 200)
            #expect(running.accepted.calls.map(\.isDuplicate) == [false, true])
        }
    }

    @Test func whatCannotBeKeptIsNotAccepted() async throws {
        struct DiskFull: Error {}
        let refusing: @Sendable ([AcceptedCall]) throws -> Void = { calls in
            if calls[0].json.contains(UInt8(ascii: "#")) { throw DiskFull() }
        }
        try await RunningReceiver.with(refusing: refusing) { (running) async throws in
            #expect(try await post(batch("#a", "b"), to: running.port).status == 500)
            #expect(try await post(batch("b"), to: running.port).status == 200)
            #expect(running.accepted.calls.map(\.isDuplicate) == [false])
            #expect(await running.receiver.counts.accepted == 1)
        }
    }

    @Test func bodiesOverTheLimitAreRefusedUnread() async throws {
        try await RunningReceiver.with {
            $0.bodyBytesMax = 1_000
            $0.requestSeconds = 3
        } _: { (running) async throws in
            let port = running.port
            #expect(try await post(String(repeating: " ", count: 1_001), to: port).status == 413)
            // Only announced, and never sent.
            let announced = await RawExchange.run(port: port, sending: rawRequest("", length: 1 << 40))
            #expect(announced.status.hasPrefix("HTTP/1.1 413"), "\(announced)")
            let chunked =
                "POST /batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(await RawExchange.run(port: port, sending: chunked + "0\r\n\r\n").status == "HTTP/1.1 411 Length Required")
            #expect(try await post(batch("a"), to: port).status == 200)
            #expect(await running.receiver.counts.refused == 3)
        }
    }

    @Test func aBodyThatDoesNotComeIsCutOff() async throws {
        try await RunningReceiver.with {
            $0.requestSeconds = 3
        } _: { (running) async throws in
            let begun = rawRequest(#"{"batch":"#, length: 500)
            async let slow = RawExchange.run(port: running.port, sending: begun)
            async let silent = RawExchange.run(port: running.port, sending: "")
            #expect(await slow == RawExchange.Ending(answer: "", wasReset: false))
            #expect(await silent == RawExchange.Ending(answer: "", wasReset: false))
            #expect(running.accepted.calls.isEmpty)
            #expect(await running.receiver.counts.refused == 1)
            #expect(try await post(batch("a"), to: running.port).status == 200)
        }
    }

    @Test func aBodyThatEndsTooSoonIsRefused() async throws {
        try await RunningReceiver.with { (running) async throws in
            let begun = rawRequest(#"{"batch":"#, length: 500)
            #expect(await RawExchange.run(port: running.port, sending: begun, halfClosing: true).status == "HTTP/1.1 400 Bad Request")
            #expect(running.accepted.calls.isEmpty)
            #expect(await running.receiver.counts.refused == 1)
        }
    }

    @Test func aPortInUseIsSaidPlainly() async throws {
        try await RunningReceiver.with { (running) async throws in
            let error = try await #require(throws: ReceiverError.self) {
                try await RunningReceiver.with {
                    $0.address = ListenAddress(host: "127.0.0.1", port: running.port)
                } _: { _ in
                    Issue.record("it listens")
                }
            }
            #expect(error.what == "cannot listen on 127.0.0.1:\(running.port): the port is in use")
        }
    }

    @Test(.timeLimit(.minutes(5))) func aGracefulShutdownAnswersWhatIsUnderWay() async throws {
        try await RunningReceiver.with {
            $0.faults = try FaultPlan(parsing: ["delay=500ms"])
        } _: { (running) async throws in
            async let reply = post(batch("a"), to: running.port)
            try await eventually("the fault is met") { await running.receiver.counts.faults > 0 }
            await running.group.triggerGracefulShutdown()
            #expect(try await reply.status == 200)
            #expect(running.accepted.ids == ["a"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func aCancelledReceiverEndsDespiteOpenConnections() async throws {
        var configuration = ReceiverConfiguration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let receiver = LocalReceiver(
            configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            onReady: { portFound.yield($0) }, onAccepted: { _ in })
        let run = Task { try await receiver.run() }
        let port = try #require(await ports.first { _ in true })
        // The client keeps this connection open.
        #expect(try await post(batch("a"), to: port).status == 200)
        async let silent = RawExchange.run(port: port, sending: "")
        run.cancel()
        try await run.value
        #expect(await silent.answer == "")
    }

    @Test(.timeLimit(.minutes(5))) func aReceiverCancelledAtAnyMomentEnds() async throws {
        for turns in 0..<20 {
            var configuration = ReceiverConfiguration()
            configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
            let receiver = LocalReceiver(
                configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                onAccepted: { _ in })
            let run = Task { try await receiver.run() }
            for _ in 0..<turns { await Task.yield() }
            run.cancel()
            try await run.value
        }
    }
}
