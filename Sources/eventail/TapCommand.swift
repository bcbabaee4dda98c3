// `eventail tap`: what a running agent derives, as it happens.

import Agent
import ArgumentParser
import Glibc

struct TapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap",
        abstract: "Shows calls, or records that no rule matched, as the running agent meets them.",
        discussion: """
            It shows people's data, so it takes root, the agent's own user or a member of the group eventail-admin. It never holds up \
            the agent: what comes faster than it is read is left out, and how much is told. Ends with Ctrl-C, or with --limit.

            Examples:
              eventail tap
              eventail tap --user u42
              eventail tap --rule order-completed --json | jq .call.properties
              eventail tap --missed --source shop --limit 20
            """)

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Only calls of this rule.", valueName: "name"))
    var rule: String?

    @Option(help: ArgumentHelp("Only what this source reads.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("Only calls of this person: userId, anonymousId or previousId.", valueName: "id"))
    var user: String?

    @Flag(help: "Records that no rule matched, instead of calls.")
    var missed = false

    @Option(help: ArgumentHelp("End after so many.", valueName: "n"))
    var limit: Int?

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        if missed, rule != nil || user != nil { throw ValidationError("a record that no rule matched has no rule and no user") }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        var filter = TapFilter()
        (filter.rule, filter.source, filter.user, filter.wantsMissed) = (rule, source, user, missed)
        var left = limit ?? .max
        try control.client().tap(filter) { event in
            for line in json ? [String(decoding: event.json, as: UTF8.self)] : event.lines { print(line, to: .output) }
            if event.kind != .dropped { left -= 1 }
            return left > 0
        }
    }
}
