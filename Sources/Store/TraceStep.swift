// What can become of a call once it is stored.

/// The raw values are stored and shown to programs, so they never change.
package enum TraceStep: String, Sendable {
    case delivered
    case deadLetter = "dead_letter"
    /// Removed by a bound or a person, from the outbox or from the dead letters; the reasons are those of `Counter.discarded`.
    case discarded
    /// A dead letter waits again because a person wanted it.
    case putBack = "put_back"
    /// A dead letter waits again because the receiver refuses everything.
    case takenBack = "taken_back"
}
