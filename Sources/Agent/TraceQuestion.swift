// Which calls somebody wants to know the fate of.

import Store

package struct TraceQuestion: Codable, Hashable, Sendable {
    /// One of the two is named: one of a call's people (userId, anonymousId or previousId), or its `messageId`.
    package var user: String?
    package var messageID: String?
    /// Only calls that wait, or of which something became then or later, in milliseconds since 1970.
    package var sinceMS: Int64?
    /// No more calls than these, the latest ones.
    package var limit = Self.limitDefault

    package static let limitDefault = 100
    package static let limitRange = 1...1000

    package init() {}

    /// - Parameter since: a time in RFC 3339, or a duration before now.
    package mutating func set(since: String) throws(AgentError) {
        sinceMS = try Clock.milliseconds(ofOrBefore: since)
    }

    /// Nil where there is no telling.
    var subject: TraceSubject? {
        switch (user, messageID) {
        case (let user?, nil): .user(user)
        case (nil, let messageID?): .message(messageID)
        default: nil
        }
    }
}
