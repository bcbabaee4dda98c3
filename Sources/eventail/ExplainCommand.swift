// `eventail explain`: what rules make of real lines, and why not.

import Agent
import ArgumentParser
import Glibc

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Shows for each line or entry which rules match, what they capture, and what held up those that nearly did.",
        discussion: """
            Reads log files, standard input (-), lines given as words, or the journal. Ends with a summary per rule: hits, share, time.

            Examples:
              eventail explain --rules shop.yaml 'order completed: user=u42 id=o-7'
              eventail explain --rules shop.yaml /var/log/shop.log | less -R
              eventail explain --rules shop.yaml --missed /var/log/shop.log
              eventail explain --rules shop.yaml --missed --journald shop.service --since 1h
            """)

    @OptionGroup var rules: RuleOptions

    @OptionGroup var journal: JournalOptions

    @Option(help: ArgumentHelp("The format of the records, instead of what each rule file says.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("The encoding of the files, as iconv(1) names it; default: utf-8.", valueName: "name"))
    var encoding: String?

    @Flag(help: "Only lines that no rule matched, grouped by their shape, most frequent first.")
    var missed = false

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("Tell of so many lines; the summary still counts all.", valueName: "n"))
    var limit: Int?

    @Argument(help: ArgumentHelp("Log files, - for standard input, or a line of text.", valueName: "log"))
    var inputs: [String] = []

    func validate() throws {
        if journal.areGiven, !inputs.isEmpty { throw ValidationError("--journald does not go with log files. Give one of the two.") }
        if journal.areGiven, encoding != nil { throw ValidationError("--encoding is for files; what the journal holds is in UTF-8.") }
        if !journal.areGiven, inputs.isEmpty {
            throw ValidationError("Nothing to explain. Give a log file, - for standard input, a line of text, or --journald UNIT.")
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        var options = Explanations.Options()
        options.missedOnly = missed
        options.asJSON = json
        options.encoding = encoding
        options.color = StandardStream.output.isColored && !json
        if let limit { options.linesMax = limit }
        let ruleFiles = try RuleFiles(paths: rules.paths, format: format, for: journal.use)
        var explanations = try Explanations(ruleFiles, options)
        let output = BufferedOutput(descriptor: STDOUT_FILENO)
        if journal.areGiven {
            for fault in try explanations.run(journal: try journal.input(for: ruleFiles), into: output) {
                print("eventail: \(fault)", to: .error)
            }
        } else {
            try explanations.run(inputs: inputs, into: output)
        }
    }
}
