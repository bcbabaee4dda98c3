// `eventail derive`: what rules make of a log, on standard output.

import Agent
import ArgumentParser
import Documents
import Formats
import Glibc
import Rules

struct DeriveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive",
        abstract: "Prints the calls that rules make of log files, one JSON object a line.",
        discussion: """
            Reads the files (or standard input), keeps no state and sends nothing. Each line is exactly what `run` would send.

            Examples:
              eventail derive --rules rules/nginx.yaml /var/log/nginx/access.log
              zcat access.log.2.gz | eventail derive --rules rules/nginx.yaml
              eventail derive --rules rules.d --origin app.log | jq -r '._origin.rule' | sort | uniq -c
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("The format of the records, instead of what each rule file says.", valueName: "name"))
    var format: RecordFormat?

    @Flag(help: "Add to each call where it came from: rule, file, line, byte offset.")
    var origin = false

    @Option(
        help: ArgumentHelp(
            "What message ids depend on besides the log itself; default: this machine's id and host name.", valueName: "scope"))
    var idScope: String?

    @Option(
        help: ArgumentHelp("The time for records that state none, and for the year of those that state none (RFC 3339).", valueName: "time")
    )
    var now: String?

    @Argument(help: ArgumentHelp("Log files; none or `-`: standard input.", valueName: "file"))
    var files: [String] = []

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let set: RuleSet
        do {
            set = try RuleSet(try rules.packs(format: format))
        } catch {
            throw Failure(error)
        }
        guard let scope = idScope ?? IDScope.ofThisMachine() else {
            throw Failure(
                .usage, "this machine has no id to make message ids from", hint: "give one with --id-scope, for example --id-scope web-1")
        }
        let options = Derivation.Options(showsOrigin: origin, scope: scope, nowMilliseconds: try nowMilliseconds())
        let output = BufferedOutput(descriptor: STDOUT_FILENO)
        do {
            let summary = try Derivation(set, options).run(files: files.isEmpty ? ["-"] : files, into: output)
            for note in notes(summary) { print("eventail: \(note)", to: .error) }
        } catch let error as Derivation.InputError {
            // Whole calls that were made before the error are worth having.
            try? output.flush()
            throw Failure(
                .failed, "can't read \(error.file): \(systemText(error.number))",
                hint: error.number == EACCES ? "run it as a user who may read the file" : nil)
        } catch let error as BufferedOutput.WriteError {
            if error.number != EPIPE { throw Failure(.failed, "can't write to standard output: \(systemText(error.number))") }
        }
    }

    private func nowMilliseconds() throws -> Int64 {
        guard let now else { return Clock.wallMilliseconds() }
        let context = TimestampContext(nowMilliseconds: 0)
        guard let milliseconds = TimestampFormat.rfc3339.milliseconds(of: Array(now.utf8).span, context) else {
            throw Failure(.usage, "--now \(now) is no time", hint: "write it as RFC 3339: --now 2026-11-23T06:37:03Z")
        }
        return milliseconds
    }

    /// What a person should know about records that gave nothing.
    private func notes(_ summary: Derivation.Summary) -> [String] {
        var notes: [String] = []
        func note(_ count: Int, _ text: String) {
            if count > 0 { notes.append("\(count) \(text)") }
        }
        note(summary.unparsed, "of \(summary.records) records are not of the rule file's format")
        note(summary.oversizeRecords, "records are longer than 256 KiB and were left out")
        note(summary.incomplete, "calls lacked a user or another field that the API needs")
        note(summary.rejected, "calls are not printed: the API would refuse them, or they would do harm")
        note(summary.shadowed, "calls of rules in shadow mode are not printed")
        note(summary.unreadableTimes, "records have a time that could not be read; their calls carry the time of reading")
        note(summary.limitHits, "matches were given up at a limit: see `eventail check -v`")
        if summary.calls == 0, summary.records > 0 { notes.append("no rule made a call of \(summary.records) records") }
        return notes
    }
}

extension RecordFormat: ExpressibleByArgument {}
