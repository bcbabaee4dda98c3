// What is said over the control socket: one JSON object a line, a request and its reply.

import Foundation

/// What is asked of a running agent.
package enum ControlCommand: String, Codable, Sendable {
    /// To be as it is: see `AgentStatus`.
    case status
    /// To read its configuration and rules again.
    case reload
    /// To tell what it derives from now on: after the reply, events line by line until the peer goes, see `TapEvent`.
    case tap
    /// To tell what became of calls: see `TraceReport`.
    case trace

    /// Who may ask for it.
    var need: ControlAccess { self == .status ? .counters : .everything }
}

struct ControlRequest: Codable, Sendable {
    var version = ControlMessage.version
    var command: ControlCommand
    /// For `tap`; nil: everything.
    var filter: TapFilter?
    /// For `trace`.
    var question: TraceQuestion?
}

struct ControlReply: Codable, Sendable {
    var version = ControlMessage.version
    /// Why it was not done; nil: it was.
    var error: String?
    var status: AgentStatus?
    var trace: TraceReport?
}

enum ControlMessage {
    /// Of what is said; another one is refused.
    static let version = 1
    /// A longer request is refused.
    static let requestBytesMax = 64 * 1024

    static func line(of message: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers, texts and lists of them are always JSON.
        return Array(try! encoder.encode(message)) + [UInt8(ascii: "\n")]
    }
}

/// What a peer of the control socket may do, by who it is.
enum ControlAccess: Int, Comparable, Sendable {
    case none
    /// Numbers, names of sources and rules.
    case counters
    /// Also what changes the agent or shows people's data.
    case everything

    /// The group whose members see counters.
    static let countersGroup = "eventail"
    /// The group whose members may do everything.
    static let everythingGroup = "eventail-admin"

    /// - Parameters:
    ///   - ownUser: whom the agent runs as.
    ///   - groups: the names of the peer's groups.
    init(user: UInt32, ownUser: UInt32, groups: Set<String>) {
        if user == 0 || user == ownUser || groups.contains(Self.everythingGroup) {
            self = .everything
        } else {
            self = groups.contains(Self.countersGroup) ? .counters : .none
        }
    }

    static func < (one: ControlAccess, other: ControlAccess) -> Bool { one.rawValue < other.rawValue }
}

extension ControlRequest {
    /// Nil for what is no request.
    init?(line: [UInt8]) {
        guard let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line)) else { return nil }
        self = request
    }
}
