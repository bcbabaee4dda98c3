// What a sender tells about itself while it runs; persisted totals are the store's counters.

/// Since the sender was made.
package struct SenderSnapshot: Hashable, Sendable {
    /// Attempts that got an answer or failed.
    package var requests = 0
    package var deliveredCalls = 0
    package var deadLetteredCalls = 0
    /// Why nothing is sent, while that is so.
    package var holdReason: String?
    /// The last attempt's failure; nil after a success.
    package var lastFailure: String?
}

/// How draining the outbox ended.
package enum DrainOutcome: Hashable, Sendable {
    case empty
    /// The receiver answers in a way that needs a person; everything still waits.
    case held(reason: String)
    /// Nothing got on for the given time; what is left still waits.
    case gaveUp(reason: String)
}
