// `eventail check`: is everything that is written fit to run?

import Agent
import ArgumentParser
import Documents
import Rules

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks configuration and rules.",
        discussion: """
            Reports every mistake with file, line and column, and what to do about it. Exit code 78 when there is one.

            Examples:
              eventail check
              eventail check --config /etc/eventail/eventail.yaml -v
              eventail check --rules rules.d/shop.yaml
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        name: .customLong("rules"), help: ArgumentHelp("Check a rule file, or a folder of them, instead; repeatable.", valueName: "path"))
    var rulePaths: [String] = []

    @Flag(name: .shortAndLong, help: "List the rules, and how each finds its records.")
    var verbose = false

    func validate() throws {
        if !rulePaths.isEmpty, !configuration.files.isEmpty { throw ValidationError("give --config or --rules, not both") }
    }

    func run() throws {
        if rulePaths.isEmpty { try checkConfiguration() } else { try checkRules() }
    }

    private func checkConfiguration() throws {
        let configuration = try configuration.load()
        for source in configuration.sources {
            print("source \(source.settings.name): \(words(source.rules))", to: .output)
            if verbose { list(source.rules) }
        }
        for destination in configuration.destinations { print("destination \(destination.name): \(destination.endpoint.url)", to: .output) }
        print("all is well", to: .output)
    }

    private func checkRules() throws {
        let set: RuleSet
        do {
            set = try RuleSet(try RuleFiles.read(paths: rulePaths, context: RuleContext(hostName: IDScope.hostName())))
        } catch {
            throw Failure(error)
        }
        if verbose { list(set) }
        print("\(words(set)): all is well", to: .output)
    }

    private func words(_ set: RuleSet) -> String {
        let files = set.packs.map(\.stem).joined(separator: ", ")
        return "\(set.rules.count) rule\(set.rules.count == 1 ? "" : "s") from \(files.isEmpty ? "no file" : files)"
    }

    private func list(_ set: RuleSet) {
        for (index, rule) in set.rules.enumerated() {
            let calls = rule.callTypes.map(\.rawValue).joined(separator: ", ")
            let literals = set.literals(of: index)
            let way =
                literals.isEmpty
                ? "looks at every record: no text of 3 bytes or more is certain to be in it"
                : "looks at records that hold \(literals.joined(separator: " or "))"
            print("  \(rule.name) (\(rule.place)): \(calls); \(way)", to: .output)
        }
    }
}
