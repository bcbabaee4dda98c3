// A running agent is asked, reloaded and told by signals, as an operator and systemd do it: over its control socket, with SIGHUP,
// with a second SIGTERM, and over the socket of sd_notify(3).

import Foundation
import Glibc
import NIOHTTP1
import TestSupport
import Testing

struct ControlTests {
    private func reload(_ scene: Scene) async throws -> Program.Outcome {
        try await Program.run("reload", "--config", scene.configuration)
    }

    private func status(_ scene: Scene) async throws -> Program.Outcome {
        try await Program.run("status", "--config", scene.configuration)
    }

    private func started(_ scene: Scene) async throws -> RunningProgram {
        let agent = try scene.start()
        try await eventually("the agent listens") { FileManager.default.fileExists(atPath: scene.folder.url("state/control.sock").path) }
        try await eventually("the agent answers") { try await status(scene).status == 0 }
        return agent
    }

    @Test func aReloadNeitherLosesNorRepeatsARecord() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        for round in 0..<20 {
            for number in 0..<50 { try scene.folder.append(Scene.line(round * 50 + number), to: "log/a.log") }
            if round % 2 == 0 {
                #expect(try await reload(scene).status == 0)
            } else {
                Glibc.kill(agent.processIdentifier, SIGHUP)
            }
        }
        try await eventually("all calls have arrived") { try scene.arrivedCalls().count == 1000 }
        #expect(try await agent.stop().status == 0)
        #expect(try scene.arrivedCalls() == (try await scene.derivedCalls("log/a.log")))
        #expect(try await scene.derivedTotal() == 1000)
        // Every call was sent once, for no answer was lost.
        #expect(try scene.receiver.requests.flatMap { try Call.all(inBody: $0.body) }.count == 1000)
    }

    @Test func newRulesTakeOverAtOnceAndWrongOnesAreRefused() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        try scene.folder.append("user=u1 made it n=1\n", to: "log/a.log")
        try await eventually("the line is read") { try await status(scene).output.contains(#/shop +1 +0/#) }

        try scene.folder.write(Scene.rules.replacing("did", with: "made"), to: "rules.d/shop.yaml")
        #expect(try await reload(scene).output == "reloaded\n")
        try scene.folder.append("user=u1 made it n=2\n", to: "log/a.log")
        try await eventually("the new rule makes a call") { try scene.arrivedCalls().values.map(\.number) == [2] }

        try scene.folder.write("rules: [{ name: x, match: '(', track: T }]", to: "rules.d/shop.yaml")
        let refused = try await reload(scene)
        #expect(refused.status == 1)
        #expect(refused.error.contains("shop.yaml:1:29"))
        let degraded = try await status(scene)
        #expect(degraded.status == 1)
        #expect(degraded.output.hasPrefix("degraded: the last reload was refused: "))
        try scene.folder.append("user=u1 made it n=3\n", to: "log/a.log")
        try await eventually("the old rule goes on") { try scene.arrivedCalls().count == 2 }
        #expect(try await agent.stop().status == 0)
    }

    @Test func aKeyThatIsReplacedIsUsedAfterAReload() async throws {
        let scene = try await Scene(
            ScriptedReceiver { request, _ in
                let isRight = request.head.headers["authorization"].first == "Basic \(Data("right:".utf8).base64EncodedString())"
                return isRight ? .ok : .answer(401)
            })
        let agent = try await started(scene)
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("delivery is on hold") { try await status(scene).output.contains("on hold") }
        try scene.folder.write("right\n".utf8, to: "key")
        #expect(try await reload(scene).status == 0)
        try await eventually("the call is delivered") { try await status(scene).status == 0 }
        #expect(try await agent.stop().status == 0)
    }

    @Test func aSecondSignalEndsTheProcessAtOnce() async throws {
        let scene = try await Scene(ScriptedReceiver { _, _ in .silence }, settings: "shutdown_timeout: 10m")
        let agent = try await started(scene)
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("a request is in flight") { !scene.receiver.requests.isEmpty }
        Glibc.kill(agent.processIdentifier, SIGTERM)
        // The first one is heard before the second one is sent, or they would count as one.
        try await eventually("the agent stops") { try await status(scene).status == 3 || !agent.isRunning }
        Glibc.kill(agent.processIdentifier, SIGTERM)
        let outcome = try await agent.end()
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("ended by a second signal"))
    }

    @Test func withoutAnAgentThereIsNobodyToAsk() async throws {
        let folder = try TemporaryFolder()
        for command in ["status", "reload"] {
            let outcome = try await Program.run(command, "--socket", folder.url("none.sock").path)
            #expect(outcome.status == 3)
            #expect(outcome.error.contains("no agent runs here"))
            #expect(outcome.error.contains("hint: start it with"))
        }
    }

    @Test func whatPeersSayNeverHurtsTheAgent() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let path = scene.folder.url("state/control.sock").path
        let garbage = try ControlPeer(path)
        #expect(garbage.ask("{\"version\":1}\n").contains("this is no request"))
        #expect(garbage.ask("\u{0}\u{1}\n").contains("this is no request"))
        #expect(garbage.ask(#"{"version":2,"command":"status"}"# + "\n").contains("speaks version 1"))
        // One who never ends a line is let go, and many at once are bounded.
        let endless = try ControlPeer(path)
        #expect(endless.ask(String(repeating: "x", count: 200_000)) == "")
        let many = try (0..<100).map { _ in try ControlPeer(path) }
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("the call arrives all the same") { try scene.arrivedCalls().count == 1 }
        #expect(agent.isRunning)
        withExtendedLifetime(many) {}
        #expect(try await agent.stop().status == 0)
    }

    @Test func theServiceManagerIsToldOfStartReloadLifeAndStop() async throws {
        let scene = try await Scene()
        let manager = try NotifySocket(scene.folder.url("notify.sock").path)
        let agent = try RunningProgram(
            ["run", "--config", scene.configuration],
            environment: ["NOTIFY_SOCKET": scene.folder.url("notify.sock").path, "WATCHDOG_USEC": "300000"])
        try await eventually("it is ready") { manager.messages.contains("READY=1") }
        try scene.folder.append(Scene.line(1), to: "log/a.log")
        try await eventually("it tells what it did") {
            manager.messages.contains("STATUS=tailing 1 file, 1 rule, 1 delivered, 0 waiting")
        }
        try await eventually("it lives") { manager.messages.count { $0 == "WATCHDOG=1" } >= 3 }
        #expect(try await reload(scene).status == 0)
        let reloading = try #require(manager.messages.firstIndex { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        #expect(manager.messages[reloading...].contains("READY=1"))
        #expect(try await agent.stop().status == 0)
        #expect(manager.messages.contains("STOPPING=1"))
    }
}

/// What a service manager hears.
private final class NotifySocket {
    private let socket: Int32
    private var heard: [String] = []

    init(_ path: String) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        let status = withSocketAddress(path) { bind(socket, $0, $1) }
        try #require(status == 0)
    }

    deinit { close(socket) }

    /// All that was said so far.
    var messages: [String] {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(socket, &bytes, bytes.count, 0)
            guard count >= 0 else { return heard }
            heard.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }
}
