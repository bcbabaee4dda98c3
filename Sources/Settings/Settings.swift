// The configuration, checked: what `eventail.yaml` and its likes say, with defaults for what they leave out. Whatever is in
// here makes sense by itself; whether files, rules and receivers exist is found out by those who use them.

package import Documents

/// Everything that is configured.
package struct Settings: Sendable {
    /// At least one; names are unique.
    package var destinations: [DestinationSettings]
    /// At least one, in the order of writing; names are unique.
    package var sources: [SourceSettings]
    /// Absolute globs of rule files.
    package var rules: [PlacedText]
    /// The variables that the configuration allows templates and values to read, as far as they are set.
    package var environment: [String: String]
    /// What message ids are scoped by; nil: the machine's own.
    package var idScope: String?
    package var state: StateSettings
    package var spool: SpoolSettings
    package var holdDeleted: HoldDeletedSettings
    package var deadLetters: DeadLetterSettings
    /// How many files of all sources may be open at once, where the system allows the process as many.
    package var openFilesMax: Int
    /// Nil: numbers are not served.
    package var metrics: MetricsSettings?
    /// Nil: what became of calls is not remembered.
    package var trace: TraceSettings?
    /// How long a stop waits for what is in flight.
    package var shutdownTimeoutMilliseconds: Int

    /// Read when no file is named.
    package static let filesDefault = ["/etc/eventail/eventail.yaml"]
    package static let rulesDefault = "/etc/eventail/rules.d/*.yaml"
    package static let openFilesMaxDefault = 16_384
    /// Fewer would leave none for those that must stay open.
    package static let openFilesMaxRange = 8...1_000_000
    package static let shutdownTimeoutMillisecondsDefault = 10_000
    /// Message ids hold the scope; a longer one is a slip.
    package static let idScopeBytesMax = 256

    /// Reads, merges and checks configuration files.
    ///
    /// - Parameters:
    ///   - files: paths, absolute or relative to the working directory; later ones merge over earlier ones. Empty: `filesDefault`.
    ///   - environment: the process's own.
    /// - Returns: the settings, and what works but is likely not meant.
    /// - Throws: every mistake found.
    package static func load(
        files: [String], environment: [String: String]
    ) throws(Problems) -> (settings: Settings, warnings: [Problem]) {
        var root: Node?
        let unreadable = ProblemCollector()
        for file in files.isEmpty ? filesDefault : files {
            do throws(Problems) {
                let node = try Node.read(file: file)
                root = root?.merging(node) ?? node
            } catch {
                unreadable.add(files.isEmpty ? error.hinting("name the configuration with --config FILE") : error)
            }
        }
        try unreadable.throwIfAny()
        guard let root else { preconditionFailure("no file was read, and none was refused") }
        return try check(root, environment: environment)
    }

    private static func check(
        _ root: Node, environment: [String: String]
    ) throws(Problems) -> (settings: Settings, warnings: [Problem]) {
        let problems = ProblemCollector()
        let warnings = ProblemCollector()
        let settings = SettingsReader(problems: problems, warnings: warnings, environment: environment).settings(from: root)
        try problems.throwIfAny()
        guard let settings else { preconditionFailure("settings were refused without a problem") }
        return (settings, Problems(warnings.problems).all)
    }
}

extension Problems {
    /// The same, with a hint for those that have none and no place.
    fileprivate func hinting(_ hint: String) -> Problems {
        var result = self
        for index in result.all.indices where result.all[index].place == nil && result.all[index].hint == nil {
            result.all[index].hint = hint
        }
        return result
    }
}
