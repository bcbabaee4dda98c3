// `eventail dead-letters`: calls that were not delivered, why, and what to do with them.

import Agent
import ArgumentParser
import Foundation
import Glibc

struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists, shows, sends again, exports or drops calls that were not delivered.",
        discussion: """
            A call that the receiver refuses for good, or that may not be sent, is kept in the state directory with the reason, \
            until `dead_letters` in eventail.yaml says that it is too old or too much. All of this works while the agent runs.

            Examples:
              eventail dead-letters list
              eventail dead-letters show 17
              eventail dead-letters retry --rule order-completed
              eventail dead-letters export --since 2h > calls.ndjson
              eventail dead-letters drop --reason expired

            Exit codes: 0 also when there is nothing to do, 1 when there is no such letter or no state, 2 wrong usage.
            """,
        subcommands: [ListCommand.self, ShowCommand.self, RetryCommand.self, ExportCommand.self, DropCommand.self])

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "One line for each dead letter, oldest first.",
            discussion:
                "Examples:\n  eventail dead-letters list --limit 20\n  eventail dead-letters list --json | jq -r .reason | sort | uniq -c")

        @OptionGroup var state: StateOptions
        @OptionGroup var filter: LetterFilter

        @Option(help: ArgumentHelp("No more than so many.", valueName: "n"))
        var limit: Int?

        @Flag(help: "One JSON object a line, with the call.")
        var json = false

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        }

        func run() throws {
            signal(SIGPIPE, SIG_IGN)
            let (letters, selection) = (try state.open(), filter.selection)
            try write(letters, selection, countMax: limit) { json ? $0.json : Array($0.line.utf8) }
            guard !json else { return }
            let count = try letters.count(selection)
            print("eventail: \(count) dead letter\(count == 1 ? "" : "s")", to: .error)
        }
    }

    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Everything that is known of a dead letter.",
            discussion: "Examples:\n  eventail dead-letters show 17\n  eventail dead-letters show 17 18 --json")

        @OptionGroup var state: StateOptions

        @Flag(help: "One JSON object a line.")
        var json = false

        @Argument(help: ArgumentHelp("The numbers that `list` gives.", valueName: "id"))
        var ids: [Int64]

        func run() throws {
            signal(SIGPIPE, SIG_IGN)
            let letters = try state.open()
            var selection = DeadLetters.Selection()
            selection.ids = ids
            try refuseMissing(letters, selection)
            try write(letters, selection, countMax: nil) { json ? $0.json : Array($0.page.joined(separator: "\n").utf8) }
        }
    }

    struct RetryCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Puts dead letters back among the calls that wait, with their ids.",
            discussion: """
                A running agent sends them within ten seconds, another one when it starts. They come after what waits already, not at \
                their person's old place. Calls that eventail itself kept back stay where they are, unless --force.

                Examples:
                  eventail dead-letters retry 17 18
                  eventail dead-letters retry --reason refused --since 2026-11-24T08:00:00Z
                  eventail dead-letters retry --all
                """)

        @OptionGroup var state: StateOptions
        @OptionGroup var filter: LetterFilter
        @OptionGroup var chosen: ChosenLetters

        @Flag(help: "Also calls that are too large or whose event name is a command to the receiver.")
        var force = false

        @Flag(help: "Print the numbers as a JSON object.")
        var json = false

        func run() throws {
            let letters = try state.open()
            let selection = try chosen.selection(filter)
            try refuseMissing(letters, selection)
            let (sent, kept) = try letters.retry(selection, includesOwn: force)
            print(json ? #"{"put_back":\#(sent),"kept":\#(kept)}"# : "\(sent) put back, \(kept) kept", to: .output)
            if kept > 0 { print("eventail: eventail itself kept \(kept) back: too large, or a reserved event name", to: .error) }
        }
    }

    struct ExportCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Prints the calls alone, one JSON object a line, as they would be sent.",
            discussion: "Examples:\n  eventail dead-letters export > calls.ndjson\n  eventail dead-letters export --rule signup --limit 10")

        @OptionGroup var state: StateOptions
        @OptionGroup var filter: LetterFilter

        @Option(help: ArgumentHelp("No more than so many.", valueName: "n"))
        var limit: Int?

        func run() throws {
            signal(SIGPIPE, SIG_IGN)
            try write(try state.open(), filter.selection, countMax: limit) { $0.call }
        }
    }

    struct DropCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Removes dead letters for good.",
            discussion:
                "Examples:\n  eventail dead-letters drop 17\n  eventail dead-letters drop --until 7d\n  eventail dead-letters drop --all")

        @OptionGroup var state: StateOptions
        @OptionGroup var filter: LetterFilter
        @OptionGroup var chosen: ChosenLetters

        @Flag(help: "Print the number as a JSON object.")
        var json = false

        func run() throws {
            let letters = try state.open()
            let selection = try chosen.selection(filter)
            try refuseMissing(letters, selection)
            let count = try letters.drop(selection)
            print(json ? #"{"dropped":\#(count)}"# : "\(count) dropped", to: .output)
        }
    }
}

