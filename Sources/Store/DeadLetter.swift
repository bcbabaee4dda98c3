// A call that will not be delivered by itself: kept on disk with everything needed to understand it and to send it again.

package struct DeadLetter: Hashable, Sendable {
    /// Why a call became a dead letter. The raw values are stored and shown to programs, so they never change.
    package enum Reason: String, CaseIterable, Sendable {
        /// The receiver refused this very call.
        case refused
        /// The receiver found a request too large that held this call alone.
        case tooLargeForReceiver = "too_large_for_receiver"
        /// The call does not fit into a request of `batch.max_bytes`.
        case largerThanBatch = "larger_than_batch"
        /// It waited longer than `spool.max_age`.
        case expired
        /// Larger than the API allows; never sent.
        case callTooLarge = "call_too_large"
        /// Its event name, taken from a record, is a command to the receiver; never sent.
        case reservedEvent = "reserved_event"

        /// In a few words for people.
        package var text: String {
            switch self {
            case .refused: "refused by the receiver"
            case .tooLargeForReceiver: "too large for the receiver"
            case .largerThanBatch: "larger than batch.max_bytes"
            case .expired: "waited longer than spool.max_age"
            case .callTooLarge: "larger than one call may be"
            case .reservedEvent: "its event name, taken from the record, is a reserved command"
            }
        }

        /// Whether the agent itself kept the call back because sending it does harm or cannot succeed.
        package var isOurOwn: Bool { self == .callTooLarge || self == .reservedEvent }
    }

    package var destination: String
    /// The call's JSON.
    package var call: [UInt8]
    package var reason: Reason
    /// What the receiver said; at most `answerBytesMax` bytes of it are stored.
    package var answer: String?
    /// Labels of the rule and of the source with its path; see `PipelineStore.label(for:)`.
    package var rule: UInt32
    package var source: UInt32
    /// The record's offset in its source.
    package var offset: UInt64
    /// When it became one, in milliseconds since 1970.
    package var atMS: Int64

    package static let answerBytesMax = 1024

    package init(
        destination: String, call: [UInt8], reason: Reason, answer: String?, rule: UInt32, source: UInt32, offset: UInt64, atMS: Int64
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
