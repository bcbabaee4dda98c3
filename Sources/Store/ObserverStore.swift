// The store as people and monitors see it: one state of the database at a time, on a connection of its own, so that a look holds
// up neither the pipeline nor a sender. In write-ahead mode a reader and a writer never wait for each other.

import GRDB

/// The books of one moment: for each destination `derived = delivered + dead_lettered + discarded + waiting`.
package struct StoreBooks: Sendable {
    package var counters: [Counter: Int64]
    /// By destination; one for which nothing waits is not here.
    fileprivate var outbox: [String: OutboxTotals]

    /// What waits for the destination.
    package func waiting(for destination: String) -> OutboxTotals {
        outbox[destination] ?? OutboxTotals(chunks: 0, calls: 0, bytes: 0, oldestStoredAtMS: nil)
    }
}

package final class ObserverStore: Sendable {
    private let connection: Connection

    init(connection: Connection) {
        self.connection = connection
    }

    package func books() async throws(StoreError) -> StoreBooks {
        try await connection.snapshot { db in
            let sql = "SELECT destination, count(*), sum(calls), sum(byte_count), min(stored_at_ms) FROM chunk GROUP BY destination"
            let rows = try Row.fetchAll(db.cachedStatement(sql: sql))
            let waiting = rows.map { row in
                (row[0] as String, OutboxTotals(chunks: row[1], calls: row[2], bytes: row[3], oldestStoredAtMS: row[4]))
            }
            return StoreBooks(counters: try SenderStore.counters(db), outbox: Dictionary(uniqueKeysWithValues: waiting))
        }
    }
}
