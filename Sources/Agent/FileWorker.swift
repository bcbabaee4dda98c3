// A source of files at work: its files, the deriver of its rules, and what both have counted.

import Calls
import Encodings
import Logging
import Records
import Rules
import Settings
import Store
import Tailing

/// Confined to the pipeline's thread.
final class FileWorker: SourceWorker {
    let name: String
    private let source: FileSource
    private let store: PipelineStore
    private let openFiles: OpenFiles
    private let scope: String
    private var deriver: Deriver
    /// Nil where records are in UTF-8.
    private let decoder: LineDecoder?
    private var replacedCount = 0
    private let routes: [RuleRoute]
    private var files: [FileID: FileFacts] = [:]
    /// What the source had counted when counters were last taken.
    private var told = FileSourceCounters()
    /// The records that were open when the source was first asked whether it had read all, by file; those that still are.
    private var awaited: [FileID: UInt64]?

    /// What the blocks of one file share.
    private struct FileFacts {
        var block: BlockFacts
        var label: SourceLabel
        var path: String
        var origin: FileOrigin
    }

    /// - Throws: `TailingError` for impossible globs, `StoreError`.
    init(_ plan: SourcePlan, store: PipelineStore, builder: TurnBuilder, openFiles: OpenFiles, scope: String) throws {
        name = plan.settings.name
        self.store = store
        self.openFiles = openFiles
        self.scope = scope
        decoder = plan.encoding.map { LineDecoder($0) }
        deriver = Deriver(
            plan.rules, version: programVersion,
            recordBytesMax: TextEncoding.recordBytesMax(plan.encoding, of: plan.settings.recordBytesMax))
        routes = try plan.rules.rules.map { RuleRoute(label: try store.label(for: $0.name), targets: builder.targets(of: $0)) }
        var configuration = FileSourceConfiguration(
            name: name, include: plan.settings.files.map(\.text), exclude: plan.settings.exclude.map(\.text),
            startAtEnd: plan.settings.startAt == .end,
            recordBytesMax: plan.settings.recordBytesMax)
        configuration.unit = plan.encoding?.unit ?? .byte
        configuration.pollIntervalMS = Int64(plan.settings.pollIntervalMilliseconds)
        configuration.holdMS = Int64(plan.rules.framing.timeoutMilliseconds)
        source = try FileSource(
            configuration: configuration, checkpoints: try store.fileCheckpoints(source: name),
            isFirstStart: try !store.isKnown(source: name), openFiles: openFiles,
            wallClock: { Clock.fileSeconds() })
    }

    var nextPollAtMS: Int64 { source.nextPollAtMS }
    var descriptor: Int32 { source.descriptor }
    var followedCount: Int { source.visibleFileCount }
    var isCaughtUp: Bool { source.isCaughtUp }

    func poll(nowMS: Int64) { source.poll(nowMS: nowMS) }

    func readEvents() { source.readEvents() }

    func turn(bytesMax: Int, nowMilliseconds: Int64, into builder: TurnBuilder) -> Bool {
        let result = source.turn(bytesMax: bytesMax) { block, place in
            guard !block.isEmpty else { return 0 }
            let facts = self.facts(of: place)
            var blockFacts = facts.block
            blockFacts.offset = place.offset
            blockFacts.nowMilliseconds = nowMilliseconds
            var sink = TurnSink(builder: builder, routes: routes, source: facts.label, nowMilliseconds: nowMilliseconds)
            guard let decoder else {
                return derive(block, blockFacts, at: facts.path, isFinal: place.isFinal, tap: builder.tap, into: &sink)
            }
            decoder.decode(block)
            blockFacts.lines = decoder.lines
            let taken = derive(decoder.text.span, blockFacts, at: facts.path, isFinal: place.isFinal, tap: builder.tap, into: &sink)
            let rawTaken = decoder.lines.rawIndex(ofText: taken)
            replacedCount += decoder.replacedCount(beforeRaw: rawTaken)
            return rawTaken
        }
        return result.hasMore
    }

