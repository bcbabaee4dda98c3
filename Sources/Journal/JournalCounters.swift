// What a journal source has counted.

package struct JournalCounters: Hashable, Sendable {
    /// Entries that were looked at.
    package var entries = 0
    /// Left out by the filter, after the library's matches.
    package var excluded = 0
    /// Skipped, for their message is too long.
    package var oversize = 0
    /// Skipped, for they cannot be read.
    package var damaged = 0
    /// Fields other than the message that were too long.
    package var fieldsDropped = 0

    package init() {}
}
