// `eventail reload`: has a running agent read its configuration and rules again.

import Agent
import ArgumentParser

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the running agent read its configuration and rules again.",
        discussion: """
            Returns when they are in force. If anything is wrong with them, the agent goes on as before, the reason is printed, and \
            the exit code is 1; without an agent it is 3.

            Examples:
              eventail reload
              eventail reload --config eventail.yaml
            """)

    @OptionGroup var control: ControlOptions

    func run() throws {
        try control.client().reload()
        print("reloaded", to: .output)
    }
}
