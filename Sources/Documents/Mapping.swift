// A map whose keys are known: unknown ones are mistakes, told with the key that was probably meant.

/// The checked keys of a map.
package struct Mapping {
    package let node: Node
    /// What it is, for messages: "a rule", "`batch`".
    package let what: String
    /// The known keys that are there, in the order of writing.
    package let entries: [Node.Entry]
    private let problems: ProblemCollector

    init(node: Node, what: String, entries: [Node.Entry], problems: ProblemCollector) {
        self.node = node
        self.what = what
        self.entries = entries
        self.problems = problems
    }

    /// The value of a key, nil when the key is not there. A key with nothing after it has a null node.
    package subscript(key: String) -> Node? {
        index(of: key).map { entries[$0].value }
    }

    /// The key itself, for problems about its being there.
    package func key(_ key: String) -> Node? {
        index(of: key).map { entries[$0].key }
    }

    private func index(of key: String) -> Int? {
        for index in entries.indices {
            if case .scalar(let text, _) = entries[index].key.content, text == key { return index }
        }
        return nil
    }

    /// The value of a key that must be there; else a problem, and nil.
    package func required(_ key: String, hint: String? = nil) -> Node? {
        if let value = self[key] { return value }
        problems.add("`\(key)` is missing in \(what)", at: node, hint: hint)
        return nil
    }
}

extension Node {
    /// The map's known keys. A problem for each other key, with the nearest known one as its hint; a problem and nil when
    /// this is not a map.
    ///
    /// - Parameter what: what it is, with its article: "a rule", "`batch`".
    package func mapping(of what: String, keys: [String], in problems: ProblemCollector) -> Mapping? {
        guard case .map(let entries) = content else {
            problems.add("expected a map for \(what), found \(found)", at: self, hint: keys.isEmpty ? nil : mapHint(keys))
            return nil
        }
        var known: [Entry] = []
        for entry in entries {
            if keys.contains(entry.name) {
                known.append(entry)
            } else {
                let hint = problems.isFull ? nil : Documents.hint(for: entry.name, among: keys)
                problems.add("unknown key \(quoted(entry.name)) in \(what)", at: entry.key, hint: hint)
            }
        }
        return Mapping(node: self, what: what, entries: known, problems: problems)
    }

    /// The entries of a map whose keys are names that the writer chooses; a problem and nil when this is not a map.
    package func entries(of what: String, in problems: ProblemCollector) -> [Entry]? {
        guard case .map(let entries) = content else {
            problems.add("expected a map for \(what), found \(found)", at: self)
            return nil
        }
        return entries
    }

    private func mapHint(_ keys: [String]) -> String {
        let shownMax = 8
        let shown = keys.prefix(shownMax).map { "`\($0)`" }.joined(separator: ", ")
        return "it has keys such as \(shown)"
    }
}
