// A call that will not be delivered by itself: kept on disk with everything needed to understand it and to send it again.

package struct DeadLetter: Hashable, Sendable {
    package var destination: String
    /// The call's JSON.
    package var call: [UInt8]
    /// Why, in a few words for people.
    package var reason: String
    /// What the receiver said; at most `answerBytesMax` bytes of it are stored.
    package var answer: String?
    /// Labels of the rule and of the source with its path; see `PipelineStore.label(for:)`.
    package var rule: UInt32
    package var source: UInt32
    /// The record's offset in its source.
    package var offset: UInt64
    /// Milliseconds since 1970.
    package var atMS: Int64

    package static let answerBytesMax = 1024

    package init(
        destination: String, call: [UInt8], reason: String, answer: String?, rule: UInt32, source: UInt32, offset: UInt64, atMS: Int64
    ) {
        self.destination = destination
        self.call = call
        self.reason = reason
        self.answer = answer
        self.rule = rule
        self.source = source
        self.offset = offset
        self.atMS = atMS
    }
}