    /// Lets whoever listens see what comes of the block.
    private func derive(
        _ block: Span<UInt8>, _ facts: BlockFacts, at path: String, isFinal: Bool, tap: TapFeed?, into sink: inout TurnSink
    ) -> Int {
        guard let tap else { return deriver.derive(block, facts, isFinal: isFinal, into: &sink) }
        var tapped = TappedSink(turn: sink, feed: tap, source: name, rules: deriver.set, path: path)
        return deriver.derive(block, facts, isFinal: isFinal, into: &tapped)
    }

    /// The records at the ends of files that might have gone on are waited for as always.
    func hasReadAllThereWas() -> Bool {
        guard source.isCaughtUp else { return false }
        let held = source.heldOffsets
        let awaited = (awaited ?? held).filter { held[$0.key] == $0.value }
        self.awaited = awaited
        return awaited.isEmpty
    }

    func takePosition(into turn: inout Turn) {
        turn.checkpoints += source.changedCheckpoints()
        turn.forgotten += source.forgottenCheckpoints()
    }

    func didCommit(_ checkpointIDs: [Int64]) { source.didCommit(checkpointIDs) }

    func deletedFiles() -> [DeletedFile] { source.deletedFiles() }

    func letGo(of files: [FileID]) { source.letGo(of: files) }

    func tellNotices(to logger: Logger) { NoticeLog.write(source.takeNotices(), source: name, to: logger) }

    func tellOfNothing(to logger: Logger) {
        guard source.visibleFileCount == 0 else { return }
        logger.warning(
            "no file is there yet, one that appears will be followed",
            metadata: ["source": "\(name)", "files": "\(source.configuration.include.joined(separator: " "))"])
    }

    func takeCounters(into turn: inout Turn) {
        turn.add(deriver.takeCounters(), of: deriver.set, source: name)
        let counted = source.counters
        turn.add(Int(counted.bytesConsumed - told.bytesConsumed + counted.oversizeBytes - told.oversizeBytes), "bytes_read", name)
        turn.add(Int(counted.oversizeRecords - told.oversizeRecords), "records_oversize", name)
        turn.add(Int(counted.filesLost - told.filesLost), "files_lost", name)
        turn.add(Int(counted.filesLetGo - told.filesLetGo), "files_let_go", name)
        turn.add(Int(counted.bytesLost - told.bytesLost), "bytes_lost", name)
        told = counted
        turn.add(replacedCount, "invalid_sequences", name)
        replacedCount = 0
        turn.add(openFiles.takeClosedCount(source: name), "files_closed", name)
    }

    func standing() -> SourceStanding {
        let found = source.standing(problemsMax: SourceStanding.troublesMax)
        var standing = SourceStanding(name: name)
        standing.followedCount = followedCount
        standing.unreadBytes = found.unreadBytes
        standing.unreadableCount = found.unreadableCount
        standing.troubles = found.problems.map { Trouble($0, source: name) }
        return standing
    }

    private func facts(of place: FileBlock) -> FileFacts {
        if let known = files[place.file], known.path == place.path, known.origin == place.origin { return known }
        let origin = RecordOrigin(scope: scope, fingerprint: place.origin.fingerprint, generation: place.origin.generation)
        let block = BlockFacts(
            origin: origin, offset: 0, nowMilliseconds: 0, sourceName: Array(name.utf8), sourcePath: Array(place.path.utf8))
        let label = SourceLabel(source: name, path: place.path, store: store)
        let facts = FileFacts(block: block, label: label, path: place.path, origin: place.origin)
        if files.count >= Self.filesKeptMax { files.removeAll() }
        files[place.file] = facts
        return facts
    }

    /// Facts of files are cheap to make again; this bounds what a source with ever new files keeps.
    private static let filesKeptMax = 10_000
}
