// Answers that no receiver should give. None may lose or double a call, stall other lanes, or make us read without end.

import Delivery
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// What a receiver does wrong, and whether its calls count as accepted all the same: they do as soon as a whole head with 2xx came.
struct BadAnswer: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var reply: Reply
    var isSettled: Bool

    init(_ description: String, _ reply: Reply, settled: Bool) {
        (testDescription, self.reply, isSettled) = (description, reply, settled)
    }

    private static let ok = "HTTP/1.1 200 OK\r\n"

    static let all: [BadAnswer] = [
        .init("an empty body", .answer(200, body: ""), settled: true),
        .init("a body that is no JSON", .answer(200, body: "<html>\u{0}ok</html>"), settled: true),
        .init("half a JSON object", .answer(200, body: #"{"error":"#), settled: true),
        .init("no content", .raw("HTTP/1.1 204 No Content\r\n\r\n", isAcceptance: true), settled: true),
        .init("an error inside", .answer(200, body: #"{"errors":[{"index":0}]}"#), settled: true),
        .init("a slow head", .raw(ok + "Content-Length: 2\r\n\r\n{}", everyMS: 400), settled: false),
        .init("a slow body", .drip(200), settled: true),
        .init("five seconds of silence", .answer(200, afterMS: 5000), settled: false),
        .init("a reset in place of an answer", .raw("", then: .reset), settled: false),
        .init("a reset in the head", .raw("HTTP/1.1 200 OK\r\nContent-Le", then: .reset), settled: false),
        .init("a close in the head", .raw("HTTP/1.1 200 OK\r\nContent-Le", then: .close), settled: false),
        .init(
            "a reset in the body", .raw(ok + "Content-Length: 1000\r\n\r\n{\"a\":", everyMS: 5, then: .reset, isAcceptance: true),
            settled: true),
        .init("less than the length says", .liar(200), settled: true),
        .init("two lengths", .raw(ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", then: .close), settled: false),
        .init("a length that is none", .raw(ok + "Content-Length: -1\r\n\r\n{}", then: .close), settled: false),
        .init("a chunk that is none", .raw(ok + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", isAcceptance: true), settled: true),
        .init("another protocol", .raw("SSH-2.0-OpenSSH_9.2\r\n", then: .close), settled: false),
        .init("a status that is none", .raw("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", then: .close), settled: false),
        .init(
            "continue first", .raw("HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n", isAcceptance: true), settled: true),
        .init("a body without end", .flood(200), settled: true),
        .init("a head without end", .raw("X-Filler: " + String(repeating: "x", count: 1000) + "\r\n", then: .again), settled: false),
    ]
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct BadAnswerTests {
    /// The first requests of lane 0 are answered badly, all others well.
    @Test(arguments: BadAnswer.all) func nothingIsLostOrStalled(_ bad: BadAnswer) async throws {
        let fixture = try await SenderFixture(
            ScriptedReceiver { request, _ in
                request.ids.contains("000001") && !request.head.headers.contains(name: "X-Retry-Count") ? bad.reply : .ok
            })
        let first = try fixture.commit(slot: 0, calls: 2)
        var others: [String] = []
        for _ in 0..<10 { for slot in 1..<4 { others += try fixture.commit(slot: UInt8(slot)) } }
        let last = try fixture.commit(slot: 0)
        let sender = try fixture.sender { change in
            change.batch.callsMax = 2
            change.rate.requestsPerSecond = 0
            change.timeouts.response = .seconds(2)
        }
        try await fixture.running(sender) {
            #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty)
        }
        let all = first + others + last
        #expect(
            try await fixture.counters() == Counters(derived: Int64(all.count), delivered: Int64(all.count), deadLettered: 0, waiting: 0))
        #expect(Set(fixture.receiver.accepted) == Set(all))
        let sent = fixture.receiver.requests.filter { $0.ids.contains("000001") }
        #expect(sent.count == (bad.isSettled ? 1 : 2))
        #expect(sent.allSatisfy { $0.ids == first })
        // Each call of the other lanes once, and the last one after what was before it in its lane.
        let arrived = fixture.receiver.requests.flatMap(\.ids)
        #expect(arrived.filter(Set(others + last).contains).sorted() == (others + last).sorted())
        #expect(arrived.last { first.contains($0) }.flatMap(arrived.lastIndex(of:))! < arrived.firstIndex(of: last[0])!)
        // Of an answer without end no more was taken than buffers of the system hold.
        #expect(fixture.receiver.floodedBytes < 16 << 20)
    }

    /// What follows an answer uncalled for may make the next request be sent again, but must not be taken for its answer.
    @Test(arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "error\": \"quota\"}"])
    func anAnswerTooManyAnswersNothing(_ surplus: String) async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        let fixture = try await SenderFixture(
            ScriptedReceiver(
                .raw(answer + surplus, isAcceptance: true), .answer(503), .answer(503), .raw(answer + surplus, isAcceptance: true)))
        let ids = try (0..<6).flatMap { _ in try fixture.commit(slot: 0) }
        let drained = try await fixture.drain { change in
            change.batch.callsMax = 1
            change.timeouts.response = .seconds(2)
        }
        #expect(drained == .empty)
        #expect(Set(fixture.receiver.accepted) == Set(ids))
        #expect(try await fixture.counters() == Counters(derived: 6, delivered: 6, deadLettered: 0, waiting: 0))
    }

    /// The beginning of a head behind an answer, in the same packet or a moment later, must not become that of the next answer: it would
    /// make a refusal of the acceptance.
    @Test(arguments: [
        "HTTP/1.1 400 No\r\nX-Rest: ", "HTTP/1.1 400 No\r\nContent-Length: 0\r\nX-Rest: ", "HTTP/1.1 ", "H", "\r\n", "\r\n\r\n",
    ])
    func theBeginningOfAnAnswerTooManyBeginsNothing(_ surplus: String) async throws {
        for answer in ["Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"] {
            for everyMS in [0, 2] as [Int64] {
                let fixture = try await SenderFixture(
                    ScriptedReceiver { _, number in
                        number.isMultiple(of: 2)
                            ? .raw("HTTP/1.1 200 OK\r\n\(answer)\(surplus)", everyMS: everyMS, isAcceptance: true) : .ok
                    })
                let ids = try (0..<6).flatMap { _ in try fixture.commit(slot: 0) }
                let drained = try await fixture.drain { change in
                    change.batch.callsMax = 1
                    change.rate.requestsPerSecond = 0
                    change.timeouts.response = .seconds(2)
                }
                #expect(drained == .empty)
                #expect(Set(fixture.receiver.accepted) == Set(ids))
                #expect(try await fixture.counters() == Counters(derived: 6, delivered: 6, deadLettered: 0, waiting: 0))
            }
        }
    }

    /// Well-framed answers do not cost a connection.
    @Test(arguments: [
        "200 OK\r\nContent-Length: 2\r\n\r\n{}", "204 No Content\r\n\r\n", "200 OK\r\ncontent-length: 0\r\n\r\n",
        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ])
    func aConnectionIsUsedAgainAfterAProperAnswer(_ answer: String) async throws {
        for everyMS in [0, 1] as [Int64] {
            let fixture = try await SenderFixture(
                ScriptedReceiver { _, _ in .raw("HTTP/1.1 \(answer)", everyMS: everyMS, isAcceptance: true) })
            for _ in 0..<5 { try fixture.commit(slot: 0) }
            #expect(try await fixture.drain { $0.batch.callsMax = 1 } == .empty)
            #expect(fixture.receiver.requests.count == 5 && fixture.receiver.connections == 1)
        }
    }

    /// While a lane waits for its answer the others do not wait for the lane.
    @Test(arguments: [.silence, .answer(200, afterMS: 5000), .raw("HTTP/1.1 200 OK\r\n", everyMS: 900)] as [Reply])
    func aLaneThatWaitsHoldsUpNoOther(_ reply: Reply) async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { request, _ in request.ids.contains("000001") ? reply : .ok })
        try fixture.commit(slot: 0)
        for _ in 0..<10 { for slot in 1..<4 { try fixture.commit(slot: UInt8(slot)) } }
        let sender = try fixture.sender { $0.timeouts.response = .seconds(300) }
        let run = Task { try await sender.run() }
        try await eventually("the other lanes") { try await fixture.counters().delivered >= 30 }
        #expect(try await fixture.counters().delivered == 30)
        run.cancel()
        try await run.value
    }
}
