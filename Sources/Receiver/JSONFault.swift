// Why a text is not the JSON that the API takes, and where.

package struct JSONFault: Error, Hashable, CustomStringConvertible {
    /// What is wrong, without text of the sender's.
    package let what: String
    /// The byte where the reader stopped, from 0.
    package let offset: Int

    package init(_ what: String, at offset: Int) {
        self.what = what
        self.offset = offset
    }

    package var description: String { "\(what) at byte \(offset)" }
}
