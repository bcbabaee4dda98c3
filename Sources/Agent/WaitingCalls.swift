// The outbox of a state directory, for the command line: what waits, by destination and rule, and dropping what nobody wants any
// more. Works beside a running agent as well as without one.

import Calls
import Documents
import Settings
import Store

package struct WaitingCalls: Sendable {
    /// Calls for one destination, made by one rule.
    package struct Group: Codable, Sendable {
        package var destination: String
        package var rule: String
        package var calls: Int
        package var bytes: Int
        /// When the one that waits longest was stored: RFC 3339, UTC.
        package var since: String
        /// Whether they are parked: the receiver refuses this rule's calls.
        package var parked: Bool
        /// Whether the destination is configured; nil where no configuration was read.
        package var configured: Bool?

        /// One line.
        package var line: String {
            let remarks = (parked ? "  parked" : "") + (configured == false ? "  not configured" : "")
            return Printable.text("\(destination)  \(rule)  \(calls) calls  \(bytes) bytes  since \(since)\(remarks)")
        }

        /// One JSON object in one line.
        package var json: String { String(decoding: ControlMessage.line(of: self).dropLast(), as: UTF8.self) }
    }

    private let ledger: OutboxLedger
    private let directory: String
    /// The destinations that are configured; nil where no configuration was read.
    private let destinations: [String]?

    /// How long a running agent has to do what is wished for.
    private static let patience = Duration.seconds(30)

    /// - Parameters:
    ///   - state: the state directory; nil: the one of the configuration.
    ///   - files: configuration files as for `Configuration.load`; only settings are read, neither rules nor keys.
    package init(state: String?, files: [String], environment: [String: String]) throws(AgentError) {
        do {
            let settings = state == nil ? try Settings.load(files: files, environment: environment).settings : nil
            directory = state ?? settings!.state.directory
            destinations = settings?.destinations.map(\.name)
            ledger = try OutboxLedger.open(directory: directory)
        } catch {
            throw AgentError(error)
        }
    }

    package func groups() throws(AgentError) -> [Group] {
        try AgentError.wrapping { try ledger.groups() }.map { group in
            Group(
                destination: group.destination, rule: group.rule, calls: group.calls, bytes: group.bytes,
                since: CallTime(milliseconds: group.oldestStoredAtMS).text, parked: group.isParked,
                configured: destinations.map { $0.contains(group.destination) })
        }
    }

    /// Drops what waits for this destination and was made by this rule; nil means whichever. The agent does that when one runs.
    /// - Returns: how many calls were dropped, and how many were kept because they are on their way.
    package func drop(destination: String?, rule: String?) async throws(AgentError) -> (dropped: Int, kept: Int) {
        do {
            let known = try ledger.groups()
            if let rule, !known.contains(where: { $0.rule == rule }) {
                throw AgentError(.failure, "no call of a rule \(quoted(rule)) waits", hint: hint(for: rule, among: known.map(\.rule)))
            }
            if let destination, !known.contains(where: { $0.destination == destination }) {
                throw AgentError(
                    .failure, "nothing waits for a destination \(quoted(destination))",
                    hint: hint(for: destination, among: known.map(\.destination)))
            }
            let request = try ledger.request(droppingFor: destination, rule: rule, nowMS: Clock.wallMilliseconds())
            defer { try? ledger.withdraw(request) }
            try await carryOutWithoutAgent()
            return try await outcome(of: request)
        } catch {
            throw AgentError(error)
        }
    }

    private func carryOutWithoutAgent() async throws(StoreError) {
        do throws(StoreError) {
            let store = try Store.open(directory: directory)
            defer { store.close() }
            _ = try await store.sender.carryOutDropRequests(nowMS: Clock.wallMilliseconds())
        } catch {
            guard error.code == .inUse else { throw error }
        }
    }

    private func outcome(of request: Int64) async throws -> (dropped: Int, kept: Int) {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            if let outcome = try ledger.outcome(of: request) { return outcome }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw AgentError(
            .failure, "the agent that uses \(directory) has not dropped anything within \(Self.patience)",
            hint: "see its log, and try again")
    }
}
