// `eventail demo`: the whole job on one machine, in about twenty seconds.

import Agent
import ArgumentParser
import Glibc

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows the whole job with nothing outside this machine.",
        discussion: """
            Starts a local receiver and an agent, appends real log lines to two files at a steady rate, kills the agent with \
            SIGKILL, rotates a file, and prints each call as it arrives. At the end it compares what arrived with what was \
            written. Everything happens in a temporary folder that is removed again. Exit code 1 when a call is lost or doubled.

            Examples:
              eventail demo
              eventail demo --seconds 60
              eventail demo | less
            """)

    @Option(help: ArgumentHelp("How long lines are written.", valueName: "n"))
    var seconds = 16

    @Option(
        help: ArgumentHelp("The folder of the shipped rule files; default: ./rules, else where the package puts them.", valueName: "folder")
    )
    var rules: String?

    func validate() throws {
        if !(4...3600).contains(seconds) { throw ValidationError("--seconds is a number from 4 to 3600") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let folders = [rules, "rules", Configuration.shippedRulesFolder].compactMap { $0 }
        guard let folder = folders.first(where: { access("\($0)/nginx.yaml", R_OK) == 0 && access("\($0)/app.yaml", R_OK) == 0 }) else {
            throw AgentError(
                .failure, "the shipped rule files are not in \(folders.joined(separator: " or "))", hint: "name their folder with --rules")
        }
        let demo = try Demo(rulesFolder: folder, seconds: seconds)
        let verdict = try await demo.run()
        guard let verdict else { throw ExitCode(ExitStatus.failed.rawValue) }
        for line in verdict.table { print(line, to: .output) }
        if !verdict.isClean { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
