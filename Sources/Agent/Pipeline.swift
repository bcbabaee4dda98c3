// The pipeline's thread: reads sources in bounded turns, derives calls, and commits them together with the positions behind
// the records they came from. It waits in one place, and it never waits for a sender.
//
// Commits follow at least `commitInterval` after each other, so a steady trickle of lines costs a few disk syncs a second and
// a lone line is committed at once. While the outbox is full, or the disk, nothing is read: the log files are the buffer.

import Calls
import Glibc
import Logging
import Records
import Rules
import Store
import Tailing

/// Everything the pipeline is made of that other threads may have as well.
struct PipelinePlan: Sendable {
    var sources: [SourcePlan]
    var destinations: [String]
    var scope: String
    var commitIntervalMilliseconds: Int64
    var spoolBytesMax: Int64
    /// How many files of all sources may be open.
    var openFilesMax: Int
    /// For the files without a name that are open while nothing is read.
    var deletedFilesBound: DeletedFilesBound
    /// At that bound the oldest calls make room for new ones; else reading stops.
    var dropsOldest: Bool
    /// Return once every source is read to its end, or the outbox has been full for so long without getting emptier; nil: go on
    /// until told to stop.
    var giveUpAfterMilliseconds: Int64?
}

/// Confined to the thread that makes it.
final class Pipeline {
    private let plan: PipelinePlan
    private let store: PipelineStore
    private let control: PipelineControl
    private let onCommit: @Sendable () -> Void
    private let logger: Logger
    private let workers: [any SourceWorker]
    private let builder: TurnBuilder
    private let waiter: Waiter
    private var heldDeletions: HeldDeletions
    private var lastCommitAtMS: Int64 = .min
    /// What was taken out of the builder and is not on disk yet.
    private var uncommitted: Turn?
    private var storeFailure: StoreError?
    /// Whether it is on disk that all sources were started: from then on `start_at` does not concern them.
    private var isStartStored = false
    private var isOutboxFull = false
    /// Since when the full outbox has held so many bytes.
    private var fullOutbox: (sinceMS: Int64, bytes: Int64)?
    private var hasToldOfMissingFiles = false
    /// Calls dropped by destination, and when that was last told.
    private var dropped: [String: Int] = [:]
    private var toldOfDroppedAtMS: Int64 = .min
    private var droppedAtMS: Int64?
    /// How often the full outbox made reading stop, as far as it is not in the store's counters yet.
    private var stopCount = 0
    /// By worker: since when it has always had more to read.
    private var behindSinceMS: [Int64?]
    private var notedStandingsAtMS: Int64 = .min

    /// How much one source may read before the next one has its turn.
    private static let turnBytesMax = 1 << 20
    /// A turn is committed when its calls take so much memory, or the room that the outbox has; what one more block of a file
    /// gives may come on top.
    private static let turnCallBytesMax = 2 << 20
    /// How often a full outbox and a failing store are looked at again.
    private static let retryMilliseconds: Int64 = 500
    /// While calls are dropped, it is told no more often than this.
    private static let droppedTellMilliseconds: Int64 = 60_000
    /// While there is always more to read, other threads are told where sources stand no more often than this.
    private static let standingsMilliseconds: Int64 = 1000

    /// - Parameter onCommit: called after each commit that stored calls.
    init(
        _ plan: PipelinePlan, store: PipelineStore, control: PipelineControl, logger: Logger, onCommit: @escaping @Sendable () -> Void
    ) throws {
        self.plan = plan
        self.store = store
        self.control = control
        self.logger = logger
        self.onCommit = onCommit
        let builder = TurnBuilder(destinations: plan.destinations)
        self.builder = builder
        let openFiles = OpenFiles(countMax: plan.openFilesMax)
        workers = try plan.sources.map { source -> any SourceWorker in
            guard let journal = source.journal else {
                return try FileWorker(source, store: store, builder: builder, openFiles: openFiles, scope: plan.scope)
            }
            return try JournalWorker(journal, rules: source.rules, store: store, builder: builder, scope: plan.scope)
        }
        behindSinceMS = Array(repeating: nil, count: workers.count)
        waiter = Waiter(wakeup: control.wakeup)
        heldDeletions = HeldDeletions(plan.deletedFilesBound)
    }

