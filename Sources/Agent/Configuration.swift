// Everything that a run needs, checked: settings, the rules of each source, and where calls go. Reading it touches no state
// and no network, so `check` and `run` say the same about the same files.

package import Delivery
package import Documents
import Formats
package import Rules
package import Settings

/// One source with its rules.
package struct SourcePlan: Sendable {
    package let settings: SourceSettings
    package let rules: RuleSet
}

/// A checked configuration.
package struct Configuration: Sendable {
    package let settings: Settings
    package let sources: [SourcePlan]
    package let destinations: [DestinationConfiguration]
    /// What message ids are scoped by, where the configuration says it.
    package let idScope: String?
    /// What works but is likely not meant.
    package let warnings: [Problem]

    /// Where the rule files that come with eventail are installed.
    package static let shippedRulesFolder = "/usr/share/eventail/rules"

    /// - Parameters:
    ///   - files: configuration files; later ones merge over earlier ones.
    ///   - environment: the process's own.
    /// - Throws: all mistakes in settings and rules.
    package static func load(files: [String], environment: [String: String]) throws(Problems) -> Configuration {
        let (settings, warnings) = try Settings.load(files: files, environment: environment)
        let problems = ProblemCollector()
        let sources = SourcePlanner(settings: settings, problems: problems).plans()
        var allWarnings = warnings
        let destinations = settings.destinations.compactMap { destination in
            DestinationConfiguration.make(destination, environment: environment, warnings: &allWarnings, in: problems)
        }
        try problems.throwIfAny()
        return Configuration(
            settings: settings, sources: sources, destinations: destinations, idScope: settings.idScope, warnings: allWarnings)
    }
}
