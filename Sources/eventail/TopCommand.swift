// `eventail top`: how a running agent is, live.

import Agent
import ArgumentParser
import Foundation
import Glibc
import UnixSignals

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows live how the running agent is.",
        discussion: """
            The same as `eventail status`, with rates, on the whole screen: Tab goes to the next table, the arrows left and right choose \
            the column to sort by, r reverses, up and down select, Enter opens a source, a rule or a destination, Esc goes back, q \
            quits. Where output is no terminal it prints one status after the other.

            Examples:
              eventail top
              eventail top --interval 5s
              eventail top --count 3 > statuses.txt
            """)

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Ask the agent so often.", valueName: "duration"))
    var interval = IntervalOption(milliseconds: 1000)

    @Option(help: ArgumentHelp("End after so many statuses.", valueName: "n"))
    var count: Int?

    private enum Event: Sendable {
        case keys([UInt8])
        case status(AgentStatus)
        case failure(String)
        case signal(UnixSignal)
    }

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
    }

    func run() async throws {
        let client = try control.client()
        // Without an agent there is nothing to show; one that goes later may come back.
        var status = try client.status()
        guard FullScreen.isPossible else { return try printStatuses(client, first: status) }
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let signals = await UnixSignalsSequence(trapping: .sigwinch, .sigcont, .sigint, .sigterm, .sighup, .sigquit)
        let listening = Task { for await signal in signals { continuation.yield(.signal(signal)) } }
        defer { listening.cancel() }
        readKeys(into: continuation)
        ask(client, into: continuation)

        let terminal = FullScreen()
        terminal.enter()
        defer { terminal.leave() }
        var screen = TopScreen()
        var shown = 0
        func draw() {
            let size = terminal.size
            terminal.draw(screen.lines(width: size.width, height: size.height))
        }
        screen.show(status)
        draw()
        for await event in events {
            switch event {
            case .status(let new):
                status = new
                screen.show(status)
                shown += 1
                if let count, shown >= count { return }
            case .failure(let reason): screen.fail(reason)
            case .keys(let bytes):
                // An empty read is the terminal's end.
                guard !bytes.isEmpty else { return }
                for key in FullScreen.keys(bytes) where !screen.press(key) { return }
            case .signal(.sigwinch): break
            case .signal(.sigcont):
                terminal.leave()
                terminal.enter()
            case .signal(let signal):
                terminal.leave()
                throw ExitCode(128 + signal.rawValue)
            }
            draw()
        }
    }

    /// On a thread that waits for the terminal until the process ends.
    private func readKeys(into events: AsyncStream<Event>.Continuation) {
        Thread {
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                let count = read(STDIN_FILENO, &bytes, bytes.count)
                if count < 0, errno == EINTR { continue }
                events.yield(.keys(Array(bytes.prefix(max(0, count)))))
                if count <= 0 { return }
            }
        }.start()
    }

    /// On a thread of its own, for an agent may take its time.
    private func ask(_ client: ControlClient, into events: AsyncStream<Event>.Continuation) {
        let seconds = Double(interval.milliseconds) / 1000
        Thread {
            while true {
                Thread.sleep(forTimeInterval: seconds)
                do throws(AgentError) {
                    events.yield(.status(try client.status()))
                } catch {
                    events.yield(.failure(error.text(color: false).split(separator: "\n").first.map(String.init) ?? "no answer"))
                }
            }
        }.start()
    }

    private func printStatuses(_ client: ControlClient, first: AgentStatus) throws {
        signal(SIGPIPE, SIG_IGN)
        var (status, left) = (first, count ?? .max)
        while true {
            for line in StatusPage(status).lines { print(line, to: .output) }
            left -= 1
            guard left > 0 else { return }
            print("", to: .output)
            Thread.sleep(forTimeInterval: Double(interval.milliseconds) / 1000)
            status = try client.status()
        }
    }
}

/// How often to look, as durations in configuration files.
struct IntervalOption: ExpressibleByArgument {
    var milliseconds: Int

    /// More often would only burden the agent.
    private static let millisecondsMin = 100

    init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    init?(argument: String) {
        guard let duration = DurationText(argument), duration.milliseconds >= Self.millisecondsMin else { return nil }
        milliseconds = duration.milliseconds
    }

    var defaultValueDescription: String { "1s" }
}
