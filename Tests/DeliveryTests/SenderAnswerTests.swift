// Each row of the wire's table of answers, over real sockets.

import Delivery
import NIOHTTP1
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SenderAnswerTests {
    @Test func requestsLookAsTheWireSays() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(.answer(500)))
        let ids = try fixture.commit(slot: 1, calls: 2)
        #expect(try await fixture.drain() == .empty)
        let requests = fixture.receiver.requests
        #expect(requests.map(\.ids) == [ids, ids])
        for (number, request) in requests.enumerated() {
            #expect(request.head.method == .POST)
            #expect(request.head.uri == "/v1/batch")
            #expect(request.head.headers["Content-Type"] == ["application/json"])
            #expect(request.head.headers["Content-Length"] == ["\(request.body.count)"])
            #expect(request.head.headers["User-Agent"] == ["eventail/1.2.3"])
            #expect(request.head.headers["X-Strict-Mode"] == ["1"])
            #expect(request.head.headers["Authorization"] == ["Basic MDEyMzQ1Njc4OXNlY3JldDo="])
            #expect(request.head.headers["X-Retry-Count"] == (number == 0 ? [] : ["1"]))
            let text = String(decoding: request.body, as: UTF8.self)
            #expect(text.wholeMatch(of: #/{"batch":\[{.*},{.*}\],"sentAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"}/#) != nil)
        }
    }

    @Test(
        arguments: [
            .answer(408), .answer(410), .answer(429), .answer(460), .answer(500), .answer(502), .answer(503), .answer(504), .answer(599),
            .close, .silence,
        ] as [Reply])
    func retriedCallsKeepTheirIds(_ reply: Reply) async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(reply, reply))
        let ids = try fixture.commit(slot: 1, calls: 3)
        // The time-out must pass for silence, and must not for the acceptance on a busy machine.
        #expect(try await fixture.drain { $0.timeouts.response = .seconds(reply.isSilence ? 2 : 20) } == .empty)
        #expect(fixture.receiver.requests.map(\.ids) == [ids, ids, ids])
        #expect(fixture.receiver.requests.map { $0.head.headers["X-Retry-Count"] } == [[], ["1"], ["2"]])
        #expect(try await fixture.counters() == Counters(derived: 3, delivered: 3, deadLettered: 0, waiting: 0))
    }

    @Test(arguments: [301, 302, 307, 401, 402, 403, 404, 405, 418, 501, 505])
    func heldCallsAllWaitAndGoOnceAProbeIsAccepted(_ status: Int) async throws {
        let headers = (300...399).contains(status) ? ["Location": "/elsewhere"] : [:]
        let fixture = try await SenderFixture(ScriptedReceiver { _, _ in .answer(status, headers: headers) })
        let ids = try (0..<20).flatMap { try fixture.commit(slot: $0, calls: 2) }
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            guard case .held(let reason) = await sender.drain(giveUpAfter: .seconds(36_000)) else {
                Issue.record("not held")
                return
            }
            #expect(reason.contains("\(status)"))
            #expect(sender.snapshot.holdReason == reason)
            #expect(try await fixture.counters() == Counters(derived: 40, delivered: 0, deadLettered: 0, waiting: 40))
            try await eventually("two probes") { fixture.receiver.requests.count >= 6 }
            // Whatever was in flight when the hold began, then one call at a time.
            #expect(fixture.receiver.requests.dropFirst(4).allSatisfy { $0.ids.count == 1 })
            // Redirects are not followed.
            #expect(fixture.receiver.requests.allSatisfy { $0.head.uri == "/v1/batch" })
            fixture.receiver.follow { _, _ in .ok }
            try await eventually("everything accepted") { try await fixture.counters().waiting == 0 }
            #expect(sender.snapshot.holdReason == nil)
        }
        #expect(fixture.receiver.accepted.sorted() == ids)
    }

    @Test(arguments: [400, 422]) func theOffendersAreFoundAndTheRestIsDelivered(_ status: Int) async throws {
        let fixture = try await SenderFixture(
            ScriptedReceiver { request, _ in request.bad.isEmpty ? .ok : .answer(status, body: "bad \u{1b}[31m call") })
        var ids = try fixture.commit(slot: 1, calls: 30, bad: [0, 17])
        ids += try fixture.commit(slot: 5, calls: 10, bad: [9])
        #expect(try await fixture.drain() == .empty)
        let bad = [ids[0], ids[17], ids[39]]
        #expect(fixture.receiver.accepted == ids.filter { !bad.contains($0) })
        #expect(try await fixture.counters() == Counters(derived: 40, delivered: 37, deadLettered: 3, waiting: 0))
        let letters = try fixture.deadLetters()
        #expect(letters.map(\.id) == bad)
        #expect(letters.allSatisfy { $0.answer == "\(status): bad  [31m call" })
    }

    @Test func tooLargeRequestsAreHalvedAndTooLargeCallsBuried() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { request, _ in request.body.count > 1000 ? .answer(413) : .ok })
        var ids = try fixture.commit(slot: 1, calls: 20, padding: 100)
        let large = try fixture.commit(slot: 1, padding: 1000)
        ids += try fixture.commit(slot: 1, calls: 3)
        #expect(try await fixture.drain() == .empty)
        #expect(fixture.receiver.accepted == ids)
        #expect(try fixture.deadLetters().map(\.id) == large)
    }

    @Test func refusalsOfEverythingAreNotTheDatasFault() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, _ in .answer(400, body: "no") })
        var ids: [String] = []
        for number in 0..<30 {
            ids += try fixture.commit(slot: UInt8(number % 8), calls: 2, rule: number < 6 ? 1 : 2)
        }
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            guard case .held(let reason) = await sender.drain(giveUpAfter: .seconds(36_000)) else {
                Issue.record("not held")
                return
            }
            #expect(reason.contains("refuses every call"))
            try await eventually("all calls wait again") { try await fixture.counters().waiting == 60 }
            #expect(try await fixture.counters() == Counters(derived: 60, delivered: 0, deadLettered: 0, waiting: 60))
            let count = fixture.receiver.requests.count
            try await eventually("a probe") { fixture.receiver.requests.count > count }
            #expect(try await fixture.counters().deadLettered == 0)
            fixture.receiver.follow { _, _ in .ok }
            try await eventually("everything accepted") { try await fixture.counters().waiting == 0 }
        }
        #expect(fixture.receiver.accepted.sorted() == ids)
        #expect(sender.snapshot.deadLetteredCalls == 0)
        for slot in 0..<8 {
            let ofSlot = ids.enumerated().filter { $0.offset / 2 % 8 == slot }.map(\.element)
            #expect(fixture.receiver.accepted.filter(ofSlot.contains) == ofSlot)
        }
    }

    @Test func refusalsOfOneRuleAreTheRulesFault() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver { _, _ in .answer(400) })
        try fixture.commit(slot: 1, calls: 25)
        #expect(try await fixture.drain() == .empty)
        #expect(try await fixture.counters() == Counters(derived: 25, delivered: 0, deadLettered: 25, waiting: 0))
    }

    @Test func retryAfterHoldsAllLanes() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(.answer(429, headers: ["Retry-After": "100"])))
        try fixture.commit(slot: 0)
        let sender = try fixture.sender()
        try await fixture.running(sender) {
            try await eventually("the 429") { sender.snapshot.lastFailure != nil }
            for slot in 1..<4 { try fixture.commit(slot: UInt8(slot)) }
            sender.wake()
            #expect(await sender.drain(giveUpAfter: .seconds(36_000)) == .empty)
        }
        let times = fixture.receiver.requests.map(\.atNanoseconds)
        #expect(times.count == 5)
        // 100 s of the sender's clock, less what passed between the answer and its reading.
        #expect(times[1] - times[0] >= UInt64(95e9) / UInt64(SenderClock.fastFactor))
    }

    @Test func anAcceptedRequestThatSpeaksOfAnErrorIsCounted() async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(.answer(200, body: #"{"error": "quota"}"#)))
        try fixture.commit(slot: 1)
        #expect(try await fixture.drain() == .empty)
        #expect(try await fixture.store.sender.counters()[.doubtfulAnswers(SenderFixture.name)] == 1)
        #expect(try await fixture.counters().delivered == 1)
    }

    @Test(arguments: [.drip(200), .flood(200), .liar(202)] as [Reply])
    func aStatusCountsWhateverBecomesOfTheBody(_ reply: Reply) async throws {
        let fixture = try await SenderFixture(ScriptedReceiver(reply))
        try fixture.commit(slot: 1, calls: 2)
        try fixture.commit(slot: 2, calls: 2)
        #expect(try await fixture.drain { $0.timeouts.response = .seconds(2) } == .empty)
        #expect(fixture.receiver.requests.count == 2)
        #expect(try await fixture.counters() == Counters(derived: 4, delivered: 4, deadLettered: 0, waiting: 0))
    }
}
