// `eventail sources`: which files are read, and how far.

import Agent
import ArgumentParser
import Foundation
import Glibc

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "Lists the files of all sources: identity, size, how far each is read, state.",
        discussion: """
            Reads the state directory, beside a running agent or without one. Lag counts unread bytes, and the seconds since the file was \
            last read, 0 when all is read.

            States: starting (no whole line yet), read, behind, rotated (renamed, and more to read), finished (renamed, all read), truncated, \
            gone (remembered, so that it is known again), unreadable.

            Examples:
              eventail sources
              eventail sources --source shop --json
              eventail sources --json | jq -r 'select(.lag_bytes > 0) | .path'

            Exit codes: 0 also when nothing is known yet, 1 when there is no state, 2 wrong usage.
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: ArgumentHelp("The state directory, instead of the configuration's.", valueName: "directory"))
    var state: String?

    @Option(help: ArgumentHelp("Only the files of this source.", valueName: "name"))
    var source: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let files = try SourceFiles(state: state, files: configuration.files, environment: ProcessInfo.processInfo.environment)
        let output = BufferedOutput(descriptor: STDOUT_FILENO)
        do {
            var rows = [SourceFile.columns]
            try files.forEach(source: source) { file in
                guard json else { return rows.append(file.row) }
                output.append(file.json + [UInt8(ascii: "\n")])
                try output.flushIfFull()
            }
            if !json {
                for line in AlignedTable.lines(rows, left: [0, 1, 8]) { output.append(Array((line + "\n").utf8)) }
            }
            try output.flush()
        } catch let error as BufferedOutput.WriteError {
            guard error.number == EPIPE else { throw AgentError(.failure, "can't write: \(String(cString: strerror(error.number)))") }
        }
    }
}
