// `eventail send`: one call, made up by a person.

import Agent
import ArgumentParser
import Foundation

struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Sends one call, and prints what the receiver says to it.",
        discussion: """
            Tells whether address and key are right and whether calls arrive. The call goes to the receiver at once and once, past \
            rules and outbox; a running agent is not needed and does not notice. Its message id is a new one each time. Prints the \
            call and the answer; exit code 0 when it was accepted, 1 when not.

            Examples:
              eventail send --type track --user-id test-1 --event 'Agent Installed'
              eventail send --type track --user-id u1 --event Sold --property currency=EUR --property total:=19.90
              eventail send --type identify --user-id u1 --trait email=anna@example.com --destination crm
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("Where to, when there are several destinations.", valueName: "name"))
    var destination: String?

    @Option(help: ArgumentHelp("What the call does: \(SingleCall.types.joined(separator: ", ")).", valueName: "type"))
    var type: String

    @Option(help: ArgumentHelp("Whom it is about.", valueName: "id"))
    var userId: String?

    @Option(help: ArgumentHelp("Whom it is about while nobody knows who that is.", valueName: "id"))
    var anonymousId: String?

    @Option(help: ArgumentHelp("What happened (track).", valueName: "name"))
    var event: String?

    @Option(help: ArgumentHelp("What was seen (page, screen).", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Which group (group).", valueName: "id"))
    var groupId: String?

    @Option(help: ArgumentHelp("The person's id until now (alias).", valueName: "id"))
    var previousId: String?

    @Option(
        help: ArgumentHelp("A property (track, page, screen): key=text, or key:=JSON; repeatable.", valueName: "key=value"))
    var property: [String] = []

    @Option(help: ArgumentHelp("A trait (identify, group): key=text, or key:=JSON; repeatable.", valueName: "key=value"))
    var trait: [String] = []

    @Option(help: ArgumentHelp("When it happened, if not now (RFC 3339).", valueName: "time"))
    var timestamp: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let delivery = try SingleDelivery(
            configuration: configuration.files, destination: destination, environment: ProcessInfo.processInfo.environment)
        for warning in delivery.warnings(color: StandardStream.error.isColored) { print("warning: \(warning)", to: .error) }
        var call = SingleCall(type: type)
        (call.userId, call.anonymousId, call.previousId, call.groupId) = (userId, anonymousId, previousId, groupId)
        (call.event, call.name, call.timestamp) = (event, name, timestamp)
        (call.properties, call.traits) = (property, trait)
        let (sent, reply) = try await delivery.send(call)
        print(sent, to: .output)
        print(reply.text, to: reply.isGood ? .output : .error)
        if !reply.isGood { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
