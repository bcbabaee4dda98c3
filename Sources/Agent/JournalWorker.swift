// A source of the journal at work: its reader, the deriver of its rules, and what both have counted. Its position is the cursor,
// which is committed with the calls of the entries before it, also when no entry gave a call.

import Calls
import Journal
import Logging
import Records
import Rules
import Settings
import Store
import Tailing

extension BlockFacts {
    /// What entries of any journal have in common: each names itself, so that all have one origin.
    static func ofJournal(sourceName: String, scope: String, nowMilliseconds: Int64) -> BlockFacts {
        BlockFacts(
            origin: RecordOrigin(scope: scope, fingerprint: [], generation: 0), offset: 0, nowMilliseconds: nowMilliseconds,
            sourceName: Array(sourceName.utf8), sourcePath: Array(JournalWorker.path.utf8))
    }
}

/// Confined to the pipeline's thread.
final class JournalWorker: SourceWorker {
    let name: String
    private let reader: JournalReader
    private var deriver: Deriver
    private let facts: BlockFacts
    private let routes: [RuleRoute]
    private let label: SourceLabel
    /// What stands in place of a file's path; no path is relative.
    static let path = "journald"
    /// Not yet taken.
    private var bytesRead = 0

    /// - Throws: `JournalError` when the stored position makes no sense, `StoreError`.
    init(_ configuration: JournalConfiguration, rules: RuleSet, store: PipelineStore, builder: TurnBuilder, scope: String) throws {
        name = configuration.name
        deriver = Deriver(rules, version: programVersion)
        routes = try rules.rules.map { RuleRoute(label: try store.label(for: $0.name), targets: builder.targets(of: $0)) }
        label = SourceLabel(source: name, path: Self.path, store: store)
        facts = .ofJournal(sourceName: name, scope: scope, nowMilliseconds: 0)
        reader = try JournalReader(
            configuration, cursor: try store.cursor(source: name), isFirstStart: try !store.isKnown(source: name),
            nowMicroseconds: Self.nowMicroseconds)
    }

    var nextPollAtMS: Int64 { reader.nextPollAtMS }
    var descriptor: Int32 { reader.descriptor }
    var followedCount: Int { 1 }
    var isCaughtUp: Bool { reader.isCaughtUp }

    func poll(nowMS: Int64) { reader.poll(nowMS: nowMS, nowMicroseconds: Self.nowMicroseconds) }

    func readEvents() { reader.readEvents() }

    func turn(bytesMax: Int, nowMilliseconds: Int64, into builder: TurnBuilder) -> Bool {
        reader.turn(bytesMax: bytesMax) { entries in
            var facts = facts
            facts.nowMilliseconds = nowMilliseconds
            bytesRead += entries.bytes.count
            var sink = TurnSink(builder: builder, routes: routes, source: label, nowMilliseconds: nowMilliseconds)
            guard let tap = builder.tap else { return deriver.derive(entries, facts, into: &sink) }
            var tapped = TappedSink(turn: sink, feed: tap, source: name, rules: deriver.set, path: nil)
            deriver.derive(entries, facts, into: &tapped)
        }
    }

    func hasReadAllThereWas() -> Bool { reader.isCaughtUp }

    func takePosition(into turn: inout Turn) {
        if let cursor = reader.takeCursor() { turn.cursors[name] = cursor }
    }

    func didCommit(_ checkpointIDs: [Int64]) {}

    func deletedFiles() -> [DeletedFile] { [] }

    func letGo(of files: [FileID]) {}

    func takeCounters(into turn: inout Turn) {
        turn.add(deriver.takeCounters(), of: deriver.set, source: name)
        turn.add(bytesRead, "bytes_read", name)
        bytesRead = 0
        let counted = reader.takeCounters()
        turn.add(counted.excluded, "entries_excluded", name)
        turn.add(counted.oversize, "records_oversize", name)
        turn.add(counted.damaged, "records_damaged", name)
        turn.add(counted.fieldsDropped, "fields_oversize", name)
    }

    func standing() -> SourceStanding {
        var standing = SourceStanding(name: name)
        standing.followedCount = followedCount
        standing.troubles = reader.problem.map { [Trouble($0, source: name)] } ?? []
        return standing
    }

    func tellNotices(to logger: Logger) { NoticeLog.write(reader.takeNotices(), source: name, to: logger) }

    /// A journal without entries is nothing unusual, and one that cannot be read is a notice.
    func tellOfNothing(to logger: Logger) {}

    private static var nowMicroseconds: UInt64 { UInt64(max(0, Clock.wallMilliseconds())) * 1000 }
}
