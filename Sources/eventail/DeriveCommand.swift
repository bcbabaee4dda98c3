// `eventail derive`: what rules make of a log, on standard output.

import Agent
import ArgumentParser
import Foundation
import Glibc

struct DeriveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive",
        abstract: "Prints the calls that rules make of log files or the journal, one JSON object a line.",
        discussion: """
            Reads the files (or standard input, or the journal), keeps no state and sends nothing. Each line is exactly what `run` would
            send.

            Examples:
              eventail derive --rules rules/nginx.yaml /var/log/nginx/access.log
              zcat access.log.2.gz | eventail derive --rules rules/nginx.yaml
              eventail derive --rules rules.d --origin app.log | jq -r '._origin.rule' | sort | uniq -c
              eventail derive --rules rules.d --journald shop.service --since 2h
            """)

    @OptionGroup var rules: RuleOptions

    @OptionGroup var journal: JournalOptions

    @Option(help: ArgumentHelp("The format of the records, instead of what each rule file says.", valueName: "name"))
    var format: String?

    @Flag(help: "Add to each call where it came from: rule, file, line, byte offset; in the journal rule and time of the entry.")
    var origin = false

    @Option(
        help: ArgumentHelp(
            "What message ids depend on besides the log itself; default: this machine's id and host name.", valueName: "scope"))
    var idScope: String?

    @Option(
        help: ArgumentHelp("The time for records that state none, and for the year of those that state none (RFC 3339).", valueName: "time")
    )
    var now: String?

    @Option(help: ArgumentHelp("How many threads share the work; the output is the same for any number.", valueName: "number"))
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @Argument(help: ArgumentHelp("Log files; none or `-`: standard input.", valueName: "file"))
    var files: [String] = []

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
        if journal.areGiven, !files.isEmpty { throw ValidationError("--journald does not go with log files. Give one of the two.") }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        var options = Derivation.Options()
        options.showsOrigin = origin
        options.idScope = idScope
        options.now = now
        let ruleFiles = try RuleFiles(paths: rules.paths, format: format, for: journal.use)
        let derivation = try Derivation(ruleFiles, options)
        let summary =
            journal.areGiven
            ? try derivation.run(journal: try journal.input(for: ruleFiles), into: BufferedOutput(descriptor: STDOUT_FILENO))
            : try derivation.run(files: files.isEmpty ? ["-"] : files, jobs: jobs, to: STDOUT_FILENO)
        for note in notes(summary) { print("eventail: \(note)", to: .error) }
    }

    /// What a person should know about records that gave nothing.
    private func notes(_ summary: Derivation.Summary) -> [String] {
        var notes = summary.journalFaults
        func note(_ count: Int, _ text: String) {
            if count > 0 { notes.append("\(count) \(text)") }
        }
        note(summary.unparsed, "of \(summary.records) records do not have the format of the rules that looked at them")
        note(summary.oversizeRecords, "records are longer than 256 KiB and were left out")
        note(summary.cutRecords, "records of several lines were cut at a limit; the rest is a record of its own")
        note(summary.incomplete, "calls lacked a user or another field that the API needs")
        note(summary.rejected, "calls are not printed: the API would refuse them, or they would do harm")
        note(summary.shadowed, "calls of rules in shadow mode are not printed")
        note(summary.unreadableTimes, "records have a time that could not be read; their calls carry the time of reading")
        note(summary.implausibleTimes, "records have a time too far from the time of reading; their calls carry the time of reading")
        note(summary.limitHits, "matches were given up at a limit: see `eventail check -v`")
        if summary.calls == 0, summary.records > 0 { notes.append("no rule made a call of \(summary.records) records") }
        return notes
    }
}
