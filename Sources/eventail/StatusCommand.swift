// `eventail status`: how a running agent is.

import Agent
import ArgumentParser
import Foundation

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tells how the running agent is.",
        discussion: """
            Health comes first, with what to do where something needs a person; then sources, rules, destinations, and the bounds that \
            acted. Numbers are totals of the state directory, over all runs. Lag is the time for which there has always been more to \
            read. Exit code 0 when all is well, 1 when something needs a person, 3 when no agent runs.

            Examples:
              eventail status
              eventail status --json
              eventail status --config eventail.yaml
            """)

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let status = try control.client().status()
        if json {
            print(status.json, to: .output)
        } else {
            for line in StatusPage(status).lines { print(line, to: .output) }
        }
        if status.health != .well { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
