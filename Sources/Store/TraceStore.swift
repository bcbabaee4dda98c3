// Searches for calls wherever they may be: in the trace, among the dead letters, in the outbox. Each is read once from end to end,
// in one state of the database, on a connection of its own: so however much waits, nobody else does.

import Calls
import Foundation
import GRDB

package final class TraceStore: Sendable {
    private let connection: Connection

    /// Sightings of a kind that are kept at once: what became of calls, dead letters, calls that wait.
    package static let sightingsMax = 10_000

    init(connection: Connection) {
        self.connection = connection
    }

    /// Begins to keep what becomes of calls, changes the bounds, or keeps it no longer (nil). Other processes that work on the
    /// same database do the same from then on.
    package func keep(_ limits: TraceLimits?, nowMS: Int64) throws(StoreError) {
        try connection.transaction { try TraceBook.use(limits, nowMS: nowMS, $0) }
    }

    package func keep(_ limits: TraceLimits?, nowMS: Int64) async throws(StoreError) {
        try await connection.transaction { try TraceBook.use(limits, nowMS: nowMS, $0) }
    }

    /// Everything that is known of the calls. Takes as long as it takes to read the outbox.
    package func find(_ subject: TraceSubject) async throws(StoreError) -> TraceFindings {
        let path = connection.path
        return try await connection.snapshot { db in
            let search = TraceSearch(db, subject, path: path)
            let completeSinceMS = try Int64.fetchOne(db, sql: "SELECT complete_since_ms FROM trace_state")
            let parts = [completeSinceMS == nil ? NewestSightings() : try search.trace(), try search.deadLetters(), try search.outbox()]
            let sightings = parts.flatMap(\.newest)
            var labels: [UInt32: String] = [:]
            for label in Set(sightings.flatMap { [$0.rule, $0.source] }) {
                labels[label] = try String.fetchOne(
                    db.cachedStatement(sql: "SELECT text FROM label WHERE id = ?"), arguments: [Int64(label)])
            }
            return TraceFindings(
                completeSinceMS: completeSinceMS, sightings: sightings, labels: labels, isCut: parts.contains { $0.isCut })
        }
    }
}
