// What can be wrong with the description of a destination, in words for the person who wrote it.

package struct DeliveryError: Error, Hashable, Sendable, CustomStringConvertible {
    package var what: String
    /// The setting concerned, such as `api_key` or `url`; the caller knows in which file it stands.
    package var place: String
    package var hint: String?

    package init(_ what: String, place: String, hint: String? = nil) {
        self.what = what
        self.place = place
        self.hint = hint
    }

    package var description: String {
        "\(place): \(what)" + (hint.map { "\nhint: \($0)" } ?? "")
    }
}
