// The outbox as a person looks at it, from another process than the agent's, while an agent runs or none does: what waits, and
// the wish that some of it be dropped. Nothing here takes the state directory's lock or touches a call.

import Calls
import GRDB

/// Calls that wait for one destination and were made by one rule.
package struct WaitingGroup: Hashable, Sendable {
    package var destination: String
    /// Empty when the store knows it no longer.
    package var rule: String
    package var calls: Int
    /// Of the calls alone.
    package var bytes: Int
    /// When the one that waits longest was stored, in milliseconds since 1970.
    package var oldestStoredAtMS: Int64
    /// Whether calls of this rule are parked; newer ones among them may not be.
    package var isParked: Bool
}

package final class OutboxLedger: Sendable {
    private let connection: Connection

    /// - Throws: `.unusable` where there is no database, `.newerSchema` where it is not of this version.
    package static func open(directory: String) throws(StoreError) -> OutboxLedger {
        OutboxLedger(try Connection(existingIn: directory))
    }

    private init(_ connection: Connection) {
        self.connection = connection
    }

    deinit {
        connection.close()
    }

    /// By destination and rule. Looks at every chunk that waits, though not at its calls.
    package func groups() throws(StoreError) -> [WaitingGroup] {
        struct Key: Hashable {
            var destination: String
            var rule: UInt32
        }
        let path = connection.path
        return try connection.read { db in
            var groups: [Key: WaitingGroup] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT destination, stored_at_ms, entries FROM chunk ORDER BY id")
            while let row = try rows.next() {
                guard let entries = CallEntry.list(row[2]) else {
                    throw StoreError.damaged("the calls of a chunk make no sense", path: path)
                }
                let (destination, storedAtMS): (String, Int64) = (row[0], row[1])
                for entry in entries {
                    let key = Key(destination: destination, rule: entry.rule)
                    var group =
                        groups[key]
                        ?? WaitingGroup(
                            destination: destination, rule: "", calls: 0, bytes: 0, oldestStoredAtMS: storedAtMS, isParked: false)
                    group.calls += 1
                    group.bytes += Int(entry.byteCount)
                    group.oldestStoredAtMS = min(group.oldestStoredAtMS, storedAtMS)
                    groups[key] = group
                }
            }
            for key in groups.keys {
                let label = Int64(key.rule)
                groups[key]?.rule = try String.fetchOne(db, sql: "SELECT text FROM label WHERE id = ?", arguments: [label]) ?? ""
                let parked = "SELECT 1 FROM parked WHERE destination = ? AND rule = ?"
                groups[key]?.isParked = try Int.fetchOne(db, sql: parked, arguments: [key.destination, label]) != nil
            }
            return groups.values.sorted { ($0.destination, $0.rule) < ($1.destination, $1.rule) }
        }
    }

    /// What waits for destinations other than these.
    package func waiting(besides destinations: [String]) throws(StoreError) -> [(destination: String, calls: Int)] {
        try connection.read { try $0.waiting(besides: destinations) }
    }

    /// Wishes that what waits for this destination and was made by this rule be dropped; nil means whichever. See
    /// `SenderStore.carryOutDropRequests`.
    /// - Returns: the number of the wish.
    package func request(droppingFor destination: String?, rule: String?, nowMS: Int64) throws(StoreError) -> Int64 {
        try connection.transaction { db in
            try db.execute(
                sql: "INSERT INTO drop_request(destination, rule, at_ms) VALUES (?, ?, ?)", arguments: [destination, rule, nowMS])
            return db.lastInsertedRowID
        }
    }

    /// How many calls were dropped, and how many were kept because they were on their way; nil while nobody has carried out the wish.
    package func outcome(of request: Int64) throws(StoreError) -> (dropped: Int, kept: Int)? {
        try connection.read { db in
            let sql = "SELECT dropped, kept FROM drop_request WHERE id = ? AND dropped IS NOT NULL"
            return try Row.fetchOne(db, sql: sql, arguments: [request]).map { ($0[0], $0[1]) }
        }
    }

    /// The wish, carried out or not, is forgotten.
    package func withdraw(_ request: Int64) throws(StoreError) {
        try connection.transaction { try $0.execute(sql: "DELETE FROM drop_request WHERE id = ?", arguments: [request]) }
    }
}
