// A value of a rule file or of the configuration that is checked later than it is read, and told of where it stands.

package import Documents

package struct PlacedWord: Sendable {
    package var text: String
    package var place: Place
    /// In characters.
    package var length: Int

    package init(_ text: String, at place: Place, length: Int) {
        self.text = text
        self.place = place
        self.length = length
    }

    /// The text under `key`; nil where there is none.
    init?(_ map: Mapping, _ key: String, in problems: ProblemCollector) {
        guard let node = map[key], let text = node.string(in: problems, what: key) else { return nil }
        self.init(text, at: node.place, length: node.length)
    }
}
