// `eventail trace`: what became of a person's calls, or of one call.

import Agent
import ArgumentParser
import Foundation

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Tells what became of a person's calls, or of one call.",
        discussion: """
            Where it was read, which rule made it, when it was queued for which destination, and what the receiver said; or why it \
            waits, is a dead letter, or was dropped. Calls that wait and dead letters are always found. Others are remembered if \
            `trace` in eventail.yaml says so, for as long as it says. It shows people's data, so it takes root, the agent's own \
            user or a member of the group eventail-admin.

            Examples:
              eventail trace --user u42
              eventail trace --user u42 --since 1h --json
              eventail trace --message-id 7QTZC3Y2J0X5W8N4K6M9B1V3D2

            Exit codes: 0 found, 1 nothing was found or the agent keeps no trace, 2 wrong usage, 3 no agent runs.
            """)

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Calls of this person: userId, anonymousId or previousId.", valueName: "id"))
    var user: String?

    @Option(help: ArgumentHelp("The call with this messageId.", valueName: "id"))
    var messageId: String?

    @Option(
        help: ArgumentHelp(
            "Only calls that wait, or that something became of since then: a time (RFC 3339), or 2h for two hours ago.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("No more than so many, the latest.", valueName: "n"))
    var limit = TraceQuestion.limitDefault

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        if (user == nil) == (messageId == nil) { throw ValidationError("name either --user or --message-id") }
        let range = TraceQuestion.limitRange
        if !range.contains(limit) { throw ValidationError("--limit is between \(range.lowerBound) and \(range.upperBound)") }
    }

    func run() throws {
        var question = TraceQuestion()
        (question.user, question.messageID, question.limit) = (user, messageId, limit)
        if let since { try question.set(since: since) }
        let report = try control.client().trace(question)
        for call in report.calls {
            for line in json ? [call.json] : call.lines { print(line, to: .output) }
        }
        if report.isCut { print("eventail: there are older ones; --since and --limit choose", to: .error) }
        guard let covered = report.covered else {
            throw AgentError(
                .failure, "the agent keeps no trace, so calls that were delivered or dropped are not known",
                hint: "write `trace: {}` into its configuration and `eventail reload`; it is kept from then on")
        }
        if report.calls.isEmpty {
            print("eventail: no such call waits, is a dead letter, or is in the trace, which is complete since \(covered)", to: .error)
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        if !json { print("eventail: the trace is complete since \(covered)", to: .error) }
    }
}
