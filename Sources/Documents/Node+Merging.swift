// Several configuration files as one: later ones merge over earlier ones.

extension Node {
    /// This document with `later` merged over it: maps merge key by key, everything else is replaced. What is left of each
    /// keeps the place (and so the file) it was written in. Keys keep the order in which they first appear.
    package func merging(_ later: Node) -> Node {
        guard case .map(var entries) = content, case .map(let laterEntries) = later.content else { return later }
        var indexes: [String: Int] = [:]
        for (index, entry) in entries.enumerated() { indexes[entry.name] = index }
        for entry in laterEntries {
            if let index = indexes[entry.name] {
                entries[index] = Entry(key: entry.key, value: entries[index].value.merging(entry.value))
            } else {
                indexes[entry.name] = entries.count
                entries.append(entry)
            }
        }
        return Node(place: place, content: .map(entries), length: length, style: style)
    }
}
