// The options of commands that read the journal instead of log files.

import Agent
import ArgumentParser

struct JournalOptions: ParsableArguments {
    @Option(
        name: .customLong("journald"),
        help: ArgumentHelp("Read the journal instead: what this unit logs; repeatable. `all`: whatever there is.", valueName: "unit"))
    var units: [String] = []

    @Option(
        name: .customLong("match"),
        help: ArgumentHelp("Only entries with this field; repeatable, as journalctl has it.", valueName: "FIELD=value"))
    var matches: [String] = []

    @Option(help: ArgumentHelp("A directory of journal files instead of this machine's own.", valueName: "path"))
    var directory: String?

    @Option(help: ArgumentHelp("Only entries of this time (RFC 3339) or age (2h) and later.", valueName: "time"))
    var since: String?

    var areGiven: Bool { !units.isEmpty }

    /// What the rules are to read.
    var use: RuleFiles.Use { areGiven ? .entriesOfJournal : .lines }

    func validate() throws {
        guard units.isEmpty else { return }
        if !matches.isEmpty || directory != nil || since != nil {
            throw ValidationError("--match, --directory and --since go with --journald. For example: --journald all")
        }
    }

    /// - Parameter rules: what reads the entries.
    func input(for rules: RuleFiles) throws -> JournalInput {
        var options = JournalInput.Options()
        options.units = units
        options.matches = matches
        options.since = since
        options.directory = directory
        return try JournalInput(options, for: rules)
    }
}
