// The agent as a process, on real files, against a real HTTP server.

import Foundation
import NIOHTTP1
import TestSupport
import Testing

@Suite(.serialized)
struct AgentTests {
    @Test func everyLineOfAGrowingFileArrivesOnceThoughTheAgentIsKilledAgainAndAgain() async throws {
        let scene = try await Scene()
        var agent = try scene.start()
        let lineCount = 600
        for number in 0..<lineCount {
            try scene.folder.append(Scene.line(number), to: "log/app.log")
            if number % 100 == 50 {
                // At differing moments of reading, committing and sending.
                let arrived = scene.receiver.requests.count
                if number % 200 == 50 { try await eventually("a request") { scene.receiver.requests.count > arrived } }
                agent.kill()
                agent = try scene.start()
            }
        }
        try await eventually("all calls arrive") { try scene.arrivedCalls().count >= lineCount }
        #expect(try await agent.stop().status == 0)

        let arrived = try scene.arrivedCalls()
        #expect(Set(arrived.keys) == Set(try await scene.derivedCalls("log/app.log").keys))
        #expect(arrived.values.map(\.number).sorted() == Array(0..<lineCount))
        // Had a record been read twice, more calls would have been derived than there are lines.
        #expect(try await scene.derivedTotal() == lineCount)
        try scene.expectOrderPerPerson()
    }

    @Test func rotationByRenameWhileTheAgentIsUpAndWhileItIsDownLosesNothing() async throws {
        let scene = try await Scene()
        var agent = try scene.start()
        for number in 0..<100 { try scene.folder.append(Scene.line(number), to: "log/app.log") }
        try await eventually("the file is followed") { try !scene.arrivedCalls().isEmpty }
        try scene.folder.rename("log/app.log", to: "log/app.log.1")
        try scene.folder.append(Scene.line(100), to: "log/app.log.1")
        for number in 101..<200 { try scene.folder.append(Scene.line(number), to: "log/app.log") }
        try await eventually("both files are read") { try scene.arrivedCalls().count == 200 }
        agent.kill()
        for number in 200..<250 { try scene.folder.append(Scene.line(number), to: "log/app.log") }
        try scene.folder.rename("log/app.log", to: "log/app.log.2")
        for number in 250..<300 { try scene.folder.append(Scene.line(number), to: "log/app.log") }
        agent = try scene.start()
        try await eventually("the rest of both files is read") { try scene.arrivedCalls().count == 300 }
        #expect(try await agent.stop().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<300))
        #expect(try await scene.derivedTotal() == 300)
    }

    @Test func truncatedFileIsReadFromItsBeginning() async throws {
        let scene = try await Scene()
        let agent = try scene.start()
        for number in 0..<50 { try scene.folder.append(Scene.line(number), to: "log/app.log") }
        try await eventually("the first content arrives") { try scene.arrivedCalls().count == 50 }
        try scene.folder.write(Scene.line(50), to: "log/app.log")
        try await eventually("the new content arrives") { try scene.arrivedCalls().count == 51 }
        #expect(try await agent.stop().status == 0)
    }

