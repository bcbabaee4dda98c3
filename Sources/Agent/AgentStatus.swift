// How an agent is: well, or not and why; what each source, rule and destination has done. Totals are those of the state directory,
// over all runs, and all of one moment, so that for each destination `derived = delivered + dead letters + discarded + waiting`.

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
        package var bytesRead: Int64
        /// Records that have none of the formats of the rules that looked at them.
        package var unparsed: Int64
        /// Files and journals that are followed.
        package var followed: Int
        /// Files that cannot be read.
        package var unreadable: Int
        /// Bytes of its files that are not read; left out for a journal.
        package var lagBytes: Int64?
        /// Seconds for which there has always been more to read; 0 when all is read.
        package var lagSeconds: Double
        /// When a record was read last, in milliseconds since 1970.
        package var lastReadAtMS: Int64?
    }

    package struct Rule: Codable, Sendable {
        package var name: String
        package var matched: Int64
        /// Calls made, those of rules in shadow mode and those that were refused at once included.
        package var calls: Int64
        /// The same by type; types without a call are left out.
        package var callsByType: [String: Int64]
        /// Calls that lacked what their type needs.
        package var incomplete: Int64
        /// Matches that were given up.
        package var limitHits: Int64
        /// When a record matched last, in milliseconds since 1970.
        package var lastMatchAtMS: Int64?
    }

    package struct Destination: Codable, Sendable {
        package var name: String
        package var url: String
        package var derived: Int64
        package var delivered: Int64
        /// Dead letters that are kept now.
        package var deadLettered: Int64
        /// Calls that ever became dead letters, by reason.
        package var deadLetteredByReason: [String: Int64]
        /// Calls that a bound or a person removed.
        package var discarded: Int64
        package var discardedByReason: [String: Int64]
        package var waiting: Int64
        package var waitingBytes: Int64
        /// How long the call that waits longest has been waiting; left out when none does.
        package var oldestWaitingSeconds: Double?
        /// Calls delivered a second, lately.
        package var perSecond: Double
        /// Why nothing is sent, while that is so.
        package var hold: String?
        /// Requests per second while the receiver wants fewer than are configured.
        package var reducedTo: Double?
        /// The last attempt's failure; left out after a success.
        package var lastFailure: String?
        /// The latest failure or refusal, also after a success, and when it was, in milliseconds since 1970.
        package var latestError: String?
        package var latestErrorAtMS: Int64?
    }

    /// A bound that did something.
    package struct Limit: Codable, Sendable {
        /// The setting's name, where it is one.
        package var name: String
        package var hits: Int64
    }

    package var health: Health = .well
    /// Why the health is not well.
    package var reasons: [Trouble] = []
    package var version = programVersion
    package var processID = ProcessInfo.processInfo.processIdentifier
    /// In milliseconds since 1970.
    package var startedAtMS: Int64
    /// When all this was so, in milliseconds since 1970.
    package var atMS: Int64
    /// Files and journals.
    package var followed: Int
    /// Whether nothing is read now.
    package var isAtStandstill = false
    package var sources: [Source] = []
    package var rules: [Rule] = []
    package var destinations: [Destination] = []
    /// Those that acted.
    package var limits: [Limit] = []

    /// One JSON object in one line.
    package var json: String {
        String(decoding: ControlMessage.line(of: self).dropLast(), as: UTF8.self)
    }

    /// The whole in one line.
    package var line: String {
        let delivered = destinations.reduce(0) { $0 + $1.delivered }
        let waiting = destinations.reduce(0) { $0 + $1.waiting }
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let counts = "tailing \(count(followed, "file")), \(count(rules.count, "rule")), \(delivered) delivered, \(waiting) waiting"
        return reasons.isEmpty ? counts : "\(reasons.map(\.what).joined(separator: "; ")) (\(counts))"
    }
}
