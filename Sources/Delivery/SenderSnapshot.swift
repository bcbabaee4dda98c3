// What a sender tells about itself while it runs; persisted totals are the store's counters.

/// Since the sender was made.
package struct SenderSnapshot: Hashable, Sendable {
    /// Attempts that got an answer or failed.
    package var requests = 0
    package var deliveredCalls = 0
    package var deadLetteredCalls = 0
    /// Answers 429.
    package var tooManyAnswers = 0
    /// How often the rate was halved because of them.
    package var rateHalvings = 0
    /// Requests per second at the last halving; nil once the rate has grown back.
    package var requestsPerSecondReduced: Double?
    /// Why nothing is sent, while that is so.
    package var holdReason: String?
    /// What to do about it.
    package var holdHint: String?
    /// The last attempt's failure; nil after a success.
    package var lastFailure: String?
    /// The latest failure or refusal, also after a success.
    package var latestError: LatestError?
    package var deliveredRate = RecentRate()

    package init() {}

    package struct LatestError: Hashable, Sendable {
        package var text: String
        /// In milliseconds since 1970.
        package var atMS: Int64
    }
}

/// How draining the outbox ended.
package enum DrainOutcome: Hashable, Sendable {
    case empty
    /// The receiver answers in a way that needs a person; everything still waits.
    case held(reason: String)
    /// Nothing got on for the given time; what is left still waits.
    case gaveUp(reason: String)
}