    @Test func everyRequestThatIsSentIsValidByTheAPIsOwnDescription() async throws {
        let rules = #"""
            rules:
              - name: all
                match: '^(?<who>\S+) (?<text>.*)$'
                alias: { userId: '{{ who }}', previousId: 'old-{{ who }}' }
                identify: { userId: '{{ who }}', traits: { email: '{{ who }}@example.com', text: '{{ text }}' } }
                group: { userId: '{{ who }}', groupId: g1, traits: { plan: pro } }
                page: { userId: '{{ who }}', name: Home, properties: { title: '{{ text }}' } }
                screen: { anonymousId: '{{ who }}', name: Main, properties: {} }
                track: { userId: '{{ who }}', event: Seen, properties: { n: 1, text: '{{ text }}', list: [a, '{{ text }}'] } }
                context: { ip: 192.0.2.1, userAgent: '{{ text }}' }
            """#
        let scene = try await Scene(rules: rules)
        try scene.folder.write(
            Array("anna plain\nbob \"quoted\" \\ \u{1}\nc\u{e9}line ☃ \u{0}\n".utf8) + [0x64, 0x20, 0xFF, 0xFE, 0x0A], to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        let schema = try OpenAPI.pipelines()
        #expect(try scene.arrivedCalls().count == 4 * 6)
        for request in scene.receiver.requests {
            #expect(schema.problems(inBatchBody: request.body) == [])
            #expect(request.head.headers["Content-Type"] == ["application/json"])
            #expect(request.head.headers["X-Strict-Mode"] == ["1"])
            #expect(request.head.headers["Content-Length"] == ["\(request.body.count)"])
            #expect(request.head.headers["User-Agent"].first?.hasPrefix("eventail/") == true)
            #expect(request.head.headers["Authorization"] == ["Basic \(Data("a-key:".utf8).base64EncodedString())"])
        }
    }

    @Test func invalidBytesAndATenMegabyteLineDoNotDisturbTheirNeighbours() async throws {
        let scene = try await Scene()
        var bytes = Array(Scene.line(0).utf8)
        bytes += [0xFF, 0xFE, 0x00, 0x80, 0x0A]
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20) + [0x0A]
        bytes += Array(Scene.line(1).replacingOccurrences(of: "\n", with: "\r\n").utf8)
        bytes += Array("user=\u{0} did it n=2\n".utf8)
        try scene.folder.write(bytes, to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == [0, 1, 2])
        #expect(outcome.error.contains("record is too long, skipped"))
    }

    @Test func unterminatedLastLineIsLeftForLater() async throws {
        let scene = try await Scene()
        try scene.folder.write(Scene.line(0) + "user=u1 did it n=1", to: "log/app.log")
        #expect(try await scene.runOnce().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number) == [0])
        try scene.folder.append("23\n", to: "log/app.log")
        #expect(try await scene.runOnce().status == 0)
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == [0, 123])
    }

    @Test func callsWaitForAReceiverThatIsDownAndAreSentWhenItIsBack() async throws {
        let scene = try await Scene(ScriptedReceiver(.answer(503), .close, .answer(429, headers: ["Retry-After": "0"]), .answer(500)))
        try scene.folder.write((0..<20).map(Scene.line).joined(), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(Set(scene.receiver.accepted).count == 20)
        #expect(scene.receiver.accepted.count == 20)
    }

    @Test func aReceiverThatRefusesTheKeyKeepsEverythingWaitingAndSaysSo() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(401) })
        try scene.folder.write(Scene.line(0), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("401"))
        #expect(outcome.error.contains("1 calls derived, 0 delivered"))
    }

    @Test func aSecondAgentOnTheSameStateIsRefusedAndToldWhichProcessHoldsIt() async throws {
        let scene = try await Scene()
        let first = try scene.start()
        try await eventually("the first agent runs") { first.error.contains("running") }
        let second = try await scene.runOnce()
        #expect(second.status == 1)
        #expect(second.error.contains("another eventail uses this state directory (process "))
        #expect(try await first.stop().status == 0)
    }

    @Test func readingStopsWhileTheOutboxIsFullAndGoesOnWhenThereIsRoom() async throws {
        let scene = try await Scene(
            ScriptedReceiver { _, number in number < 3 ? .answer(503) : .ok }, settings: "spool: { max_bytes: 1MB }")
        try scene.folder.write((0..<200_000).map(Scene.line).joined(), to: "log/app.log")
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("the outbox is full, reading stops"))
        #expect(try scene.arrivedCalls().count == 200_000)
    }

    @Test func aFullOutboxAndAReceiverThatIsDownEndARunThatIsToEnd() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .answer(503) }, settings: "spool: { max_bytes: 1MB }")
        try scene.folder.write((0..<100_000).map(Scene.line).joined(), to: "log/app.log")
        let outcome = try await Program.run("run", "--config", scene.configuration, "--once", "--give-up-after", "1s")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("not everything was delivered"))
    }
}