    /// Works until it is told to return, or until all is read where the plan says so. Everything read is committed then.
    /// - Throws: `StoreError` when the database cannot be used any more.
    func run() throws(StoreError) {
        while !control.isToReturn {
            control.beginTurn()
            poll()
            control.note(condition)
            tellOfMissingFiles()
            try makeRoom()
            if isReadingAllowed() {
                let hasMore = readTurns()
                try commitPatiently()
                if plan.giveUpAfterMilliseconds != nil, haveReadAllThereWas() { return }
                noteStandings(isAtRest: !hasMore)
                if hasMore { continue }
            } else {
                if hasWaitedEnough() { return }
                if trimDeletions() { try commitPatiently() }
                noteStandings(isAtRest: true)
                waiter.pause(milliseconds: Self.retryMilliseconds)
                continue
            }
            wait()
        }
        try commitPatiently()
    }

    private var condition: PipelineCondition {
        var condition = PipelineCondition(followedCount: workers.reduce(0) { $0 + $1.followedCount })
        if let storeFailure {
            condition.standstill = Trouble(
                "the state cannot be written: \(storeFailure.path): \(storeFailure.what)", hint: storeFailure.hint)
        } else if isOutboxFull {
            condition.isOutboxFull = true
            condition.standstill = Trouble(
                "the outbox is full (`spool.max_bytes`)",
                hint: "see why calls are not delivered, or raise `spool.max_bytes`; nothing is lost")
        }
        if let droppedAtMS {
            condition.isDropping = Clock.monotonicMilliseconds() - droppedAtMS < Self.droppedTellMilliseconds
        }
        return condition
    }

    private func noteStandings(isAtRest: Bool) {
        let now = Clock.monotonicMilliseconds()
        guard isAtRest || notedStandingsAtMS == .min || now - notedStandingsAtMS >= Self.standingsMilliseconds else { return }
        notedStandingsAtMS = now
        control.note(
            workers.indices.map { index in
                behindSinceMS[index] = workers[index].isCaughtUp ? nil : behindSinceMS[index] ?? now
                var standing = workers[index].standing()
                standing.behindSinceMS = behindSinceMS[index]
                return standing
            })
    }

    /// Also while nothing may be read, or one source has more than enough: a file that is rotated away meanwhile must be seen.
    private func poll() {
        readEvents(of: waiter.readable(among: workers.map(\.descriptor)))
        let now = Clock.monotonicMilliseconds()
        for worker in workers where now >= worker.nextPollAtMS {
            worker.poll(nowMS: now)
        }
    }

    /// Says once, after the first poll, which sources have nothing to follow yet.
    private func tellOfMissingFiles() {
        guard !hasToldOfMissingFiles else { return }
        hasToldOfMissingFiles = true
        for worker in workers { worker.tellOfNothing(to: logger) }
    }

    /// Gives each source turns until there is enough for a commit or nothing left to read.
    /// - Returns: whether a source has more.
    private func readTurns() -> Bool {
        let startedAtMS = Clock.monotonicMilliseconds()
        builder.tap = control.taps.feed()
        defer {
            builder.tap?.deliver()
            builder.tap = nil
        }
        var hasMore = true
        let room = min(Int64(Self.turnCallBytesMax), plan.spoolBytesMax - store.outboxBytes)
        while hasMore, !control.isToReturn, builder.byteCount < room,
            Clock.monotonicMilliseconds() - startedAtMS < plan.commitIntervalMilliseconds
        {
            hasMore = false
            for worker in workers {
                if worker.turn(bytesMax: Self.turnBytesMax, nowMilliseconds: Clock.wallMilliseconds(), into: builder) { hasMore = true }
            }
        }
        for worker in workers { worker.tellNotices(to: logger) }
        return hasMore
    }

    /// Asks every worker, so that each knows what there was now.
    private func haveReadAllThereWas() -> Bool {
        workers.map { $0.hasReadAllThereWas() }.allSatisfy(\.self)
    }

    /// Waits for events, and then long enough that commits keep their distance.
    private func wait() {
        let now = Clock.monotonicMilliseconds()
        let nextPollAtMS = workers.map(\.nextPollAtMS).min() ?? now
        let readable = waiter.wait(for: workers.map(\.descriptor), timeoutMilliseconds: nextPollAtMS - now)
        readEvents(of: readable)
        // A run that is to end has little left to commit.
        guard plan.giveUpAfterMilliseconds == nil, lastCommitAtMS != .min else { return }
        let earliest = lastCommitAtMS + plan.commitIntervalMilliseconds - Clock.monotonicMilliseconds()
        if earliest > 0, !control.isToReturn { waiter.pause(milliseconds: earliest) }
    }

    private func readEvents(of readable: Set<Int32>) {
        for worker in workers where readable.contains(worker.descriptor) { worker.readEvents() }
    }

