// What became of one call, as people and programs read it: where it was read, and for each destination where it is now and what
// happened to it.

import Calls
import Foundation
import Store

package struct CallTrace: Codable, Sendable {
    /// The strings that a call begins with.
    package struct Head: Codable, Sendable {
        package var type: String?
        package var messageId: String?
        package var timestamp: String?
        package var userId: String?
        package var anonymousId: String?
        package var event: String?
        package var name: String?
        package var groupId: String?
        package var previousId: String?
    }

    package enum State: String, Codable, Sendable {
        case waiting, delivered, discarded
        case deadLetter = "dead_letter"
    }

    package struct Step: Codable, Sendable {
        /// `queued`, or a `TraceStep`'s raw value.
        package var what: String
        /// RFC 3339, UTC.
        package var time: String
        /// Of a dead letter (see `DeadLetters.reasons`), or why it was discarded (see `Counter.discarded`); left out otherwise.
        package var reason: String?
        /// What the receiver said.
        package var answer: String?
    }

    package struct Fate: Codable, Sendable {
        package var destination: String
        package var state: State
        /// Why it waits, where something is amiss.
        package var why: String?
        /// The number of the dead letter that it is.
        package var deadLetter: Int64?
        /// In the order of time.
        package var steps: [Step]

        enum CodingKeys: String, CodingKey {
            case destination, state, why, steps
            case deadLetter = "dead_letter"
        }
    }

    package var call: Head
    package var source: String
    /// Path, and offset in bytes; left out for an entry of a journal.
    package var file: String?
    package var offset: UInt64?
    /// The time of an entry of a journal, in microseconds since 1970.
    package var realtimeMicroseconds: UInt64?
    package var rule: String
    package var destinations: [Fate]

    enum CodingKeys: String, CodingKey {
        case call, source, file, offset, rule, destinations
        case realtimeMicroseconds = "realtime_us"
    }

    /// One JSON object in one line.
    package var json: String { String(decoding: ControlMessage.line(of: self).dropLast(), as: UTF8.self) }

    /// For people.
    package var lines: [String] {
        let about = [
            call.messageId, call.type, call.event ?? call.name ?? call.groupId ?? call.previousId, call.userId ?? call.anonymousId,
        ]
        return
            ([about.compactMap(\.self).joined(separator: "  "), "  read from \(source)  \(place), by the rule \(rule)"]
            + destinations.flatMap(\.lines)).map(Printable.text)
    }

    private var place: String {
        if let realtimeMicroseconds {
            return "journal, \(CallTime(milliseconds: Int64(clamping: realtimeMicroseconds / 1000)).text)"
        }
        return "\(file ?? ""), byte \(offset ?? 0)"
    }
}

extension CallTrace.Fate {
    fileprivate var lines: [String] {
        ["  \(destination): \(summary)"] + steps.map { "    \($0.time)  \($0.text)" }
    }

    private var summary: String {
        switch state {
        case .waiting: why.map { "waits: \($0)" } ?? "waits for its turn"
        case .delivered: "delivered"
        case .discarded: "dropped"
        case .deadLetter: "dead letter" + (deadLetter.map { " \($0)" } ?? "")
        }
    }
}

extension CallTrace.Step {
    fileprivate var text: String {
        let said = answer.map { " (\($0))" } ?? ""
        switch TraceStep(rawValue: what) {
        case .delivered: return "delivered\(said)"
        case .deadLetter:
            let reason = reason ?? ""
            return "dead letter: \(DeadLetter.Reason(rawValue: reason)?.text ?? reason)\(said)"
        case .discarded: return "dropped: \(Self.discards[reason ?? ""] ?? reason ?? "")"
        case .putBack: return "put back among the calls that wait"
        case .takenBack: return "waits again, for the receiver refused everything"
        case nil: return what
        }
    }

    private static let discards = [
        "spool_full": "the outbox was full (`spool.when_full: drop_oldest`)", "dropped": "on a person's demand",
        "dead_letters_full": "too many dead letters (`dead_letters.max_bytes`)",
        "dead_letter_age": "too old a dead letter (`dead_letters.max_age`)",
    ]
}
