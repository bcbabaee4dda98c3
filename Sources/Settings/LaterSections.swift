// Sections that belong to the configuration but that this version does not act on. Their keys are checked, so that a slip is
// found now, and a warning says that they do nothing.

internal import Documents

enum LaterSections {
    /// Their keys; those of a map inside are in the same list under "section.key".
    private static let keys: [String: [String]] = [
        "guard": ["stale", "new_people_per_hour", "event_names"],
        "guard.stale": ["older_than", "then"],
    ]

    /// Those at the top of the file.
    static let topKeys = ["guard"]

    static func check(_ entry: Node.Entry, in problems: ProblemCollector, warnings: ProblemCollector) {
        warnings.add("`\(entry.name)` has no effect in this version", at: entry.key)
        checkShape(entry.value, name: entry.name, path: entry.name, in: problems)
    }

    private static func checkShape(_ node: Node, name: String, path: String, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`\(name)`", keys: keys[path] ?? [], in: problems) else { return }
        for entry in map.entries {
            let inner = "\(path).\(entry.name)"
            if keys[inner] != nil {
                checkShape(entry.value, name: entry.name, path: inner, in: problems)
            } else {
                _ = entry.value.string(in: problems, what: entry.name)
            }
        }
    }
}
