// One value of a YAML document with its place. Scalars stay the text that was written: whether `5` is a number or `true` a
// boolean is for the one who asks (see `Node+Scalars.swift`). Keys are always scalars, unique in their map.

/// A value in a document.
package struct Node: Sendable {
    package enum Content: Sendable {
        /// Nothing after the key, a plain `~` or a plain `null`.
        case null
        /// Text. Only plain (unquoted) text may mean a number or a boolean.
        case scalar(String, isPlain: Bool)
        case list([Node])
        case map([Entry])
    }

    /// One key of a map with its value.
    package struct Entry: Sendable {
        package var key: Node
        package var value: Node

        package init(key: Node, value: Node) {
            self.key = key
            self.value = value
        }

        /// The key's text.
        package var name: String { key.text ?? "" }
    }

    /// How a scalar is written, as far as places inside it depend on that.
    enum Style: Sendable {
        case plain
        case singleQuoted
        case other
    }

    /// Where it begins: at the opening quote of a quoted scalar, at the first key of a map.
    package var place: Place
    package var content: Content
    /// Characters of its first line, for underlining; 1 for lists and maps.
    package var length: Int
    let style: Style

    init(place: Place, content: Content, length: Int = 1, style: Style = .other) {
        self.place = place
        self.content = content
        self.length = length
        self.style = style
    }

    /// The text of a scalar, else nil.
    package var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// What it is, for messages: "a list", "a map", "nothing", or the text itself.
    package var found: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, _): quoted(text)
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// The same node with other text, for values that expand.
    package func replacingText(_ text: String, isPlain: Bool) -> Node {
        Node(place: place, content: .scalar(text, isPlain: isPlain), length: length)
    }
}
