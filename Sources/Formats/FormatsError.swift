// What is wrong with a time format or a time zone that a person wrote.

package struct FormatsError: Error, Hashable, Sendable {
    /// What is wrong, in lower case.
    package var what: String
    /// What to do.
    package var hint: String
}
