// `eventail status`: how a running agent is.

import Agent
import ArgumentParser
import Foundation

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tells how the running agent is.",
        discussion: """
            Health comes first, then sources, rules and destinations. Numbers are totals of the state directory, over all runs. Exit \
            code 0 when all is well, 1 when something needs a person, 3 when no agent runs.

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

/// A status as a page of text.
private struct StatusPage {
    private let status: AgentStatus

    init(_ status: AgentStatus) {
        self.status = status
    }

    var lines: [String] {
        let head = status.reasons.isEmpty ? ["well: \(status.line)"] : status.reasons.map { "degraded: \(Printable.text($0))" }
        let table =
            [["source", "records", "unparsed"]] + status.sources.map { [$0.name, "\($0.recordsRead)", "\($0.unparsed)"] }
        let rules =
            [["rule", "matched", "calls", "incomplete", "limit hits"]]
            + status.rules.map { [$0.name, "\($0.matched)", "\($0.calls)", "\($0.incomplete)", "\($0.limitHits)"] }
        let destinations =
            [["destination", "derived", "delivered", "dead letters", "discarded", "waiting"]]
            + status.destinations.map {
                [$0.name, "\($0.derived)", "\($0.delivered)", "\($0.deadLettered)", "\($0.discarded)", "\($0.waiting)"]
            }
        return head + [table, rules, destinations].flatMap { [""] + AlignedTable.lines($0, left: [0]) }
    }
}
