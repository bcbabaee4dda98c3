// The dead letters of a state directory, for the command line: found, told as text or JSON, sent again, dropped. Works beside a
// running agent as well as without one.

import Calls
import Documents
import Settings
import Store

package struct DeadLetters: Sendable {
    /// Which letters are meant; what is nil does not matter.
    package struct Selection: Sendable {
        package var ids: [Int64]?
        package var destination: String?
        package var rule: String?
        /// One of `reasons`.
        package var reason: String?
        /// Became dead letters at this time or later, and before that one; RFC 3339, or a duration before now such as `2h`.
        package var since: String?
        package var until: String?

        package init() {}

        /// Whether it means all letters there are.
        package var isEverything: Bool {
            ids == nil && destination == nil && rule == nil && reason == nil && since == nil && until == nil
        }
    }

    /// The words for reasons, with what they mean.
    package static let reasons = DeadLetter.Reason.allCases.map { (word: $0.rawValue, text: $0.text) }

    private let box: DeadLetterBox
    /// The destinations that are configured; nil where no configuration was read.
    private let destinations: Set<String>?

    /// - Parameters:
    ///   - state: the state directory; nil: the one of the configuration.
    ///   - files: configuration files as for `Configuration.load`; only settings are read, neither rules nor keys.
    package init(state: String?, files: [String], environment: [String: String]) throws(AgentError) {
        do {
            if let state {
                box = try DeadLetterBox.open(directory: state)
                destinations = nil
            } else {
                let settings = try Settings.load(files: files, environment: environment).settings
                box = try DeadLetterBox.open(directory: settings.state.directory)
                destinations = Set(settings.destinations.map(\.name))
            }
        } catch {
            throw AgentError(error)
        }
    }

    /// Calls `body` for each selected letter, oldest first.
    /// - Parameter countMax: no more than these; nil: all.
    package func forEach(_ selection: Selection, countMax: Int?, _ body: (DeadLetterText) throws -> Void) throws {
        let selection = try stored(selection)
        var left = countMax ?? .max
        var id: Int64 = 0
        while left > 0 {
            let page: [StoredDeadLetter]
            do throws(StoreError) {
                page = try box.letters(selection, after: id, countMax: min(left, DeadLetterBox.pageCount))
            } catch {
                throw AgentError(error)
            }
            for letter in page { try body(DeadLetterText(letter)) }
            guard let last = page.last else { return }
            id = last.id
            left -= page.count
        }
    }

    package func count(_ selection: Selection) throws(AgentError) -> Int {
        let selection = try stored(selection)
        return try AgentError.wrapping { try box.count(selection) }
    }

    /// Puts the selected letters back into the outbox.
    /// - Parameter includesOwn: also those that eventail itself kept back, because they do harm or cannot be accepted.
    /// - Returns: how many wait again, and how many were kept back.
    package func retry(_ selection: Selection, includesOwn: Bool) throws(AgentError) -> (sent: Int, kept: Int) {
        try refuseUnknownDestinations(selection)
        let selection = try stored(selection)
        return try AgentError.wrapping { try box.retry(selection, includesOwn: includesOwn, nowMS: Clock.wallMilliseconds()) }
    }

    /// Removes the selected letters for good.
    /// - Returns: how many there were.
    package func drop(_ selection: Selection) throws(AgentError) -> Int {
        let selection = try stored(selection)
        return try AgentError.wrapping { try box.drop(selection, nowMS: Clock.wallMilliseconds()) }
    }

    /// The first of the selected ids that no letter has; nil when there is none.
    package func missingID(_ selection: Selection) throws -> Int64? {
        guard let ids = selection.ids else { return nil }
        var found: Set<Int64> = []
        try forEach(selection, countMax: nil) { found.insert($0.id) }
        return ids.first { !found.contains($0) }
    }

    /// What is put into the outbox for a destination that is not configured would wait there for good.
    private func refuseUnknownDestinations(_ selection: Selection) throws(AgentError) {
        guard let destinations else { return }
        var unknown: String?
        try AgentError.wrapping {
            try forEach(selection, countMax: nil) { if !destinations.contains($0.destination) { unknown = unknown ?? $0.destination } }
        }
        if let unknown {
            throw AgentError(
                .failure, "some of these calls are for the destination \(quoted(unknown)), which is not configured",
                hint: "choose others with --destination NAME; `eventail dead-letters export` writes the calls of that one")
        }
    }

    private func stored(_ selection: Selection) throws(AgentError) -> DeadLetterSelection {
        var result = DeadLetterSelection()
        result.ids = selection.ids
        result.destination = selection.destination
        result.rule = selection.rule
        if let word = selection.reason {
            let words = Self.reasons.map(\.word)
            guard let reason = DeadLetter.Reason(rawValue: word) else {
                throw AgentError(
                    .usage, "there is no reason \(quoted(word))",
                    hint: hint(for: word, among: words) ?? "reasons: \(words.joined(separator: ", "))")
            }
            result.reason = reason
        }
        result.fromMS = try selection.since.map(Clock.milliseconds(ofOrBefore:))
        result.untilMS = try selection.until.map(Clock.milliseconds(ofOrBefore:))
        return result
    }
}
