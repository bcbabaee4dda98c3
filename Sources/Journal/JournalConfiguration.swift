// What one source reads of the journal, and from where on. The words mean what the options of journalctl(1) of the same names
// mean.

package struct JournalConfiguration: Hashable, Sendable {
    /// Where the journal's files are.
    package enum Place: Hashable, Sendable {
        /// Those of this machine.
        case machine(Namespace, Scope)
        /// All in one directory; absolute.
        case directory(String)
        /// Absolute paths; not none.
        case files([String])
    }

    /// Whose entries: the files of services and the kernel, of the user who runs this, or all that can be read. A service that
    /// runs as an ordinary user may be in the files of that user.
    package enum Scope: String, CaseIterable, Hashable, Sendable {
        case system, user, all
    }

    /// Which of the journals that journald keeps apart (systemd-journald.service(8), "Journal namespaces").
    package enum Namespace: Hashable, Sendable {
        case standard
        case only(String)
        case withStandard(String)
        case all
    }

    /// Where a source begins at its very first start.
    package enum Start: Hashable, Sendable {
        case end
        case beginning
        /// Microseconds since 1970.
        case since(UInt64)
    }

    /// The source's name.
    package var name: String
    package var place: Place
    package var filter: JournalFilter
    package var start: Start
    /// A message longer than this is skipped, with its entry, and counted.
    package var recordBytesMax: Int
    /// The fields to read, besides those that the reader itself looks at; `MESSAGE` is always among them.
    package var fields: [String]
    /// How often it is looked whether directories came or went, which the library does not tell of; in milliseconds.
    package var pollIntervalMS: Int64

    package static let pollIntervalMSDefault: Int64 = 1_000
    package static let recordBytesMaxDefault = 256 << 10
    /// A longer field than this, other than the message, counts as absent.
    package static let fieldBytesMax = 64 << 10

    package init(
        name: String, place: Place = .machine(.standard, .all), filter: JournalFilter = JournalFilter(), start: Start = .end,
        recordBytesMax: Int = Self.recordBytesMaxDefault, fields: [String] = [], pollIntervalMS: Int64 = Self.pollIntervalMSDefault
    ) {
        self.name = name
        self.place = place
        self.filter = filter
        self.start = start
        self.recordBytesMax = recordBytesMax
        self.fields = fields
        self.pollIntervalMS = pollIntervalMS
    }
}
