// Where the key is read from. The configuration never holds the key itself: it is printed, copied and shown to others.

package import Documents

/// What `api_key` says.
package struct APIKeySource: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// A file that only its owner and group may read.
        case file(path: String)
        /// A file of this name in the directory that systemd names in `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).
        case credential(name: String)
        /// A variable of the environment. It need not be listed under `environment:`.
        case environment(name: String)
    }

    package var origin: Origin
    /// Where `api_key` is written.
    package var place: Place
    /// Characters to underline there.
    package var length: Int

    package init(_ origin: Origin, place: Place, length: Int = 1) {
        self.origin = origin
        self.place = place
        self.length = length
    }

    init?(_ node: Node, in problems: ProblemCollector) {
        if node.text != nil {
            problems.add(
                "the key itself does not belong in this file", at: node,
                hint: "write `api_key: { file: /etc/eventail/api_key }`, `{ credential: NAME }` or `{ env: NAME }`")
            return nil
        }
        let keys = ["file", "credential", "env"]
        guard let map = node.mapping(of: "`api_key`", keys: keys, in: problems) else { return nil }
        guard map.entries.count == 1, let entry = map.entries.first else {
            let message = map.entries.isEmpty ? "`api_key` says nothing" : "`api_key` names more than one place"
            problems.add(message, at: node, hint: "it has exactly one of `file`, `credential` and `env`")
            return nil
        }
        guard let origin = Self.origin(entry, in: problems) else { return nil }
        self.init(origin, place: entry.value.place, length: entry.value.length)
    }

    private static func origin(_ entry: Node.Entry, in problems: ProblemCollector) -> Origin? {
        if entry.name == "file" {
            return entry.value.path(in: problems, what: "file").map { .file(path: $0) }
        }
        guard let name = entry.value.string(in: problems, what: entry.name) else { return nil }
        if entry.name == "env" {
            if Expansion.isName(name) { return .environment(name: name) }
            problems.add("\(quoted(name)) is not the name of a variable", at: entry.value)
            return nil
        }
        if !name.isEmpty, !name.contains("/"), name != ".", name != "..", !name.utf8.contains(0) { return .credential(name: name) }
        problems.add("\(quoted(name)) is not the name of a credential", at: entry.value, hint: "it is a file's name without a directory")
        return nil
    }
}