/// Where the dead letters are.
struct StateOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("The state directory, instead of the configuration's.", valueName: "directory"))
    var state: String?

    func open() throws(AgentError) -> DeadLetters {
        try DeadLetters(state: state, files: configuration.files, environment: ProcessInfo.processInfo.environment)
    }
}

/// Which dead letters.
struct LetterFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Only calls for this destination.", valueName: "name"))
    var destination: String?

    @Option(help: ArgumentHelp("Only calls of this rule.", valueName: "name"))
    var rule: String?

    @Option(help: ArgumentHelp("Only for this reason: \(DeadLetters.reasons.map(\.word).joined(separator: ", ")).", valueName: "word"))
    var reason: String?

    @Option(help: ArgumentHelp("Only dead letters since then: a time (RFC 3339), or 2h for two hours ago.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only dead letters of before then.", valueName: "time"))
    var until: String?

    var selection: DeadLetters.Selection {
        var selection = DeadLetters.Selection()
        selection.destination = destination
        selection.rule = rule
        selection.reason = reason
        selection.since = since
        selection.until = until
        return selection
    }
}

/// Ids, or the wish to mean all; commands that change something do nothing without a choice.
struct ChosenLetters: ParsableArguments {
    @Flag(help: "All that there are.")
    var all = false

    @Argument(help: ArgumentHelp("The numbers that `list` gives.", valueName: "id"))
    var ids: [Int64] = []

    func selection(_ filter: LetterFilter) throws -> DeadLetters.Selection {
        var selection = filter.selection
        if !ids.isEmpty { selection.ids = ids }
        guard !selection.isEverything || all else {
            throw AgentError(.usage, "nothing is chosen", hint: "name ids, --rule, --reason, --destination, --since, --until, or --all")
        }
        guard !all || selection.ids == nil else { throw AgentError(.usage, "--all and ids exclude each other") }
        return selection
    }
}

private func refuseMissing(_ letters: DeadLetters, _ selection: DeadLetters.Selection) throws {
    if let id = try letters.missingID(selection) {
        throw AgentError(.failure, "there is no dead letter \(id)", hint: "`eventail dead-letters list` tells which there are")
    }
}

/// Writes a line for each letter to standard output. When its reader has gone, that ends the writing and nothing else.
private func write(
    _ letters: DeadLetters, _ selection: DeadLetters.Selection, countMax: Int?, _ text: (DeadLetterText) -> [UInt8]
) throws {
    let output = BufferedOutput(descriptor: STDOUT_FILENO)
    do {
        try letters.forEach(selection, countMax: countMax) { letter in
            output.append(text(letter))
            output.append(UInt8(ascii: "\n"))
            try output.flushIfFull()
        }
        try output.flush()
    } catch let error as BufferedOutput.WriteError {
        guard error.number == EPIPE else { throw AgentError(.failure, "can't write: \(String(cString: strerror(error.number)))") }
    }
}
