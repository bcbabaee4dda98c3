// The one error of this module: a journal source that cannot be set up. Whatever happens to a journal later is a
// `JournalNotice`, because reading goes on.

/// What is wrong, where, and what to do about it.
package struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    package var what: String
    /// The directory, the file or the source.
    package var place: String
    package var hint: String

    package init(what: String, place: String, hint: String) {
        self.what = what
        self.place = place
        self.hint = hint
    }

    package var description: String { "\(place): \(what)\nhint: \(hint)" }
}
