// Keeps dead letters within their bounds, in the transactions that add to them, so that no burst can outrun a clean-up.
//
// Their size is known in memory from above only: another process may take letters away, and a transaction may fail after it
// counted. When the size seems to pass the bound it is read from the database, and the oldest letters go until a sixteenth of
// the room is free.

import GRDB
import Synchronization

final class DeadLetterShelf: Sendable {
    private let inForce: Mutex<DeadLetterLimits>
    private let bytes: Atomic<Int64>

    init(limits: DeadLetterLimits, bytes: Int64) {
        inForce = Mutex(limits)
        self.bytes = Atomic(bytes)
    }

    func use(_ limits: DeadLetterLimits) {
        inForce.withLock { $0 = limits }
    }

    private var limits: DeadLetterLimits { inForce.withLock { $0 } }

    /// Stores the letters, and removes the oldest ones where there are too many then.
    /// - Returns: the ids of the stored letters, in their order; some of them may be removed already.
    func add(_ letters: [DeadLetter], _ db: Database) throws -> [Int64] {
        guard !letters.isEmpty else { return [] }
        var ids: [Int64] = []
        var added: Int64 = 0
        for letter in letters {
            let (id, byteCount) = try db.insertDeadLetter(letter)
            ids.append(id)
            added += byteCount
        }
        let sum = bytes.wrappingAdd(added, ordering: .relaxed).newValue
        if sum > Int64(limits.bytesMax) { try removeOldest(nowMS: letters.last!.atMS, db) }
        return ids
    }

    /// Removes letters that are too old, at most `countMax` of them.
    /// - Returns: how many were removed.
    func removeExpired(nowMS: Int64, countMax: Int, _ db: Database) throws -> Int {
        guard let ageMaxMS = limits.ageMaxMS else { return 0 }
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, destination, byte_count FROM dead_letter WHERE at_ms < ? ORDER BY at_ms, id LIMIT ?"),
            arguments: [nowMS - ageMaxMS, countMax])
        try remove(rows.map { ($0[0], $0[1], $0[2]) }, reason: "dead_letter_age", nowMS: nowMS, db)
        return rows.count
    }

    private func removeOldest(nowMS: Int64, _ db: Database) throws {
        let bytesMax = limits.bytesMax
        var sum = try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(sum(byte_count), 0) FROM dead_letter"))!
        bytes.store(sum, ordering: .relaxed)
        guard sum > Int64(bytesMax) else { return }
        let goal = Int64(bytesMax - bytesMax / 16)
        var surplus: [(Int64, String, Int64)] = []
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT id, destination, byte_count FROM dead_letter ORDER BY at_ms, id"))
        while sum > goal, let row = try rows.next() {
            surplus.append((row[0], row[1], row[2]))
            sum -= row[2] as Int64
        }
        try remove(surplus, reason: "dead_letters_full", nowMS: nowMS, db)
    }

    private func remove(
        _ letters: [(id: Int64, destination: String, byteCount: Int64)], reason: String, nowMS: Int64, _ db: Database
    ) throws {
        var counters: [Counter: Int64] = [:]
        let book = try TraceBook(db)
        for letter in letters {
            if let book, let call = try TracedCall(deadLetter: letter.id, db) {
                try book.add([call], destination: letter.destination, .discarded, reason: reason, atMS: nowMS)
            }
            try db.cachedStatement(sql: "DELETE FROM dead_letter WHERE id = ?").execute(arguments: [letter.id])
            bytes.wrappingSubtract(letter.byteCount, ordering: .relaxed)
            counters[.deadLettered(letter.destination), default: 0] -= 1
            counters[.discarded(letter.destination, reason: reason), default: 0] += 1
        }
        try db.add(counters)
    }
}
