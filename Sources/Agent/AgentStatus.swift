// How an agent is: well, or not and why; what each source, rule and destination has done. Totals are those of the state directory,
// over all runs.

import Foundation

package struct AgentStatus: Codable, Sendable {
    package enum Health: String, Codable, Sendable {
        case well
        /// It works, and something needs a person.
        case degraded
    }

    package struct Source: Codable, Sendable {
        package var name: String
        package var recordsRead: Int64
        /// Records that have none of the formats of the rules that looked at them.
        package var unparsed: Int64
    }

    package struct Rule: Codable, Sendable {
        package var name: String
        package var matched: Int64
        package var calls: Int64
        /// Calls that lacked what their type needs.
        package var incomplete: Int64
        /// Matches that were given up.
        package var limitHits: Int64
    }

    /// A rule whose calls wait because the receiver refuses them.
    package struct Parked: Codable, Sendable {
        package var rule: String
        /// In milliseconds since 1970.
        package var sinceMS: Int64
        /// What the receiver said to the last of them.
        package var answer: String
    }

    package struct Destination: Codable, Sendable {
        package var name: String
        package var url: String
        package var derived: Int64
        package var delivered: Int64
        package var deadLettered: Int64
        /// Calls that a bound or a person removed.
        package var discarded: Int64
        package var waiting: Int64
        /// Why nothing is sent, while that is so.
        package var hold: String?
        /// Empty or nil: none.
        package var parked: [Parked]?
        /// Requests per second while the receiver wants fewer than are configured.
        package var reducedTo: Double?
        /// The last attempt's failure; nil after a success.
        package var lastFailure: String?
    }

    package var health: Health = .well
    /// Why the health is not well, each with what to do.
    package var reasons: [String] = []
    package var version = programVersion
    package var processID = ProcessInfo.processInfo.processIdentifier
    /// In milliseconds since 1970.
    package var startedAtMS: Int64
    /// Files and journals.
    package var followed: Int
    package var sources: [Source] = []
    package var rules: [Rule] = []
    package var destinations: [Destination] = []

    /// One JSON object in one line.
    package var json: String {
        String(decoding: ControlMessage.line(of: self).dropLast(), as: UTF8.self)
    }

    /// The whole in one line, health first.
    package var line: String {
        let delivered = destinations.reduce(0) { $0 + $1.delivered }
        let waiting = destinations.reduce(0) { $0 + $1.waiting }
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let counts = "tailing \(count(followed, "file")), \(count(rules.count, "rule")), \(delivered) delivered, \(waiting) waiting"
        return reasons.isEmpty ? counts : "\(reasons.joined(separator: "; ")) (\(counts))"
    }
}
