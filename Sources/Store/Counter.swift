// Counters that survive restarts. They change in the transactions that move what they count, so that for every destination
// `derived = delivered + dead_lettered + discarded + waiting` holds in every committed state.

/// The name of a persisted counter: what is counted, and of what.
package struct Counter: Hashable, Sendable, CustomStringConvertible {
    /// `name/subject/…`, as it stands in the database.
    package let key: String

    /// - Parameter subjects: from the general to the particular, such as rule and reason.
    package init(_ name: String, _ subjects: String...) {
        key = ([name] + subjects).joined(separator: "/")
    }

    package init(key: String) {
        self.key = key
    }

    /// Calls that rules made for a destination. Kept by `PipelineStore.commit`.
    package static func derived(_ destination: String) -> Counter { Counter("derived", destination) }
    /// Calls that the receiver accepted. Kept by `SenderStore.settle`.
    package static func delivered(_ destination: String) -> Counter { Counter("delivered", destination) }
    /// Dead letters that are kept: those that became ones, less those taken back, sent again or discarded.
    package static func deadLettered(_ destination: String) -> Counter { Counter("dead_lettered", destination) }
    /// Calls that became dead letters, those that were taken back, sent again or discarded included: this one never falls.
    package static func becameDeadLetter(_ destination: String, reason: DeadLetter.Reason) -> Counter {
        Counter("became_dead_letter", destination, reason.rawValue)
    }
    /// Calls that a bound or a person removed.
    /// - Parameter reason: `spool_full`, `dead_letters_full`, `dead_letter_age` or `dropped`.
    package static func discarded(_ destination: String, reason: String) -> Counter { Counter("discarded", destination, reason) }
    /// Calls that the trace no longer keeps.
    /// - Parameter bound: `max_age` or `max_calls`.
    static func tracesForgotten(bound: String) -> Counter { Counter("traces_forgotten", bound) }
    /// Dead letters that were sent again on a person's demand.
    package static func replayed(_ destination: String) -> Counter { Counter("replayed", destination) }
    /// Bytes that another process added to the outbox, by which the agent learns of it.
    static let replayedBytes = Counter("replayed_bytes")
    /// Requests that were accepted although the answer's body speaks of an error.
    package static func doubtfulAnswers(_ destination: String) -> Counter { Counter("doubtful_answers", destination) }
    /// How often a rule's calls were parked. Kept by `SenderStore.park`.
    package static func parked(_ destination: String, rule: String) -> Counter { Counter("parked", destination, rule) }

    /// What is counted, without its subjects.
    package var name: Substring { key.prefix { $0 != "/" } }

    /// What comes after `name/subject/`; nil where the counter is of something else. Neither may hold a slash.
    package func particular(of name: String, _ subject: String) -> Substring? {
        let beginning = "\(name)/\(subject)/"
        return key.hasPrefix(beginning) ? key.dropFirst(beginning.count) : nil
    }

    package var description: String { key }
}
