// The journal as `derive` and `explain` read it: from a moment to its present end, without state.

import Documents
import Journal
import Records
import Rules
import Settings

package struct JournalInput: Sendable {
    package struct Options: Sendable {
        /// Names of units; `all` stands for every one.
        package var units: [String] = []
        /// `FIELD=value`, as a source's `matches`.
        package var matches: [String] = []
        /// A time in RFC 3339, or an age such as `2h`; nil: from the beginning.
        package var since: String?
        /// A directory of journal files instead of this machine's own.
        package var directory: String?

        package init() {}
    }

    private let configuration: JournalConfiguration

    private static let allUnits = "all"

    /// - Parameter rules: whose fields are read.
    /// - Throws: for what is no unit, no match or no time.
    package init(_ options: Options, for rules: RuleFiles) throws(AgentError) {
        var filter = JournalFilter()
        if !options.units.contains(Self.allUnits) {
            filter.units = try options.units.map { unit throws(AgentError) in
                if let name = SourceSettings.Journal.unitName(unit) { return name }
                throw AgentError(
                    .usage, "\(quoted(unit)) is no name of a unit", hint: SourceSettings.Journal.unitHint + "; all is every unit")
            }
        }
        for match in options.matches where !SourceSettings.Journal.isMatch(match) {
            throw AgentError(.usage, "\(quoted(match)) is no match", hint: SourceSettings.Journal.matchHint)
        }
        filter.matches = options.matches
        var start = JournalConfiguration.Start.beginning
        if let since = options.since {
            guard let moment = JournalConfiguration.moment(since) else {
                throw AgentError(
                    .usage, "\(quoted(since)) is no time", hint: "write it as RFC 3339, 2026-11-23T06:37:03Z, or as an age, 2h")
            }
            start = .since(moment)
        }
        let place = options.directory.map { JournalConfiguration.Place.directory($0) }
        configuration = JournalConfiguration(
            name: "journald", place: place ?? .machine(.standard, .all), filter: filter, start: start,
            fields: rules.ruleSets.flatMap(\.journalFields))
    }

    /// What was met besides the entries that were handed over.
    struct Outcome {
        var oversizeEntries = 0
        /// In sentences.
        var faults: [String] = []
    }

    /// Hands all entries in turn to `body`, in blocks.
    /// - Parameters:
    ///   - entriesMax: of one block.
    ///   - afterEach: called between blocks.
    /// - Throws: `AgentError` for a journal of which nothing can be read, or what `afterEach` throws.
    func read(
        entriesMax: Int = JournalReader.turnEntriesMax, _ body: (borrowing EntryBlock) -> Void, afterEach: () throws -> Void
    ) throws -> Outcome {
        let reader = try JournalReader(configuration, cursor: nil, isFirstStart: true, nowMicroseconds: 0)
        var notices = reader.takeNotices()
        if reader.descriptor < 0 || !reader.hasFiles { throw nothingToRead(notices) }
        var outcome = Outcome()
        var entryCount = 0
        var hasMore = true
        while hasMore {
            hasMore = reader.turn(bytesMax: entriesMax == 1 ? 1 : RecordStream.blockBytes, entriesMax: entriesMax) { entries in
                entryCount += entries.starts.count
                body(entries)
            }
            notices += reader.takeNotices()
            try afterEach()
        }
        if entryCount == 0, notices.contains(where: \.isDenial) { throw nothingToRead(notices) }
        for notice in notices where notice.isWarning {
            if case .oversizeSkipped(let count, _) = notice {
                outcome.oversizeEntries += count
            } else {
                let details = notice.details.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
                outcome.faults.append(details.isEmpty ? notice.message : "\(notice.message) (\(details))")
            }
        }
        return outcome
    }

    private func nothingToRead(_ notices: [JournalNotice]) -> AgentError {
        for notice in notices {
            switch notice {
            case .noPermission(let path):
                return AgentError(
                    .failure, "no permission to read \(path)", hint: "run it as a member of the group systemd-journal, or as root")
            case .unreadable(let path, let reason):
                return AgentError(.failure, "can't read the journal in \(path): \(reason)")
            case .damagedFile(let path, let reason): return AgentError(.failure, "can't read \(path): \(reason)")
            default: continue
            }
        }
        switch configuration.place {
        case .directory(let path):
            return AgentError(.failure, "there is no journal file in \(path)", hint: "their names end in .journal")
        case .machine, .files:
            return AgentError(
                .failure, "this machine has no journal", hint: "name a directory with journal files: --directory PATH")
        }
    }
}

extension JournalNotice {
    fileprivate var isDenial: Bool {
        if case .noPermission = self { return true }
        return false
    }
}
