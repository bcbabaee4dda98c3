// `eventail top` at a terminal, as a person uses it: keys, sizes, signals, an agent that goes and comes back; and without one.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized)
struct TopTests {
    private static let rules = #"""
        rules:
          - name: action
            match: '^user=(?<userId>\S+) did (?<what>\S+) n=(?<n>\d+)$'
            types: { n: integer }
            track: Action Done
          - name: zero
            match: '^user=(?<userId>\S+) did .* n=0$'
            track: Zero Done
          - name: idle
            match: '^never$'
            identify: { userId: x }
        """#

    private func started(_ scene: Scene) async throws -> RunningProgram {
        let agent = try scene.start()
        try await eventually("the agent answers") { try await Program.run("status", "--config", scene.configuration).status == 0 }
        return agent
    }

    private func top(_ scene: Scene, width: Int = 100, height: Int = 24) async throws -> TerminalProgram {
        let top = try TerminalProgram(
            ["top", "--config", scene.configuration, "--interval", "100ms"], width: width, height: height)
        try await eventually("there is a screen") { top.screen.count == height || !top.isRunning }
        return top
    }

    @Test func theScreenFollowsTheAgentAndTheKeys() async throws {
        let scene = try await Scene(rules: Self.rules)
        let agent = try await started(scene)
        let top = try await top(scene)
        #expect(top.screen[0].hasPrefix("well: tailing "))
        #expect(top.screen.last == "Tab: next table   ←→: sort by   r: reverse   ↑↓ Enter: open   q: quit")
        try scene.folder.append((0..<30).map(Scene.line).joined(), to: "log/a.log")
        try await eventually("the numbers are shown") { top.screen.contains { $0.contains(#/^action +\d+\.\d +30 +30 +0 +0 +\d+s$/#) } }
        func order() -> [String] {
            top.screen.compactMap { line in ["action", "idle", "zero"].first { line.hasPrefix("\($0) ") } }
        }
        #expect(order() == ["action", "idle", "zero"])
        top.press("\t")
        try await eventually("the first rule is selected") { top.selectedLine?.hasPrefix("action ") == true }
        // By the rate, then by the matches.
        top.press("\u{1B}[C\u{1B}[C")
        try await eventually("they are sorted by matches") {
            top.screen.contains { $0.contains("▼matched ") } && order() == ["action", "zero", "idle"]
        }
        top.press("r")
        try await eventually("and in reverse") { order() == ["idle", "zero", "action"] }
        top.press("j\r")
        try await eventually("the rule is opened") { top.screen.contains { $0.contains(#/^track calls +1 *$/#) } }
        #expect(top.screen.contains("`eventail tap --rule zero` shows its calls as they are made"))
        top.press("\u{1B}")
        try await eventually("and closed") { order() == ["idle", "zero", "action"] }
        #expect(!top.isAsBefore)
        top.press("q")
        try await eventually("it ends") { !top.isRunning }
        #expect(top.status == 0 && top.isAsBefore)
        #expect(try await agent.stop().status == 0)
    }

    @Test func aSmallerScreenShowsLess() async throws {
        let rules =
            "rules:\n" + (0..<40).map { "  - { name: rule-\($0 + 10), match: '^number \($0)$', identify: { userId: x } }\n" }.joined()
        let scene = try await Scene(rules: rules)
        let agent = try await started(scene)
        let top = try await top(scene, width: 120, height: 60)
        #expect(top.screen.contains { $0.hasPrefix("rule-49 ") })
        top.resize(width: 40, height: 20)
        try await eventually("it fits") { top.screen.count == 20 && top.screen.allSatisfy { $0.count <= 40 } }
        #expect(top.screen.contains("… 37 more"))
        #expect(top.screen.contains { $0.hasPrefix("shop ") } && top.screen.contains { $0.hasPrefix("default ") })
        // The selection stays in sight.
        top.press("\t" + String(repeating: "j", count: 39))
        try await eventually("the last rule is selected") { top.selectedLine?.hasPrefix("rule-49 ") == true }
        #expect(top.screen.contains { $0.hasPrefix("rule-49 ") } && top.screen.contains { $0.hasPrefix("default ") })
        for size in [(1, 1), (3, 2), (10, 5), (200, 7)] {
            top.resize(width: size.0, height: size.1)
            try await eventually("it fits \(size)") { top.screen.count == size.1 && top.screen.allSatisfy { $0.count <= size.0 } }
        }
        top.press("q")
        try await eventually("it ends") { !top.isRunning }
        #expect(try await agent.stop().status == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func aSignalLeavesTheTerminalAsItWas(_ signal: Int32) async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let top = try await top(scene)
        top.send(signal)
        try await eventually("it ends") { !top.isRunning }
        #expect(top.status == 128 + signal && top.isAsBefore)
        #expect(try await agent.stop().status == 0)
    }

    @Test func anAgentThatGoesIsMissedAndWelcomedBack() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let top = try await top(scene)
        #expect(try await agent.stop().status == 0)
        try await eventually("it is missed") { top.screen.first?.hasPrefix("eventail: no agent runs here") == true }
        let next = try await started(scene)
        try await eventually("it is back") { top.screen.first?.hasPrefix("well: ") == true }
        top.press("q")
        try await eventually("it ends") { !top.isRunning }
        #expect(try await next.stop().status == 0)
    }

    @Test func withoutATerminalStatusesFollowEachOther() async throws {
        let scene = try await Scene()
        let agent = try await started(scene)
        let outcome = try await Program.run("top", "--config", scene.configuration, "--interval", "100ms", "--count", "3")
        #expect(outcome.status == 0)
        #expect(outcome.lines.count { $0.hasPrefix("well: ") } == 3)
        #expect(!outcome.output.contains("\u{1B}"))
        #expect(try await agent.stop().status == 0)
        #expect(try await Program.run("top", "--config", scene.configuration).status == 3)
    }
}
