// Which rules' calls are parked. They stay in their chunks at their places in the outbox, count as waiting, and expire and are
// dropped like all others; that they are not sent is the sender's doing, and what is kept here is only whose they are.

import Calls
import Foundation
import GRDB

extension SenderStore {
    /// Rows looked at in one read while a parked call is searched.
    private static let rowsPerSearch = 4096

    /// Lets what comes from now on be tried again, for all destinations: the rules may have changed.
    package func closeParking() async throws(StoreError) {
        try await connection.transaction { try Self.closeParking($0) }
    }

    /// The parked rules of a destination. Only what waits by now is parked; what comes later may be sent.
    package func parkedRules(destination: String) async throws(StoreError) -> [ParkedRule] {
        try await connection.transaction { db in
            try Self.closeParking(db)
            let sql = """
                SELECT rule, (SELECT text FROM label WHERE label.id = rule), up_to, at_ms, answer FROM parked
                WHERE destination = ? ORDER BY rule
                """
            return try Row.fetchAll(db, sql: sql, arguments: [destination]).map { row in
                ParkedRule(
                    rule: UInt32(truncatingIfNeeded: row[0] as Int64), name: row[1] ?? "", upTo: row[2], atMS: row[3], answer: row[4])
            }
        }
    }

    /// From now on the rule's calls are parked, those that are yet to come as well.
    package func park(_ parked: ParkedRule, destination: String) async throws(StoreError) {
        try await connection.transaction { db in
            try db.execute(
                sql: """
                    INSERT INTO parked(destination, rule, up_to, at_ms, answer) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT(destination, rule) DO UPDATE SET up_to = excluded.up_to, at_ms = excluded.at_ms, answer = excluded.answer
                    """,
                arguments: [
                    destination, Int64(parked.rule), parked.upTo, parked.atMS, parked.answer.cut(bytesMax: DeadLetter.answerBytesMax),
                ])
            try db.add([.parked(destination, rule: parked.name): 1])
        }
    }

    /// The rule's calls are no longer parked.
    package func unpark(rule: UInt32, destination: String) async throws(StoreError) {
        try await connection.transaction { db in
            try db.execute(sql: "DELETE FROM parked WHERE destination = ? AND rule = ?", arguments: [destination, Int64(rule)])
        }
    }

    /// The first chunk that holds a call of the rule, without its calls.
    /// - Parameter upTo: the last chunk that is looked at; nil: all are.
    package func firstRow(destination: String, rule: UInt32, upTo: Int64?) async throws(StoreError) -> OutboxRow? {
        let path = connection.path
        var last: Int64 = 0
        while true {
            let after = last
            let (found, next): (OutboxRow?, Int64?) = try await connection.read { db in
                let sql = """
                    SELECT id, slot, barrier_slot, calls, byte_count, stored_at_ms, entries FROM chunk
                    WHERE destination = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?
                    """
                let rows = try Row.fetchCursor(
                    db.cachedStatement(sql: sql), arguments: [destination, after, upTo ?? .max, Self.rowsPerSearch])
                var (count, id) = (0, after)
                while let row = try rows.next() {
                    (count, id) = (count + 1, row[0])
                    guard try row.withUnsafeData(atIndex: 6, { CallEntry.contains(rule: rule, in: $0 ?? Data()) }) else { continue }
                    let (slot, barrierSlot) = try Self.slots(row[1], row[2], path: path)
                    return (
                        OutboxRow(
                            id: id, slot: slot, barrierSlot: barrierSlot, callCount: row[3], byteCount: row[4], storedAtMS: row[5]), nil
                    )
                }
                return (nil, count < Self.rowsPerSearch ? nil : id)
            }
            guard found == nil, let next else { return found }
            last = next
        }
    }

    static func closeParking(_ db: Database) throws {
        // Ids are never used again, so the last one ever given is before all that is yet to come.
        try db.execute(
            sql: """
                UPDATE parked SET up_to = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'chunk'), 0) WHERE up_to IS NULL
                """)
    }
}
