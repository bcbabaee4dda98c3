// The options of commands that ask a running agent.

import Agent
import ArgumentParser
import Foundation

struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The agent's control socket. Default: that of the service, \(ControlClient.servicePath).", valueName: "path"))
    var socket: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("Ask the agent that runs by this configuration and is no service; repeatable.", valueName: "file"))
    var files: [String] = []

    func validate() throws {
        if socket != nil, !files.isEmpty { throw ValidationError("give --socket or --config, not both") }
    }

    func client() throws(AgentError) -> ControlClient {
        guard !files.isEmpty else { return ControlClient(path: socket) }
        return try ControlClient(ofConfiguration: files, environment: ProcessInfo.processInfo.environment)
    }
}
