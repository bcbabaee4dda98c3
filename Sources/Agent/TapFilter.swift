// Which of what an agent derives somebody wants to see.

import Calls
import Documents
import Rules
import Settings

package struct TapFilter: Codable, Hashable, Sendable {
    /// Names; what is nil does not matter.
    package var rule: String?
    package var source: String?
    /// One of the call's ids: userId, anonymousId or previousId.
    package var user: String?
    /// Records that no rule matched, in place of calls.
    package var wantsMissed = false

    package init() {}

    /// Why nothing could ever pass, in a sentence; nil: something can.
    func refusal(_ configuration: Configuration) -> String? {
        func unknown(_ kind: String, _ word: String?, _ words: [String]) -> String? {
            guard let word, !words.contains(word) else { return nil }
            return "the agent has no \(kind) \(quoted(word))" + (hint(for: word, among: words).map { "\n  hint: \($0)" } ?? "")
        }
        return unknown("source", source, configuration.sources.map(\.settings.name))
            ?? unknown("rule", rule, configuration.sources.flatMap(\.rules.rules).map(\.name))
    }

    /// The user as it stands in a call, without quotes.
    var encodedUser: [UInt8]? {
        guard let user else { return nil }
        var bytes: [UInt8] = []
        bytes.appendJSONString(Array(user.utf8).span)
        return Array(bytes.dropFirst().dropLast())
    }
}
