// Everything that a run needs, checked: settings, the rules of each source, and where calls go. Reading it touches no state
// and no network, so `check` and `run` say the same about the same files.

import Delivery
import Documents
import Journal
import Rules
import Settings

/// One source with its rules.
struct SourcePlan: Sendable {
    let settings: SourceSettings
    let rules: RuleSet
    /// Set when the source is the journal.
    let journal: JournalConfiguration?

    /// Whether content that is there at the very first start is left out.
    var startsAtEnd: Bool { journal.map { $0.start == .end } ?? (settings.startAt == .end) }
}

/// A checked configuration.
package struct Configuration: Sendable {
    let settings: Settings
    let sources: [SourcePlan]
    let destinations: [DestinationConfiguration]
    /// What message ids are scoped by, where the configuration says it.
    let idScope: String?
    private let problems: [Problem]
    /// What it was read from.
    private let files: [String]
    let environment: [String: String]

    /// Where the rule files that come with eventail are installed.
    package static let shippedRulesFolder = "/usr/share/eventail/rules"

    /// - Parameters:
    ///   - files: configuration files; later ones merge over earlier ones.
    ///   - environment: the process's own.
    /// - Throws: all mistakes in settings and rules.
    package static func load(files: [String], environment: [String: String]) throws(AgentError) -> Configuration {
        do {
            return try read(files: files, environment: environment)
        } catch {
            throw AgentError(error)
        }
    }

    private static func read(files: [String], environment: [String: String]) throws(Problems) -> Configuration {
        let (settings, warnings) = try Settings.load(files: files, environment: environment)
        let problems = ProblemCollector()
        let sources = SourcePlanner(settings: settings, problems: problems).plans()
        var allWarnings = warnings
        let destinations = settings.destinations.compactMap { destination in
            DestinationConfiguration.make(
                destination, spool: settings.spool, environment: environment, warnings: &allWarnings, in: problems)
        }
        try problems.throwIfAny()
        return Configuration(
            settings: settings, sources: sources, destinations: destinations, idScope: settings.idScope, problems: allWarnings,
            files: files, environment: environment)
    }

    /// What the same files say now.
    func readAgain() throws(AgentError) -> Configuration {
        try .load(files: files, environment: environment)
    }

    /// Asks every receiver whether it takes our key, without sending it a call.
    package func askReceivers() async -> [ReceiverReply] {
        var replies: [ReceiverReply] = []
        for destination in destinations { replies.append(await ReceiverReply(askingFor: destination)) }
        return replies
    }

    /// Files that a run reads, as far as they are there now: those of sources, and keys.
    var readFiles: [String] {
        sources.flatMap { $0.settings.files.flatMap { RuleFiles.matching($0.text) } }
            + settings.destinations.compactMap { destination in
                if case .file(let path) = destination.apiKey.origin { path } else { nil }
            }
    }

    /// What works but is likely not meant: where, what, and what to do; several lines each.
    package func warnings(color: Bool) -> [String] {
        problems.map { $0.text(color: color) }
    }

    /// A line for each source and destination.
    /// - Parameter listsRules: with a line for each rule below its source.
    package func listing(listsRules: Bool) -> [String] {
        sources.flatMap { source in
            ["source \(source.settings.name): \(source.rules.packs.summary)"] + (listsRules ? source.rules.listing.map { "  \($0)" } : [])
        } + destinations.map { "destination \($0.name): \($0.endpoint.url)" + ($0.proxy.map { " through the proxy \($0)" } ?? "") }
    }

    /// What is slow, in sentences.
    package var costs: [String] { sources.compactMap { $0.rules.cost(under: $0.settings.name) } }

    /// Remarks on the rules of all sources; see `RuleFiles.lints`.
    package func lints(color: Bool) -> [String] {
        var lints: [Problem] = []
        for lint in sources.flatMap(\.rules.lints) where !lints.contains(lint) { lints.append(lint) }
        return lints.map { $0.text(color: color) }
    }
}
