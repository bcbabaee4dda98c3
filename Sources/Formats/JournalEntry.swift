// Entries of systemd's journal, as an `EntryBlock` holds them: fields with names, the text among them as `MESSAGE`.
//
// A field has its own name, such as `_SYSTEMD_UNIT`; and what a line of syslog says of itself has the name that it has there, so
// that rules for syslog serve for the journal too. Names that begin with `_` are journald's own findings; whoever logs can
// claim any other, also `program`. Where `MESSAGE` is itself of a format with names (`journald+json`), fields of the entry are
// called `journald.NAME`; only the trusted ones keep their short names, so that no text can pass for one of them.

import Records

enum JournalEntry {
    static let messageField = "MESSAGE"

    /// The fields of an entry that stand for one of `SyslogLine.fieldNames`, the better one first; as journalctl(1) shows them.
    private static let fieldsOfSyslogName: [[String]] = [
        ["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"], ["_HOSTNAME"], ["SYSLOG_IDENTIFIER", "_COMM"], ["_PID", "SYSLOG_PID"],
        ["MESSAGE_ID"],
    ]

    /// The field that a rule means by `name`; nil where it means none, or one of the line within.
    static func field(_ name: String, in format: RecordFormat) -> String? {
        guard format.envelope == .journald else { return nil }
        if format.content == .plain { return EntryBlock.isFieldName(name) ? name : nil }
        if name.hasPrefix("_"), EntryBlock.isFieldName(name) { return name }
        let prefix = "journald."
        guard name.hasPrefix(prefix) else { return nil }
        let field = name.dropFirst(prefix.count)
        return EntryBlock.isFieldName(field) ? String(field) : nil
    }

    /// Which slots take their values from which fields.
    struct Slots: Sendable {
        private struct Target {
            var slot: Int
            /// Wins over a value that is there; the other gives way.
            var isBetter: Bool
        }

        /// The fields that are needed.
        private(set) var names: [String] = [messageField]
        private var targets: [[Target]] = [[Target(slot: 0, isBetter: true)]]
        private var table = KeyTable.empty

        /// - Parameters:
        ///   - syslogSlots: pairs of a slot and an index into `SyslogLine.fieldNames`.
        ///   - fields: pairs of a slot and a field's name.
        init(syslogSlots: [(slot: Int, index: Int)], fields: [(slot: Int, name: String)]) {
            for (slot, index) in syslogSlots {
                for (rank, name) in fieldsOfSyslogName[index].enumerated() { add(name, Target(slot: slot, isBetter: rank == 0)) }
            }
            for (slot, name) in fields { add(name, Target(slot: slot, isBetter: true)) }
            table = KeyTable(names.enumerated().map { (bytes: Array($1.utf8), value: $0) })
        }

        private mutating func add(_ name: String, _ target: Target) {
            if let known = names.firstIndex(of: name) {
                targets[known].append(target)
            } else {
                names.append(name)
                targets.append([target])
            }
        }

        /// Finds the fields of an entry.
        func parse(_ entry: Span<UInt8>, into fields: inout [Field]) {
            fields[0] = .missing
            EntryBlock.forEachField(in: entry) { name, value in
                guard let index = table.value(of: entry.extracting(name)) else { return true }
                for target in targets[index] where target.isBetter || fields[target.slot].isAbsent {
                    fields[target.slot] = Field(value)
                }
                return true
            }
        }
    }
}
