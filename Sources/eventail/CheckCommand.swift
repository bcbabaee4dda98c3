// `eventail check`: is everything that is written fit to run?

import Agent
import ArgumentParser

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks configuration and rules.",
        discussion: """
            Reports every mistake with file, line and column, and what to do about it. Exit code 78 when there is one. With \
            --online each receiver is sent an empty batch, which tells whether it takes the key; exit code 1 when one does not, or \
            cannot be asked.

            Examples:
              eventail check
              eventail check --config /etc/eventail/eventail.yaml -v
              sudo -u eventail eventail check --online
              sudo eventail check --as-service
              eventail check --rules rules.d/shop.yaml
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        name: .customLong("rules"), help: ArgumentHelp("Check a rule file, or a folder of them, instead; repeatable.", valueName: "path"))
    var rulePaths: [String] = []

    @Flag(help: "Also ask the receivers whether they take the keys; nothing is delivered.")
    var online = false

    @Flag(help: "Also tell what the service's user cannot read; for root.")
    var asService = false

    @Option(help: ArgumentHelp("Whom the service runs as, if not eventail.", valueName: "user"))
    var asUser: String?

    @Flag(name: .shortAndLong, help: "List the rules and how each finds its records, and remark on what is often a mistake.")
    var verbose = false

    func validate() throws {
        if !rulePaths.isEmpty, !configuration.files.isEmpty { throw ValidationError("give --config or --rules, not both") }
        if !rulePaths.isEmpty, online { throw ValidationError("--online asks the receivers of a configuration") }
        if !rulePaths.isEmpty, asService || asUser != nil { throw ValidationError("--as-service looks at a configuration") }
    }

    func run() async throws {
        if rulePaths.isEmpty {
            let configuration = try configuration.load()
            for line in configuration.listing(listsRules: verbose) { print(line, to: .output) }
            if asService || asUser != nil { try checkAccess(configuration) }
            if online { try await checkReceivers(configuration) }
            for cost in configuration.costs { print("warning: \(cost)", to: .output) }
            if verbose { for lint in configuration.lints(color: StandardStream.output.isColored) { print("remark: \(lint)", to: .output) } }
        } else {
            let rules = try RuleFiles(paths: rulePaths)
            print(rules.summary, to: .output)
            for cost in rules.costs { print("warning: \(cost)", to: .output) }
            if verbose {
                for line in rules.listing { print("  \(line)", to: .output) }
                for lint in rules.lints(color: StandardStream.output.isColored) { print("remark: \(lint)", to: .output) }
            }
        }
        print("all is well", to: .output)
    }

    private func checkReceivers(_ configuration: Configuration) async throws {
        let replies = await configuration.askReceivers()
        for reply in replies { print(reply.text, to: reply.isGood ? .output : .error) }
        if replies.contains(where: { !$0.isGood }) { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func checkAccess(_ configuration: Configuration) throws {
        let troubles = try ServiceUser(name: asUser ?? ServiceUser.nameDefault).unreadable(of: configuration)
        for trouble in troubles { print("eventail: \(trouble)", to: .error) }
        if !troubles.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
