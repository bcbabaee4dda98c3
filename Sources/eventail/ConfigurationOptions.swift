// The options of commands that take a configuration.

import Agent
import ArgumentParser
import Documents
import Foundation

struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A configuration file; repeatable, later ones merge over earlier ones. Default: /etc/eventail/eventail.yaml.", valueName: "file"
        ))
    var files: [String] = []

    /// The checked configuration; its warnings go to standard error.
    func load() throws(Failure) -> Configuration {
        do {
            let configuration = try Configuration.load(files: files, environment: ProcessInfo.processInfo.environment)
            for warning in configuration.warnings { print("warning: \(warning.text(color: StandardStream.error.isColored))", to: .error) }
            return configuration
        } catch {
            throw Failure(error)
        }
    }
}
