// The demo's agent: this program once more, as a process of its own, so that it can be killed.

import Agent
import Foundation

struct DemoAgent {
    private let process = Process()

    /// - Parameter once: read what is there, deliver it, and end.
    init(_ folder: DemoFolder, once: Bool = false) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["run", "--config", folder.configuration] + (once ? ["--once", "--give-up-after", "20s"] : [])
        let descriptor = open(folder.agentLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't write \(folder.agentLog): \(String(cString: strerror(errno)))") }
        let log = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardError = log
        try process.run()
    }

    /// SIGKILL: no chance to tidy up.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func waitForEnd() {
        process.waitUntilExit()
    }

    /// SIGTERM: it finishes what is in flight.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
