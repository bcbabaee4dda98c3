// What a search for calls finds: each place where one of them is now, and each thing that became of it.

/// A call of one destination, seen in one place.
package struct TraceSighting: Hashable, Sendable {
    package enum Fact: Hashable, Sendable {
        /// It waits in this chunk.
        case waits(chunk: Int64)
        /// It is this dead letter.
        case isDeadLetter(id: Int64, reason: String, answer: String?)
        /// It left the outbox or the dead letters.
        case step(TraceStep, reason: String?, answer: String?)
    }

    /// A JSON object of the call's `CallHead`.
    package var head: [UInt8]
    package var destination: String
    /// Labels; see `TraceFindings.text`.
    package var rule: UInt32
    package var source: UInt32
    /// The record's offset in its source.
    package var offset: UInt64
    /// When it was stored in the outbox, in milliseconds since 1970; nil where it never was, or where that is no longer known.
    package var queuedAtMS: Int64?
    /// When it came there, or when that became of it, in milliseconds since 1970.
    package var atMS: Int64
    package var fact: Fact
}

/// Which calls are searched.
package enum TraceSubject: Hashable, Sendable {
    /// Those of a person: userId, anonymousId or previousId.
    case user(String)
    case message(String)
}

package struct TraceFindings: Sendable {
    /// What became of calls since then is known in full, in milliseconds since 1970; nil: the trace is not kept.
    package var completeSinceMS: Int64?
    /// What became of them, in that order; then the dead letters among them, and then those that wait, in the order of reading.
    package var sightings: [TraceSighting]
    var labels: [UInt32: String]
    /// Whether there were more than `TraceStore.sightingsMax` of a kind, so that the oldest are left out.
    package var isCut: Bool

    /// What a sighting's rule (its name) or source (`NAME:PATH`) stands for; empty when the store knows it no longer.
    package func text(of label: UInt32) -> String { labels[label] ?? "" }
}
