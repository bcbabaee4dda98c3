// The senders' side of the store: what waits, and how it ends. SQLite's work is done on the connection's own queue, never on
// the cooperative pool, and a cancelled task still learns how its transaction ended.

import Calls
import Foundation
import GRDB

package final class SenderStore: Sendable {
    let connection: Connection
    let outbox: OutboxSize
    let shelf: DeadLetterShelf
    let claims: ChunkClaims

    init(connection: Connection, outbox: OutboxSize, shelf: DeadLetterShelf, claims: ChunkClaims) {
        self.connection = connection
        self.outbox = outbox
        self.shelf = shelf
        self.claims = claims
    }

    /// What waits for the destination beyond the chunk `id`, in the order of reading, at most `countMax` rows.
    package func rows(destination: String, after id: Int64, countMax: Int) async throws(StoreError) -> [OutboxRow] {
        let path = connection.path
        return try await connection.read { db in
            let sql = """
                SELECT id, slot, barrier_slot, calls, byte_count, stored_at_ms FROM chunk
                WHERE destination = ? AND id > ? ORDER BY id LIMIT ?
                """
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [destination, id, countMax]).map { row in
                let (slot, barrierSlot) = try Self.slots(row[1], row[2], path: path)
                return OutboxRow(
                    id: row[0], slot: slot, barrierSlot: barrierSlot, callCount: row[3], byteCount: row[4], storedAtMS: row[5])
            }
        }
    }

    /// The chunks with these ids, in their order; those that no longer wait are left out.
    package func chunks(_ ids: [Int64]) async throws(StoreError) -> [StoredChunk] {
        let path = connection.path
        return try await connection.read { db in
            try ids.compactMap { try Self.chunk($0, db, path: path) }
        }
    }

    /// Makes sure that nobody drops these chunks until `release` is called. To be called before they are read.
    /// - Returns: false when some of them are being dropped right now; then none is claimed.
    package func claim(_ ids: [Int64]) -> Bool { claims.claimForSending(ids) }

    /// What was claimed is settled or waits again.
    package func release(_ ids: [Int64]) { claims.endSending(ids) }

    /// Settles, all or nothing. Every call that leaves the outbox is counted as delivered or dead-lettered; chunks that no
    /// longer wait count for nothing, so settling twice does no harm.
    /// - Returns: the ids of the dead letters, in their order.
    package func settle(_ settlement: Settlement) async throws(StoreError) -> [Int64] {
        let (shelf, path) = (shelf, connection.path)
        let (ids, bytes) = try await connection.transaction { db in
            try TraceBook(db)?.add(settlement, path: path)
            var calls: Int64 = 0
            var bytes: Int64 = 0
            for id in settlement.removed {
                guard let before = try Self.size(id, db) else { continue }
                try db.cachedStatement(sql: "DELETE FROM chunk WHERE id = ?").execute(arguments: [id])
                calls += before.calls
                bytes += before.bytes
            }
            for (id, chunk) in settlement.rewritten {
                guard let before = try Self.size(id, db) else { continue }
                try Self.rewrite(id, chunk, db)
                calls += before.calls - Int64(chunk.entries.count)
                bytes += before.bytes - Int64(chunk.bytes.count)
            }
            let delivered = calls - Int64(settlement.deadLetters.count)
            precondition(delivered >= 0, "more dead letters than calls that left the outbox")
            var counters = settlement.counters
            counters[.delivered(settlement.destination), default: 0] += delivered
            counters[.deadLettered(settlement.destination), default: 0] += Int64(settlement.deadLetters.count)
            for letter in settlement.deadLetters {
                counters[.becameDeadLetter(settlement.destination, reason: letter.reason), default: 0] += 1
            }
            try db.add(counters)
            return (try shelf.add(settlement.deadLetters, db), bytes)
        }
        outbox.change(by: -bytes)
        return ids
    }

    /// Puts dead letters back where they came from, all or nothing: calls of one chunk in the given order, before what is
    /// left of the chunk. Their number leaves the counter of dead letters again.
    package func takeBack(_ letters: [TakenBack], nowMS: Int64) async throws(StoreError) {
        let path = connection.path
        let bytes = try await connection.transaction { db in
            let book = try TraceBook(db)
            var bytes: Int64 = 0
            for id in Set(letters.map(\.chunk)).sorted() {
                let ofChunk = letters.filter { $0.chunk == id }
                let rest = try Self.chunk(id, db, path: path)
                guard let chunk = try Self.restored(ofChunk, before: rest?.chunk, db) else { continue }
                if rest != nil {
                    try Self.rewrite(id, chunk, db)
                } else {
                    try db.insertChunk(chunk, atMS: ofChunk[0].storedAtMS)
                    try db.execute(sql: "UPDATE chunk SET id = ? WHERE id = ?", arguments: [id, db.lastInsertedRowID])
                }
                let restored = chunk.entries.count - (rest?.chunk.entries.count ?? 0)
                let storedAtMS = rest?.storedAtMS ?? ofChunk[0].storedAtMS
                try book?.add(
                    TracedCall.list(chunk, at: 0..<restored, storedAtMS: storedAtMS), destination: chunk.destination, .takenBack,
                    atMS: nowMS)
                bytes += Int64(chunk.bytes.count - (rest?.chunk.bytes.count ?? 0))
                try db.add([.deadLettered(chunk.destination): -Int64(restored)])
            }
            return bytes
        }
        outbox.change(by: bytes)
    }

    /// All persisted counters.
    package func counters() async throws(StoreError) -> [Counter: Int64] {
        try await connection.read { try Self.counters($0) }
    }

    package func outboxTotals(destination: String) async throws(StoreError) -> OutboxTotals {
        try await connection.read { try Self.totals(destination, $0) }
    }

    /// What waits for destinations other than these, where there is something.
    package func waiting(besides destinations: [String]) async throws(StoreError) -> [(destination: String, calls: Int)] {
        try await connection.read { try $0.waiting(besides: destinations) }
    }

    /// What the label stands for; nil when there is no such label.
    package func text(ofLabel label: UInt32) async throws(StoreError) -> String? {
        try await connection.read { db in
            try String.fetchOne(db.cachedStatement(sql: "SELECT text FROM label WHERE id = ?"), arguments: [Int64(label)])
        }
    }

    static func counters(_ db: Database) throws -> [Counter: Int64] {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT key, value FROM counter"))
        return Dictionary(uniqueKeysWithValues: rows.map { (Counter(key: $0[0]), $0[1]) })
    }

    private static func totals(_ destination: String, _ db: Database) throws -> OutboxTotals {
        let sql = """
            SELECT count(*), coalesce(sum(calls), 0), coalesce(sum(byte_count), 0), min(stored_at_ms) FROM chunk WHERE destination = ?
            """
        let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [destination])!
        return OutboxTotals(chunks: row[0], calls: row[1], bytes: row[2], oldestStoredAtMS: row[3])
    }

    static func chunk(_ id: Int64, _ db: Database, path: String) throws -> StoredChunk? {
        let sql = "SELECT destination, slot, barrier_slot, stored_at_ms, entries, bytes FROM chunk WHERE id = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { return nil }
        let (slot, barrierSlot) = try slots(row[1], row[2], path: path)
        let bytes = try row.withUnsafeData(atIndex: 5) { [UInt8]($0 ?? Data()) }
        guard
            let entries = CallEntry.list(row[4]), !entries.isEmpty,
            bytes.count == entries.reduce(entries.count - 1, { $0 + Int($1.byteCount) })
        else { throw StoreError.damaged("the calls of chunk \(id) make no sense", path: path) }
        return StoredChunk(
            id: id, storedAtMS: row[3],
            chunk: CallChunk(destination: row[0], slot: slot, barrierSlot: barrierSlot, bytes: bytes, entries: entries))
    }

    static func slots(_ slot: Int64, _ barrierSlot: Int64?, path: String) throws -> (Slot, Slot?) {
        func checked(_ number: Int64) throws -> Slot {
            guard (0..<Int64(Slot.count)).contains(number) else { throw StoreError.damaged("there is no slot \(number)", path: path) }
            return Slot(number: UInt8(number))
        }
        return (try checked(slot), try barrierSlot.map(checked))
    }

    private static func size(_ id: Int64, _ db: Database) throws -> (calls: Int64, bytes: Int64)? {
        let statement = try db.cachedStatement(sql: "SELECT calls, byte_count FROM chunk WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map { ($0[0], $0[1]) }
    }

    static func rewrite(_ id: Int64, _ chunk: CallChunk, _ db: Database) throws {
        precondition(!chunk.entries.isEmpty, "a chunk without calls is removed, not rewritten")
        let sql = "UPDATE chunk SET calls = ?, byte_count = ?, entries = ?, bytes = ? WHERE id = ?"
        try db.cachedStatement(sql: sql).execute(arguments: [
            chunk.entries.count, chunk.bytes.count, CallEntry.blob(chunk.entries), Data(chunk.bytes), id,
        ])
    }

    /// The dead letters as a chunk that ends with the calls of `rest`; nil when none of the letters is there any more.
    private static func restored(_ letters: [TakenBack], before rest: CallChunk?, _ db: Database) throws -> CallChunk? {
        var restored: CallChunk?
        for letter in letters {
            let sql = "SELECT destination, rule, source, offset, call FROM dead_letter WHERE id = ?"
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [letter.deadLetter]) else { continue }
            var chunk = restored ?? CallChunk(destination: row[0], slot: letter.slot, barrierSlot: letter.barrierSlot)
            let call = [UInt8](row[4] as Data)
            let entry = CallEntry(
                byteCount: UInt32(call.count), rule: UInt32(truncatingIfNeeded: row[1] as Int64),
                source: UInt32(truncatingIfNeeded: row[2] as Int64), offset: UInt64(bitPattern: row[3]))
            chunk.append(call.span, entry)
            restored = chunk
            try db.cachedStatement(sql: "DELETE FROM dead_letter WHERE id = ?").execute(arguments: [letter.deadLetter])
        }
        if let rest {
            for (range, entry) in zip(rest.callRanges, rest.entries) { restored?.append(rest.bytes.span.extracting(range), entry) }
        }
        return restored
    }
}
