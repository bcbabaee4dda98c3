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
    /// Calls that became dead letters, less those taken back. Kept by both stores.
    package static func deadLettered(_ destination: String) -> Counter { Counter("dead_lettered", destination) }
    /// Requests that were accepted although the answer's body speaks of an error.
    package static func doubtfulAnswers(_ destination: String) -> Counter { Counter("doubtful_answers", destination) }

    /// What is counted, without its subjects.
    package var name: Substring { key.prefix { $0 != "/" } }

    package var description: String { key }
}