    /// Drops the oldest calls where the outbox is full and that is wanted; a sixteenth of the room then is free. What a failing
    /// database does not let go stays, and reading waits.
    private func makeRoom() throws(StoreError) {
        let bytesMax = plan.spoolBytesMax
        while plan.dropsOldest, store.outboxBytes >= bytesMax, !control.isStopping {
            do throws(StoreError) {
                let now = try store.dropOldest(downTo: bytesMax - bytesMax / 16, nowMS: Clock.wallMilliseconds())
                if now.isEmpty { break }
                dropped.merge(now, uniquingKeysWith: +)
                droppedAtMS = Clock.monotonicMilliseconds()
            } catch {
                guard error.isTransient else { throw error }
                break
            }
        }
        tellOfDropped()
    }

    private func tellOfDropped() {
        let now = Clock.monotonicMilliseconds()
        guard !dropped.isEmpty, toldOfDroppedAtMS == .min || now - toldOfDroppedAtMS >= Self.droppedTellMilliseconds else { return }
        for (destination, calls) in dropped.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "the outbox is full, the oldest calls were dropped",
                metadata: ["destination": "\(destination)", "calls": "\(calls)", "limit": "\(plan.spoolBytesMax)"])
        }
        dropped = [:]
        toldOfDroppedAtMS = now
    }

    /// Whether there is room for more calls; says so once when that changes.
    private func isReadingAllowed() -> Bool {
        let isFull = store.outboxBytes >= plan.spoolBytesMax
        if isFull != isOutboxFull {
            isOutboxFull = isFull
            if isFull {
                stopCount += 1
                logger.warning(
                    "the outbox is full, reading stops until calls are delivered",
                    metadata: ["bytes": "\(store.outboxBytes)", "limit": "\(plan.spoolBytesMax)"])
            } else {
                logger.notice("the outbox has room again, reading goes on")
            }
        }
        return !isFull
    }

    /// Whether a run that is to end has seen the full outbox unchanged for as long as it may.
    private func hasWaitedEnough() -> Bool {
        guard let patience = plan.giveUpAfterMilliseconds else { return false }
        let (now, bytes) = (Clock.monotonicMilliseconds(), store.outboxBytes)
        if fullOutbox == nil || bytes != fullOutbox!.bytes { fullOutbox = (now, bytes) }
        return now - fullOutbox!.sinceMS >= patience
    }

    /// Commits what was read. While the store fails in a way that may pass, it tries again; nothing is read meanwhile.
    private func commitPatiently() throws(StoreError) {
        while true {
            control.beginTurn()
            do throws(StoreError) {
                try commit()
                if storeFailure != nil { logger.notice("the state can be written again, reading goes on") }
                storeFailure = nil
                return
            } catch {
                guard error.isTransient, !control.isStopping else { throw error }
                if storeFailure == nil {
                    logger.error(
                        "cannot write the state, reading stops until it can be written",
                        metadata: ["path": "\(error.path)", "reason": "\(error.what)", "hint": "\(error.hint ?? "")"])
                }
                storeFailure = error
                control.note(condition)
                _ = trimDeletions()
                waiter.pause(milliseconds: Self.retryMilliseconds)
            }
        }
    }

    private func trimDeletions() -> Bool {
        heldDeletions.trim(workers, nowMS: Clock.monotonicMilliseconds(), logger: logger)
    }

    private func commit() throws(StoreError) {
        let turn = uncommitted ?? takeTurn()
        guard !turn.isEmpty || !isStartStored else { return }
        uncommitted = turn
        var ids = try store.commit(turn)[...]
        uncommitted = nil
        isStartStored = true
        lastCommitAtMS = Clock.monotonicMilliseconds()
        for worker in workers {
            let own = turn.checkpoints.filter { $0.source == worker.name }.count
            worker.didCommit(Array(ids.prefix(own)))
            ids = ids.dropFirst(own)
        }
        if !turn.chunks.isEmpty { onCommit() }
    }

    private func takeTurn() -> Turn {
        var turn = Turn(atMS: Clock.wallMilliseconds())
        builder.take(into: &turn)
        for worker in workers {
            worker.takePosition(into: &turn)
            worker.takeCounters(into: &turn)
            turn.knownSources.insert(worker.name)
        }
        turn.add(stopCount, "reading_stopped", "spool_full")
        stopCount = 0
        return turn
    }
}

extension Turn {
    /// Whether committing it would change nothing, but for the sources that are known to be started.
    fileprivate var isEmpty: Bool {
        chunks.isEmpty && rejected.isEmpty && checkpoints.isEmpty && forgotten.isEmpty && counters.isEmpty && cursors.isEmpty
    }
}
