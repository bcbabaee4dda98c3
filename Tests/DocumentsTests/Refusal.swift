// What the tests say documents with: parse, and the problems of a refused text.

import Documents
import Testing

func document(_ text: String) throws -> Node {
    try Node.parse(text, file: "f.yaml")
}

/// The problems that a text is refused with; none when it is not.
func refusal(_ text: String) -> [Problem] {
    do throws(Problems) {
        _ = try Node.parse(text, file: "f.yaml")
        return []
    } catch {
        return error.all
    }
}

extension Problem {
    /// "line:column message".
    var brief: String { "\(place.map { "\($0.line):\($0.column) " } ?? "")\(message)" }
}

extension Node {
    /// The value under a path of keys.
    subscript(path: String...) -> Node? {
        var node = self
        for name in path {
            guard case .map(let entries) = node.content, let entry = entries.first(where: { $0.name == name }) else { return nil }
            node = entry.value
        }
        return node
    }
}
