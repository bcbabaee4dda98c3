// The one SQLite database of an agent: checkpoints, outbox, dead letters and counters. One transaction stores the calls of
// a turn together with the position behind the records they came from; see the architecture's first invariant.
//
// Two connections, for the pipeline's thread and for the senders; they meet in SQLite alone. The pipeline's commits wait
// for the disk, the senders' do not: a settlement that a power failure undoes means a second delivery under the same ids.
// A third one is for those who look, and a fourth for those who search, which takes longer.

import GRDB
import Synchronization

package final class Store: Sendable {
    package let pipeline: PipelineStore
    package let sender: SenderStore
    package let observer: ObserverStore
    package let trace: TraceStore
    private let connections: [Connection]
    private let shelf: DeadLetterShelf
    private let lock: Mutex<StateLock?>

    /// Opens the state directory for this process alone, creates what is missing, and brings the database up to date.
    /// - Throws: `.inUse` with the other process's id, `.unusable`, `.newerSchema`, `.damaged`, `.diskFull`, `.failed`.
    package static func open(directory: String, deadLetters: DeadLetterLimits = DeadLetterLimits()) throws(StoreError) -> Store {
        let state = try StateDirectory(preparing: directory)
        let lock = try StateLock(path: state.lockPath)
        let pipeline = try Connection(path: state.databasePath, synchronous: .full)
        try Schema.migrate(pipeline)
        try pipeline.makeShrinkable()
        try Labels.prune(pipeline)
        // Before the pipeline stores what rules make that may have been mended.
        try pipeline.transaction { try SenderStore.closeParking($0) }
        let sender = try Connection(path: state.databasePath, synchronous: .normal)
        let observer = try Connection(path: state.databasePath, synchronous: .normal)
        let searcher = try Connection(path: state.databasePath, synchronous: .normal)
        let (bytes, letterBytes) = try pipeline.read { db in
            (
                try Int64.fetchOne(db, sql: "SELECT coalesce(sum(byte_count), 0) FROM chunk")!,
                try Int64.fetchOne(db, sql: "SELECT coalesce(sum(byte_count), 0) FROM dead_letter")!
            )
        }
        let replayed = try pipeline.read { try $0.value(of: .replayedBytes) }
        let shelf = DeadLetterShelf(limits: deadLetters, bytes: letterBytes)
        return Store(
            lock: lock, pipeline: pipeline, sender: sender, observer: observer, searcher: searcher,
            outbox: OutboxSize(bytes: bytes, replayedBytes: replayed), shelf: shelf)
    }

    private init(
        lock: consuming StateLock, pipeline: Connection, sender: Connection, observer: Connection, searcher: Connection,
        outbox: OutboxSize, shelf: DeadLetterShelf
    ) {
        let claims = ChunkClaims()
        self.pipeline = PipelineStore(connection: pipeline, outbox: outbox, shelf: shelf, claims: claims)
        self.sender = SenderStore(connection: sender, outbox: outbox, shelf: shelf, claims: claims)
        self.observer = ObserverStore(connection: observer)
        trace = TraceStore(connection: searcher)
        connections = [searcher, observer, sender, pipeline]
        self.shelf = shelf
        self.lock = Mutex(lock)
    }

    /// From now on dead letters are kept within these bounds.
    package func use(_ limits: DeadLetterLimits) {
        shelf.use(limits)
    }

    /// Closes the database and lets another process in. Whatever is called afterwards fails.
    package func close() {
        for connection in connections { connection.close() }
        lock.withLock { $0 = nil }
    }
}
