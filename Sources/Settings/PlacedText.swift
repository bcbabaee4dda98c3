// A configured text that another module checks further: it keeps its place, so that what that module finds can be told there.

package import Documents

/// A text and where it is written.
package struct PlacedText: Hashable, Sendable {
    package var text: String
    package var place: Place
    /// Characters to underline.
    package var length: Int

    init(_ node: Node, text: String? = nil) {
        self.text = text ?? node.text ?? ""
        place = node.place
        length = node.length
    }

    /// A text that nobody wrote (a default), with the place where it would be.
    init(_ text: String, at node: Node) {
        self.text = text
        place = node.place
        length = node.length
    }

    /// A mistake in this text.
    package func problem(_ message: String, hint: String? = nil) -> Problem {
        Problem(message, at: place, length: length, hint: hint)
    }
}
