// Where a source stands, as the pipeline tells it to other threads between its turns.

struct SourceStanding: Hashable, Sendable {
    var name: String
    /// Files and journals.
    var followedCount = 0
    /// Nil for a journal, which has no bytes to count.
    var unreadBytes: UInt64?
    /// Since when there has always been more to read, of the monotonic clock; nil: all is read.
    var behindSinceMS: Int64?
    /// Files that cannot be read.
    var unreadableCount = 0
    /// What keeps something from being read, at most `troublesMax`.
    var troubles: [Trouble] = []

    static let troublesMax = 3

    init(name: String) {
        self.name = name
    }
}
