// `eventail outbox`: calls that wait to be sent, and dropping those that nobody wants any more.

import Agent
import ArgumentParser
import Foundation

struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Lists calls that wait to be sent, or drops some.",
        discussion: """
            Calls wait while a receiver is down, slow or on hold; also those of a rule that it refuses call after call (parked), \
            and those for a destination that is not configured any more. All of this works while the agent runs.

            Examples:
              eventail outbox list
              eventail outbox drop --destination old-crm
              eventail outbox drop --rule order-completed

            Exit codes: 0 also when nothing waits, 1 when there is nothing to drop or no state, 2 wrong usage.
            """,
        subcommands: [ListCommand.self, DropCommand.self])

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "One line for each destination and rule whose calls wait.",
            discussion: "Examples:\n  eventail outbox list\n  eventail outbox list --json | jq .calls")

        @OptionGroup var place: OutboxOptions

        @Flag(help: "One JSON object a line.")
        var json = false

        func run() throws {
            let groups = try place.open().groups()
            for group in groups { print(json ? group.json : group.line, to: .output) }
            guard !json else { return }
            let count = groups.reduce(0) { $0 + $1.calls }
            print("eventail: \(count) call\(count == 1 ? " waits" : "s wait")", to: .error)
        }
    }

    struct DropCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Drops calls that wait, for good.",
            discussion: """
                They are counted as discarded. Calls that are being sent at this moment are kept.

                Examples:
                  eventail outbox drop --destination old-crm
                  eventail outbox drop --rule order-completed --destination crm
                  eventail outbox drop --all
                """)

        @OptionGroup var place: OutboxOptions

        @Option(help: ArgumentHelp("Only calls for this destination.", valueName: "name"))
        var destination: String?

        @Option(help: ArgumentHelp("Only calls of this rule.", valueName: "name"))
        var rule: String?

        @Flag(help: "Everything that waits.")
        var all = false

        @Flag(help: "Print the numbers as a JSON object.")
        var json = false

        func run() async throws {
            guard all || destination != nil || rule != nil else {
                throw AgentError(.usage, "nothing is chosen", hint: "name --destination, --rule, or --all")
            }
            guard !all || (destination == nil && rule == nil) else {
                throw AgentError(.usage, "--all excludes --destination and --rule")
            }
            let (dropped, kept) = try await place.open().drop(destination: destination, rule: rule)
            print(json ? #"{"dropped":\#(dropped),"kept":\#(kept)}"# : "\(dropped) dropped, \(kept) kept", to: .output)
            if kept > 0 { print("eventail: \(kept) are being sent at this moment and were kept", to: .error) }
        }
    }
}

/// Where the outbox is.
struct OutboxOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("The state directory, instead of the configuration's.", valueName: "directory"))
    var state: String?

    func open() throws(AgentError) -> WaitingCalls {
        try WaitingCalls(state: state, files: configuration.files, environment: ProcessInfo.processInfo.environment)
    }
}
