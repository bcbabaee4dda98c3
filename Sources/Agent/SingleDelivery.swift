// Sends one call past outbox and rules, so that a person sees what a receiver says to it.

import Delivery
import Documents
import Settings

package struct SingleDelivery: Sendable {
    private let destination: DestinationConfiguration
    private let allowedReservedEvents: [String]
    private let problems: [Problem]

    /// Reads the settings; rules are not looked at.
    /// - Parameter name: the destination's; may be left out where there is one.
    package init(configuration files: [String], destination name: String?, environment: [String: String]) throws(AgentError) {
        do {
            let (settings, warnings) = try Settings.load(files: files, environment: environment)
            let known = settings.destinations.map(\.name)
            guard let chosen = settings.destinations.first(where: { name == nil ? known.count == 1 : $0.name == name }) else {
                let complaint = name.map { "there is no destination called \(quoted($0))" } ?? "there are several destinations"
                throw AgentError(.usage, complaint, hint: "choose one with --destination: \(known.joined(separator: ", "))")
            }
            var problems = warnings
            let collector = ProblemCollector()
            let made = DestinationConfiguration.make(
                chosen, spool: settings.spool, environment: environment, warnings: &problems, in: collector)
            try collector.throwIfAny()
            guard let made else { preconditionFailure("a destination was refused without a problem") }
            destination = made
            allowedReservedEvents = chosen.allowedReservedEvents
            self.problems = problems
        } catch {
            throw AgentError(error)
        }
    }

    package func warnings(color: Bool) -> [String] { problems.map { $0.text(color: color) } }

    /// Tries once; nothing is stored or counted.
    /// - Returns: the call as it was sent, and what became of it.
    package func send(_ call: SingleCall) async throws(AgentError) -> (call: String, reply: ReceiverReply) {
        let bytes = try call.encoded(allowedReservedEvents: allowedReservedEvents)
        return (String(decoding: bytes, as: UTF8.self), await ReceiverReply(sending: bytes, to: destination))
    }
}
