// A rule whose calls a destination refuses one after the other: they wait unsent, so that other rules' calls go on.

package struct ParkedRule: Hashable, Sendable {
    /// The rule's label; see `PipelineStore.label(for:)`.
    package var rule: UInt32
    /// Its name; empty when the store knows it no longer.
    package var name: String
    /// The last chunk whose calls are parked; nil: those that are yet to come are parked as well.
    package var upTo: Int64?
    /// Since when, in milliseconds since 1970.
    package var atMS: Int64
    /// What the receiver said to the last one that it refused; at most `DeadLetter.answerBytesMax` bytes of it are stored.
    package var answer: String

    package init(rule: UInt32, name: String, upTo: Int64?, atMS: Int64, answer: String) {
        self.rule = rule
        self.name = name
        self.upTo = upTo
        self.atMS = atMS
        self.answer = answer
    }
}
