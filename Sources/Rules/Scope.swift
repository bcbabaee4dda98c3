// The names that a rule's templates and conditions may use, and what they stand for. Captures come first, then the
// record's fields, then what is known of source, host and environment.

import Documents
import Formats

/// What rules are read with: the same for all packs of a configuration.
package struct RuleContext: Sendable {
    /// `host.name` in templates.
    package var hostName: String
    /// The environment variables that the configuration allows (`environment: […]`), with their values.
    package var environment: [String: String]
    /// By the name of each destination the reserved event names that it allows; nil where rules are read without a configuration,
    /// so that whether a destination exists is not known.
    package var destinations: [String: Set<String>]?

    package init(hostName: String, environment: [String: String] = [:], destinations: [String: Set<String>]? = nil) {
        self.hostName = hostName
        self.environment = environment
        self.destinations = destinations
    }

    /// Reserved event names that all of the destinations in `names` allow: what one does not allow must not be sent to it.
    /// - Parameter names: nil: all destinations.
    func allowedReservedEvents(for names: [String]?) -> Set<String> {
        let sets = (destinations ?? [:]).filter { names?.contains($0.key) ?? true }.map(\.value)
        return sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
    }
}

/// The names within one rule.
struct Scope {
    /// The names of the rule's groups, in order; an index into the captures of a record.
    let groupNames: [String]
    let groupTypes: [String: ValueType]
    /// The fields of the pack's records.
    let fields: FieldNames
    /// The pack's `tables`, by name.
    let tables: [String: LookupTable]
    let context: RuleContext
    /// Reserved event names that the rule may send.
    let allowedReservedEvents: Set<String>

    private static let sourceNames = ["source.name", "source.path", "host.name"]

    /// What `name` stands for; nil and a problem at `place` when nothing has this name.
    func resolve(_ name: String, at place: Place, in problems: ProblemCollector) -> ValueSource? {
        if let group = groupNames.firstIndex(of: name) { return .capture(group, groupTypes[name] ?? .string) }
        if let slot = fields.fixedSlot(of: name) { return .field(slot) }
        switch name {
        case "source.name": return .sourceName
        case "source.path": return .sourcePath
        case "host.name": return .constant([UInt8](context.hostName.utf8), .string)
        default: break
        }
        if name.hasPrefix("env.") { return environmentValue(String(name.dropFirst(4)), at: place, in: problems) }
        // Freely named fields come last; one that is called like the above is written in brackets: ["host.name"].
        if let slot = fields.slot(of: name) { return .field(slot) }
        reportUnknown(name, at: place, in: problems)
        return nil
    }

    private func environmentValue(_ name: String, at place: Place, in problems: ProblemCollector) -> ValueSource? {
        guard let value = context.environment[name] else {
            problems.add(
                "the environment variable \(quoted(name)) is not set, or not allowed here", at: place, length: name.count + 4,
                hint: "list it in eventail.yaml: environment: [\(name)]")
            return nil
        }
        return .constant([UInt8](value.utf8), .string)
    }

    private func reportUnknown(_ name: String, at place: Place, in problems: ProblemCollector) {
        let format = fields.format
        if format.hasFreeNames {
            problems.add(
                "\(quoted(name)) is no name of a field", at: place, length: max(1, name.count),
                hint: "write user.id, items[0].sku, or [\"any name\"]")
            return
        }
        if format == .journald {
            problems.add(
                "\(quoted(name)) is no name of a field", at: place, length: max(1, name.count),
                hint: "write _SYSTEMD_UNIT or another field of the journal, or one of \(format.fixedNames.joined(separator: ", "))")
            return
        }
        let known = groupNames + format.fixedNames + Self.sourceNames
        var hint = nearest(name, among: known).map { "did you mean `\($0)`?" }
        if hint == nil {
            let groups = groupNames.isEmpty ? "the pattern names no group" : "groups: \(groupNames.joined(separator: ", "))"
            hint = "\(groups); fields of format \(format.rawValue): \(format.fixedNames.joined(separator: ", "))"
        }
        problems.add("nothing here is called \(quoted(name))", at: place, length: max(1, name.count), hint: hint)
    }
}
