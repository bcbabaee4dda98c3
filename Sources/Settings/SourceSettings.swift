// What is read: files or the journal, and how its records are taken.

package import Documents

/// One source.
package struct SourceSettings: Sendable {
    /// Where reading starts in what is there at a source's very first start.
    package enum Start: String, CaseIterable, Sendable {
        case end, beginning
    }

    /// Which entries of the journal: those that fit one of the units, one of the identifiers, the priorities and the matches, as far
    /// as these are given; with journalctl(1) it is the same.
    package struct Journal: Sendable {
        package enum Scope: String, CaseIterable, Sendable {
            case system, user, all
        }

        package enum Boot: String, CaseIterable, Sendable {
            case current, all
        }

        /// Where reading starts at the source's very first start.
        package enum Start: Sendable {
            case end, beginning
            /// A time in RFC 3339, or a duration before now.
            case since(PlacedText)
        }

        /// With their suffix.
        package var units: [String] = []
        package var identifiers: [String] = []
        /// Syslog's numbers.
        package var priorities: ClosedRange<Int>?
        /// `FIELD=value`, and `+` between groups of which one must fit.
        package var matches: [PlacedText] = []
        /// The kernel's messages too.
        package var kernel = false
        package var scope = Scope.all
        package var boot = Boot.all
        /// `NAME`, `+NAME` (with the default one), or `*` (all); nil: the default one.
        package var namespace: String?
        /// A directory of journal files instead of this machine's own.
        package var directory: String?
        /// Journal files instead of this machine's own.
        package var files: [String] = []
        package var startAt = Start.end

        /// The names of priorities, by their numbers.
        package static let priorityNames = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
    }

    /// Where a record's own time is; overrides the pack's.
    package struct Timestamp: Hashable, Sendable {
        package var field: PlacedText?
        package var format: PlacedText?
        /// The zone of times that have none.
        package var timezone: PlacedText?
        /// How far a time may lie before and after the time of reading; durations, or `none`.
        package var maxAge: PlacedText?
        package var maxFuture: PlacedText?
    }

    /// How lines make records; overrides the packs'.
    package struct Multiline: Hashable, Sendable {
        /// Patterns of the line that begins a record, and of lines that go on with the one before; the rules check them.
        package var startsWith: PlacedText?
        package var continuesWith: PlacedText?
        package var preset: PlacedText?
        package var linesMax: Int?
        /// How long a file must be quiet for its last record to be complete.
        package var timeoutMilliseconds: Int?
        package var place: Place
    }

    package var name: String
    /// Absolute globs. Empty when this is a journal.
    package var files: [PlacedText]
    /// Globs of files to leave out: absolute ones, or, without a slash, ones for the file's name.
    package var exclude: [PlacedText]
    package var startAt: Start
    /// The packs that read this source, by file stem. Nil: all; only where there is one source.
    package var rules: [PlacedText]?
    /// Overrides the packs' own; one of `formats`.
    package var format: PlacedText?
    /// Of the files; nil: UTF-8. Whether the system knows it is for others to find out.
    package var encoding: PlacedText?
    package var timestamp: Timestamp?
    package var multiline: Multiline?
    /// Longer lines are skipped and counted, longer records of several lines cut.
    package var recordBytesMax: Int
    /// How often files are looked at where the system does not tell of changes.
    package var pollIntervalMilliseconds: Int
    /// Set when this source is the journal.
    package var journal: Journal?
    /// Where the source's name is written.
    package var place: Place

    package static let startAtDefault = Start.end
    package static let recordBytesMaxDefault = 256 << 10
    /// A record must hold what its origin is known by; and it is in memory as a whole.
    package static let recordBytesMaxRange = (1 << 10)...(16 << 20)
    package static let linesMaxRange = 1...100_000
    package static let pollIntervalMillisecondsDefault = 1_000
    /// The shapes of records that a source or a pack may name: of a line, of what is wrapped around it, and of both.
    package static let formats: [String] = {
        let (lines, wrappings) = (["combined", "common", "json", "logfmt"], ["docker", "cri", "syslog"])
        return ["plain"] + lines + wrappings + wrappings.flatMap { wrapping in lines.map { "\(wrapping)+\($0)" } }
    }()
}
