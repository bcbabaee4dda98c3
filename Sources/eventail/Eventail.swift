// The command line: flags, wording, exit codes. What commands do is in the module Agent.

import Agent
import ArgumentParser
import Glibc

@main
struct Eventail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventail",
        abstract: "Turns log lines into customer-data events.",
        discussion: """
            eventail follows log files, applies rules, and sends identify, track, page, screen, group and alias calls to \
            Customer.io's Pipelines API in batches. Nothing is lost and nothing is sent twice by its own doing, through \
            rotation, outage and SIGKILL.

            Try it:
              eventail demo
              eventail derive --rules rules/nginx.yaml /var/log/nginx/access.log
              eventail check --config /etc/eventail/eventail.yaml

            Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 no agent runs, 65 a rule test failed, 78 wrong configuration or rules.
            """,
        subcommands: [
            RunCommand.self, StatusCommand.self, TopCommand.self, SourcesCommand.self, TapCommand.self, TraceCommand.self,
            ReloadCommand.self,
            CheckCommand.self, TestCommand.self, DeriveCommand.self, ExplainCommand.self, SendCommand.self, DeadLettersCommand.self,
            OutboxCommand.self,
            ReceiveCommand.self,
            DemoCommand.self,
            VersionCommand.self,
        ])

    /// Runs the command and ends the process with its exit code. ArgumentParser's own code for wrong usage is 64; ours is 2.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as AgentError {
            print(error.text(color: StandardStream.error.isColored), to: .error)
            Glibc.exit(error.kind.exitStatus.rawValue)
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty { print(message, to: code == .success ? .output : .error) }
            Glibc.exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
        }
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version.", discussion: "Example:\n  eventail version")

    func run() {
        print(versionText, to: .output)
    }
}
