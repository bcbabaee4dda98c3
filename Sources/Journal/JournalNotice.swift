// What a journal source has to tell people. It says each thing once, when it begins, in a bounded list that the agent drains and
// logs; it never logs by itself.

package enum JournalNotice: Hashable, Sendable {
    /// The entry that was read last is gone, and with it perhaps what followed it: files were vacuumed, removed or damaged.
    /// Reading goes on at `toMicroseconds`, or, where that is nil, with what comes. Times are microseconds since 1970.
    /// - Parameter entriesMax: how many entries of any kind are missing at most, where the journal's numbers tell.
    case entriesMissing(fromMicroseconds: UInt64, toMicroseconds: UInt64?, entriesMax: UInt64?)
    /// Entries were skipped because their messages are longer than `recordBytesMax`.
    case oversizeSkipped(count: Int, limit: Int)
    /// Entries were skipped because they could not be read.
    case damagedSkipped(count: Int)
    /// So many pages of journal files could not be read: a file was cut short meanwhile, or its disk fails.
    case pagesUnreadable(count: Int)
    /// A journal file cannot be read as one; what it holds is missing. Tried again when it changes.
    case damagedFile(path: String, reason: JournalFailure)
    /// The files' owner does not let this process read them.
    case noPermission(path: String)
    case readableAgain(path: String)
    /// There is nothing to read at the place that the configuration names, or it cannot be opened; tried again at each poll.
    case unreadable(path: String, reason: JournalFailure)
    /// Directories or files came or went in a way that made it necessary to open the journal anew.
    case reopened

    package var isWarning: Bool {
        switch self {
        case .readableAgain, .reopened: false
        case .entriesMissing, .oversizeSkipped, .damagedSkipped, .pagesUnreadable, .damagedFile, .noPermission, .unreadable: true
        }
    }

    /// A constant sentence; what varies is in `details`.
    package var message: String {
        switch self {
        case .entriesMissing: "journal entries are missing, reading on behind them"
        case .oversizeSkipped: "messages are too long, skipped"
        case .damagedSkipped: "journal entries cannot be read, skipped"
        case .pagesUnreadable: "journal file cut short, or its disk failing, while it was read"
        case .damagedFile: "journal file is damaged, reading the others"
        case .noPermission: "no permission to read the journal: add this process's user to the group systemd-journal"
        case .readableAgain: "journal can be read again"
        case .unreadable: "cannot read the journal, trying again at each poll"
        case .reopened: "journal files came or went, opened anew"
        }
    }

    /// What varies, for the log's metadata.
    package var details: [(name: String, value: String)] {
        switch self {
        case .entriesMissing(let from, let to, let entriesMax):
            [("from_us", String(from)), ("to_us", to.map { String($0) } ?? "unknown")]
                + (to.map { [("missing_seconds", String(($0 - min(from, $0)) / 1_000_000))] } ?? [])
                + (entriesMax.map { [("entries_max", String($0))] } ?? [])
        case .oversizeSkipped(let count, let limit): [("count", String(count)), ("limit", String(limit))]
        case .damagedSkipped(let count), .pagesUnreadable(let count): [("count", String(count))]
        case .damagedFile(let path, let reason), .unreadable(let path, let reason): [("path", path), ("reason", reason.description)]
        case .noPermission(let path), .readableAgain(let path): [("path", path)]
        case .reopened: []
        }
    }
}
