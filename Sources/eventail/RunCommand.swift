// `eventail run`: the agent.

import Agent
import ArgumentParser
import Glibc
import Logging

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Follows the configured sources and sends their calls.",
        discussion: """
            Runs until SIGTERM or Ctrl-C, then finishes what is in flight; what was not delivered by then stays in the state \
            directory for the next start. A second SIGTERM or Ctrl-C ends it at once. SIGHUP, or `eventail reload`, reads \
            configuration and rules again. With --once it reads every source to its present end, delivers everything and exits.

            Examples:
              eventail run
              eventail run --config eventail.yaml
              eventail run --config eventail.yaml --once --give-up-after 30s
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Read everything that is there, deliver it, and exit.")
    var once = false

    @Option(
        help: ArgumentHelp("With --once: exit with code 1 when nothing gets on for so long (250ms, 5s, 10m, 2h).", valueName: "duration"))
    var giveUpAfter = PatienceOption(milliseconds: 300_000)

    @Option(help: ArgumentHelp("What the log on standard error tells: trace, debug, info, notice, warning, error.", valueName: "level"))
    var logLevel = LogLevelOption(level: .info)

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let level = logLevel.level
        let logger = Logger(label: "eventail") { _ in
            if JournalLogHandler.isFitting { JournalLogHandler(logLevel: level) } else { TextLogHandler(logLevel: level) }
        }
        do {
            let agent = try Agent(try configuration.load(), logger: logger)
            if once {
                try finish(try await agent.runOnce(giveUpAfter: .milliseconds(giveUpAfter.milliseconds)))
            } else {
                try await agent.run()
            }
        } catch let error as AgentError {
            error.tellServiceManager()
            throw error
        }
    }

    /// Says what was done, and ends with code 1 when something is left.
    private func finish(_ report: Agent.Report) throws {
        print(
            "eventail: \(report.recordsRead) records read, \(report.callsDerived) calls derived, \(report.delivered) delivered in \(report.requests) requests",
            to: .error)
        if report.skippedExistingContent {
            print(
                "eventail: nothing was read: files that exist at the first start are read from their present end\n  hint: set `start_at: beginning` at the source to read what is there",
                to: .error)
        }
        if report.deadLettered > 0 {
            print(
                "eventail: \(report.deadLettered) calls became dead letters; `eventail dead-letters list` tells why",
                to: .error)
        }
        if report.discarded > 0 {
            print("eventail: \(report.discarded) calls were discarded at the bounds of `spool` and `dead_letters`", to: .error)
        }
        for (destination, reason) in report.undelivered.sorted(by: { $0.key < $1.key }) {
            print("eventail: not everything was delivered to \(destination): \(Printable.text(reason))", to: .error)
        }
        if !report.undelivered.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// A duration on the command line, as in configuration files.
struct PatienceOption: ExpressibleByArgument {
    var milliseconds: Int

    init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    init?(argument: String) {
        guard let duration = DurationText(argument), duration.milliseconds > 0 else { return nil }
        milliseconds = duration.milliseconds
    }

    var defaultValueDescription: String { "5m" }
}

struct LogLevelOption: ExpressibleByArgument {
    var level: Logger.Level

    init(level: Logger.Level) {
        self.level = level
    }

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument) else { return nil }
        self.level = level
    }

    var defaultValueDescription: String { level.rawValue }
}
