// Asks a running agent over its control socket, and waits for the reply.

import Foundation
import Glibc
import Settings

package struct ControlClient: Sendable {
    private let path: String

    /// Where the service listens.
    package static let servicePath = "/run/eventail/control.sock"
    /// The socket's name in the state directory, for an agent that no service manager has given a runtime directory.
    static let fileName = "control.sock"
    /// A reload compiles rules and waits for a commit.
    private static let patienceSeconds = 60
    /// A longer reply is none of ours.
    private static let replyBytesMax = 16 << 20

    /// - Parameter path: nil: the one of the runtime directory that this process was given, or the service's.
    package init(path: String?) {
        self.path = path ?? Self.path(environment: ProcessInfo.processInfo.environment, stateDirectory: nil)
    }

    /// Asks the agent that these configuration files run, if it was not started as a service.
    /// - Throws: what is wrong with the settings; rules are not looked at.
    package init(ofConfiguration files: [String], environment: [String: String]) throws(AgentError) {
        do {
            let settings = try Settings.load(files: files, environment: environment).settings
            path = Self.path(environment: environment, stateDirectory: settings.state.directory)
        } catch {
            throw AgentError(error)
        }
    }

    /// Where an agent listens: in the directory that systemd makes for `RuntimeDirectory=`, else in its state directory.
    static func path(environment: [String: String], stateDirectory: String?) -> String {
        if let directory = environment["RUNTIME_DIRECTORY"], !directory.isEmpty { return "\(directory)/\(fileName)" }
        return stateDirectory.map { "\($0)/\(fileName)" } ?? servicePath
    }

    /// Returns when the new configuration is in force.
    /// - Throws: why it is not, or why no agent could be asked.
    package func reload() throws(AgentError) {
        _ = try ask(ControlRequest(command: .reload))
    }

    package func status() throws(AgentError) -> AgentStatus {
        guard let status = try ask(ControlRequest(command: .status)).status else {
            throw AgentError(.failure, "the agent at \(path) did not say how it is")
        }
        return status
    }

    package func trace(_ question: TraceQuestion) throws(AgentError) -> TraceReport {
        guard let trace = try ask(ControlRequest(command: .trace, question: question)).trace else {
            throw AgentError(.failure, "the agent at \(path) did not say what became of calls")
        }
        return trace
    }

    /// Calls `body` for each event from now on, until it returns false.
    /// - Throws: why the agent does not let one listen, or that it has gone; what `body` throws.
    package func tap(_ filter: TapFilter, _ body: (TapEvent) throws -> Bool) throws {
        let socket = try connected()
        defer { close(socket) }
        var lines = SocketLines(socket)
        _ = try reply(to: ControlRequest(command: .tap, filter: filter), over: socket, &lines)
        // Events come when they come.
        setPatience(of: socket, seconds: 0)
        while let line = lines.next(bytesMax: Self.replyBytesMax) {
            guard let event = TapEvent(line: line) else { throw misunderstanding() }
            guard try body(event) else { return }
        }
        throw AgentError(.failure, "the agent at \(path) has stopped, or let this listener go because it was slow")
    }

    private func ask(_ request: ControlRequest) throws(AgentError) -> ControlReply {
        let socket = try connected()
        defer { close(socket) }
        var lines = SocketLines(socket)
        return try reply(to: request, over: socket, &lines)
    }

    private func reply(to request: ControlRequest, over socket: Int32, _ lines: inout SocketLines) throws(AgentError) -> ControlReply {
        let request = ControlMessage.line(of: request)
        guard send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count,
            let line = lines.next(bytesMax: Self.replyBytesMax)
        else { throw silence() }
        guard let reply = try? JSONDecoder().decode(ControlReply.self, from: Data(line)) else { throw misunderstanding() }
        if let error = reply.error { throw AgentError(.failure, error) }
        return reply
    }

    private func connected() throws(AgentError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else {
            throw AgentError(.usage, "\(path): the path of a socket has at most \(room - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw AgentError(.failure, "no socket: \(String(cString: strerror(errno)))") }
        setPatience(of: socket, seconds: Self.patienceSeconds)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard result == 0 else {
            let number = errno
            close(socket)
            throw refusal(number)
        }
        return socket
    }

    /// - Parameter seconds: 0: without end.
    private func setPatience(of socket: Int32, seconds: Int) {
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    private func misunderstanding() -> AgentError {
        AgentError(
            .failure, "the agent at \(path) answers in a way that version \(programVersion) does not understand",
            hint: "it is of another version; restart it, or ask with its own eventail")
    }

    private func refusal(_ number: Int32) -> AgentError {
        switch number {
        case ENOENT, ECONNREFUSED:
            AgentError(
                .notRunning, "no agent runs here: nothing listens at \(path)",
                hint: "start it with `systemctl start eventail`, or name its configuration with --config or its socket with --socket")
        case EACCES, EPERM:
            AgentError(
                .failure, "\(path): \(String(cString: strerror(number)))",
                hint: "be root, the agent's own user, or a member of the group \(ControlAccess.countersGroup)")
        default: AgentError(.failure, "\(path): \(String(cString: strerror(number)))")
        }
    }

    private func silence() -> AgentError {
        AgentError(
            .failure, "the agent at \(path) gave no answer within \(Self.patienceSeconds) seconds, or closed the connection",
            hint: "see its log: journalctl -u eventail")
    }
}

/// Lines as they come over a socket.
private struct SocketLines {
    private let socket: Int32
    private var bytes: [UInt8] = []
    /// Bytes that were looked through for a line's end.
    private var searched = 0
    private var chunk = [UInt8](repeating: 0, count: 64 * 1024)

    init(_ socket: Int32) {
        self.socket = socket
    }

    /// The next line without its end; nil at the end of the connection, when nothing comes for too long, or for a longer one.
    mutating func next(bytesMax: Int) -> [UInt8]? {
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(bytes[..<end])
                bytes.removeSubrange(...end)
                searched = 0
                return line
            }
            searched = bytes.count
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0, bytes.count + count <= bytesMax else { return nil }
            bytes += chunk[..<count]
        }
    }
}
