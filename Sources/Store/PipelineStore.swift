// The pipeline's side of the store: where sources stand, and the commit of a turn. Calls block until SQLite is done and
// belong on the pipeline's own thread.

import Calls
import Foundation
import GRDB
package import Records
import Synchronization

package final class PipelineStore: Sendable {
    private let connection: Connection
    private let outbox: OutboxSize
    private let shelf: DeadLetterShelf
    private let claims: ChunkClaims
    private let labels = Mutex(KnownLabels())

    /// Chunks that one call of `dropOldest` looks at.
    private static let dropCountMax = 1024

    init(connection: Connection, outbox: OutboxSize, shelf: DeadLetterShelf, claims: ChunkClaims) {
        self.connection = connection
        self.outbox = outbox
        self.shelf = shelf
        self.claims = claims
    }

    /// Makes the whole turn durable, or nothing of it.
    /// - Returns: the ids of the turn's checkpoints, in their order.
    package func commit(_ turn: Turn) throws(StoreError) -> [Int64] {
        var counters = turn.counters
        var bytes = 0
        for chunk in turn.chunks where !chunk.entries.isEmpty {
            counters[.derived(chunk.destination), default: 0] += Int64(chunk.entries.count)
            bytes += chunk.bytes.count
        }
        for letter in turn.rejected {
            counters[.derived(letter.destination), default: 0] += 1
            counters[.deadLettered(letter.destination), default: 0] += 1
            counters[.becameDeadLetter(letter.destination, reason: letter.reason), default: 0] += 1
        }
        let newLabels = labels.withLock { $0.unstored }
        let ids = try connection.transaction { db in
            for (text, number) in newLabels {
                try db.cachedStatement(sql: "INSERT INTO label(id, text) VALUES (?, ?)").execute(arguments: [number, text])
            }
            for chunk in turn.chunks where !chunk.entries.isEmpty { try db.insertChunk(chunk, atMS: turn.atMS) }
            let ids = try turn.checkpoints.map { try save($0, db) }
            for id in turn.forgotten { try db.cachedStatement(sql: "DELETE FROM file WHERE id = ?").execute(arguments: [id]) }
            for source in turn.knownSources {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO source(name) VALUES (?)").execute(arguments: [source])
            }
            for (source, cursor) in turn.cursors {
                let upsert = "INSERT INTO source(name, cursor) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET cursor = excluded.cursor"
                try db.cachedStatement(sql: upsert).execute(arguments: [source, cursor])
            }
            try db.add(counters)
            try db.keepLatest(turn.moments)
            if !turn.rejected.isEmpty { try TraceBook(db)?.add(turn.rejected.map { ($0, TracedCall($0)) }) }
            _ = try shelf.add(turn.rejected, db)
            return ids
        }
        labels.withLock { $0.didStore(newLabels) }
        outbox.change(by: Int64(bytes))
        return ids
    }

    /// The number that stands for `text` (a rule's name, a source with its path) in stored calls; the same for good. A new one is
    /// stored by the next commit, together with the first calls that it may be in, so that to take one costs no disk sync.
    package func label(for text: String) throws(StoreError) -> UInt32 {
        if let known = labels.withLock({ $0[text] }) { return known }
        let (stored, last) = try connection.read { db in
            (
                try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM label WHERE text = ?"), arguments: [text]),
                try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(id), 0) FROM label"))!
            )
        }
        let label = labels.withLock { labels in
            stored.map { labels.remember(text, as: $0) } ?? labels.make(for: text, after: last)
        }
        guard let label else { throw .damaged("label \(stored ?? last) is out of range", path: connection.path) }
        return label
    }

    /// What is known of the files of one source, with ids, in the order in which they were first stored.
    package func fileCheckpoints(source: String) throws(StoreError) -> [FileCheckpoint] {
        let path = connection.path
        return try connection.read { db in
            let sql = """
                SELECT id, path, device, inode, fingerprint, generation, offset, last_seen_seconds, marks, is_finished FROM file
                WHERE source = ? ORDER BY id
                """
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [source]).map { row in
                try FileCheckpoint(row, source: source, databasePath: path)
            }
        }
    }

    /// Whether the source was ever started.
    package func isKnown(source: String) throws(StoreError) -> Bool {
        try connection.read { db in
            try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM source WHERE name = ?"), arguments: [source]) != nil
        }
    }

    /// The cursor of the last journal entry read by the source.
    package func cursor(source: String) throws(StoreError) -> String? {
        try connection.read { db in
            try String.fetchOne(db.cachedStatement(sql: "SELECT cursor FROM source WHERE name = ?"), arguments: [source])
        }
    }

    /// The size of the calls that wait for any destination.
    package var outboxBytes: Int64 { outbox.bytes }

    /// Removes the oldest chunks of all destinations until no more than `bytes` wait, but none that is being sent; in one
    /// transaction of bounded size, so that there may be more to drop.
    /// - Returns: how many calls of which destination were dropped; they are counted as discarded.
    package func dropOldest(downTo bytes: Int64, nowMS: Int64) throws(StoreError) -> [String: Int] {
        let surplus = outbox.bytes - bytes
        guard surplus > 0 else { return [:] }
        let oldest: [(id: Int64, byteCount: Int64)] = try connection.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, byte_count FROM chunk ORDER BY id LIMIT ?"), arguments: [Self.dropCountMax]
            ).map { ($0[0], $0[1]) }
        }
        let free = Set(claims.claimForDropping(oldest.map(\.id)))
        defer { claims.endDropping(Array(free)) }
        let path = connection.path
        let (dropped, freed) = try connection.transaction { db in
            let book = try TraceBook(db)
            var dropped: [String: Int] = [:]
            var freed: Int64 = 0
            for chunk in oldest where free.contains(chunk.id) && freed < surplus {
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT destination, calls, byte_count FROM chunk WHERE id = ?"), arguments: [chunk.id])
                guard let row else { continue }
                if let book, let stored = try SenderStore.chunk(chunk.id, db, path: path) {
                    try book.add(
                        TracedCall.list(stored.chunk, at: stored.chunk.entries.indices, storedAtMS: stored.storedAtMS),
                        destination: row[0], .discarded, reason: "spool_full", atMS: nowMS)
                }
                try db.cachedStatement(sql: "DELETE FROM chunk WHERE id = ?").execute(arguments: [chunk.id])
                dropped[row[0], default: 0] += row[1] as Int
                freed += row[2] as Int64
            }
            try db.add(
                Dictionary(uniqueKeysWithValues: dropped.map { (.discarded($0.key, reason: "spool_full"), Int64($0.value)) }))
            return (dropped, freed)
        }
        outbox.change(by: -freed)
        return dropped
    }

    private func save(_ checkpoint: FileCheckpoint, _ db: Database) throws -> Int64 {
        precondition(checkpoint.marks.count <= FileCheckpoint.marksMax)
        let values: [(any DatabaseValueConvertible)?] = [
            checkpoint.source, checkpoint.path, Int64(bitPattern: checkpoint.device), Int64(bitPattern: checkpoint.inode),
            checkpoint.origin.map { Data($0.fingerprint) }, Int64(checkpoint.origin?.generation ?? 0), Int64(bitPattern: checkpoint.offset),
            checkpoint.lastSeenSeconds, FileCheckpoint.Mark.blob(checkpoint.marks), checkpoint.isFinished,
        ]
        if checkpoint.id == 0 {
            let sql = """
                INSERT INTO file(source, path, device, inode, fingerprint, generation, offset, last_seen_seconds, marks, is_finished)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
            return db.lastInsertedRowID
        }
        let sql = """
            UPDATE file SET source = ?, path = ?, device = ?, inode = ?, fingerprint = ?, generation = ?, offset = ?,
                last_seen_seconds = ?, marks = ?, is_finished = ? WHERE id = ?
            """
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values + [checkpoint.id]))
        guard db.changesCount == 1 else {
            throw StoreError(.failed, "there is no checkpoint \(checkpoint.id) of \(checkpoint.path)", path: connection.path)
        }
        return checkpoint.id
    }
}
