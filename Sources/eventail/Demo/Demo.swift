// The story of the demo: receiver, agent, writer, a kill, a rotation, and the comparison at the end.

import Agent
import Foundation
import Logging
import Receiver
import ServiceLifecycle
import UnixSignals

struct Demo {
    private let folder: DemoFolder
    private let seconds: Int

    /// How long the last calls may take to arrive after the last line was written.
    private static let settleSecondsMax = 20.0
    /// How many lines are appended to each file in a second.
    private static let linesPerSecond = 20

    /// - Throws: when the temporary folder cannot be made.
    init(rulesFolder: String, seconds: Int) throws(AgentError) {
        folder = try DemoFolder(rulesFolder: rulesFolder)
        self.seconds = seconds
    }

    /// Plays the story, and removes everything it has made, also when it is interrupted.
    /// - Returns: nil when it was interrupted.
    func run() async throws -> DemoVerdict? {
        defer { folder.remove() }
        let arrivals = DemoArrivals()
        let (ports, portContinuation) = AsyncStream.makeStream(of: Int.self)
        var configuration = ReceiverConfiguration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        let receiver = LocalReceiver(
            configuration: configuration, logger: Logger(label: "eventail") { _ in TextLogHandler(logLevel: .error) },
            onReady: { portContinuation.yield($0) }, onAccepted: { arrivals.add($0) })
        return try await withThrowingTaskGroup(of: DemoVerdict?.self) { group in
            group.addTask {
                try await receiver.run()
                return nil
            }
            group.addTask { try await interruption() }
            group.addTask {
                guard let port = await ports.first(where: { _ in true }) else { return nil }
                return try await story(port: port, receiver, arrivals)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Returns when the demo is to end early.
    private func interruption() async throws -> DemoVerdict? {
        for await _ in await UnixSignalsSequence(trapping: [.sigint, .sigterm]) {
            print("\nstopping", to: .error)
            return nil
        }
        throw CancellationError()
    }

    private func story(port: Int, _ receiver: LocalReceiver, _ arrivals: DemoArrivals) async throws -> DemoVerdict {
        try folder.writeConfiguration(port: port)
        var agent = try DemoAgent(folder)
        defer { agent.kill() }
        var writer = DemoWriter(folder)
        try writer.begin()
        announce("two log files grow; the agent reads them, and calls arrive:")
        let steps = seconds * Self.linesPerSecond
        let clock = ContinuousClock()
        let start = clock.now
        for step in 0..<steps {
            try writer.appendLine()
            if step == steps / 3 {
                announce("the agent is killed with SIGKILL; lines go on being written")
                agent.kill()
            }
            if step == steps / 3 + Self.linesPerSecond {
                announce("the agent is started again")
                agent = try DemoAgent(folder)
            }
            if step == steps / 2 {
                announce("access.log is rotated: renamed to access.log.1, and a new file is begun")
                try writer.rotate()
            }
            try await clock.sleep(until: start + .seconds(Double(step + 1) / Double(Self.linesPerSecond)))
        }
        announce("all lines are written")
        let expected = try folder.expectedCalls()
        let deadline = clock.now + .seconds(Self.settleSecondsMax)
        while !arrivals.includes(expected), clock.now < deadline { try await clock.sleep(for: .milliseconds(50)) }
        agent.stop()
        // What it stopped before is read now; that the last lines give no call is no reason to leave them.
        try DemoAgent(folder, once: true).waitForEnd()
        return DemoVerdict(
            lines: writer.lineCount, totals: try await StateTotals(directory: folder.state), requests: await receiver.counts.requests,
            arrived: arrivals.ids, expected: expected)
    }

    private func announce(_ text: String) {
        print(StandardStream.output.isColored ? "\u{1B}[1m── \(text)\u{1B}[0m" : "── \(text)", to: .output)
    }
}
