// The one error of this module: a file source that cannot be set up as configured. Whatever happens to files later is a
// `TailingNotice`, because tailing goes on.

/// What is wrong, with which text of the configuration, and what to do about it.
package struct TailingError: Error, Hashable, Sendable, CustomStringConvertible {
    package var what: String
    /// The pattern or value that is wrong, as it was written.
    package var place: String
    package var hint: String

    package init(what: String, place: String, hint: String) {
        self.what = what
        self.place = place
        self.hint = hint
    }

    package var description: String { "\(place): \(what)\nhint: \(hint)" }
}
