// The options of commands that take a configuration.

import Agent
import ArgumentParser
import Foundation

struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A configuration file; repeatable, later ones merge over earlier ones. Default: /etc/eventail/eventail.yaml.", valueName: "file"
        ))
    var files: [String] = []

    /// The checked configuration; its warnings go to standard error.
    func load() throws(AgentError) -> Configuration {
        let configuration = try Configuration.load(files: files, environment: ProcessInfo.processInfo.environment)
        for warning in configuration.warnings(color: StandardStream.error.isColored) { print("warning: \(warning)", to: .error) }
        return configuration
    }
}
