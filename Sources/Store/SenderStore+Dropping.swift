// Calls that wait and that a person wants no longer: removed for good, counted as discarded. The wish comes from another process
// and is a row of the database, so that whoever holds the state directory carries it out, at peace with what is being sent.

import Calls
import Foundation
import GRDB

extension SenderStore {
    /// Chunks looked at in one read, and rewritten or removed in one transaction.
    private static let chunksPerDrop = 256
    /// How long an outcome that nobody asked for is kept.
    private static let outcomeAgeMaxMS: Int64 = 3_600_000

    /// Carries out what was wished for with `OutboxLedger.request`.
    /// - Returns: whether there was anything.
    package func carryOutDropRequests(nowMS: Int64) async throws(StoreError) -> Bool {
        let requests: [(id: Int64, destination: String?, rule: String?)] = try await connection.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, destination, rule FROM drop_request WHERE dropped IS NULL ORDER BY id")
            ).map { ($0[0], $0[1], $0[2]) }
        }
        for request in requests {
            let (dropped, kept) = try await drop(destination: request.destination, rule: request.rule, nowMS: nowMS)
            try await connection.transaction { db in
                try db.execute(
                    sql: "UPDATE drop_request SET dropped = ?, kept = ? WHERE id = ?", arguments: [dropped, kept, request.id])
                try db.execute(sql: "DELETE FROM drop_request WHERE at_ms < ?", arguments: [nowMS - Self.outcomeAgeMaxMS])
            }
        }
        return !requests.isEmpty
    }

    /// Removes what waits now; nil means whichever.
    /// - Returns: how many calls were removed, and how many were kept because they are on their way.
    package func drop(destination: String?, rule: String?, nowMS: Int64) async throws(StoreError) -> (dropped: Int, kept: Int) {
        let (last, label): (Int64, UInt32?) = try await connection.read { db in
            let label = try Int64.fetchOne(db, sql: "SELECT id FROM label WHERE text = ?", arguments: [rule])
            return (try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM chunk")!, label.map { UInt32(truncatingIfNeeded: $0) })
        }
        var (dropped, kept) = (0, 0)
        guard rule == nil || label != nil else { return (0, 0) }
        var id: Int64 = 0
        while id < last {
            let after = id
            let page: [Int64: Int] = try await connection.read { db in
                let sql = """
                    SELECT id, entries FROM chunk WHERE id > ? AND id <= ? AND (?3 IS NULL OR destination = ?3)
                    ORDER BY id LIMIT \(Self.chunksPerDrop)
                    """
                let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [after, last, destination])
                return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], CallEntry.count(ofRule: label, in: $0[1])) })
            }
            id = page.count < Self.chunksPerDrop ? last : page.keys.max()!
            let concerned = page.filter { $0.value > 0 }.map(\.key).sorted()
            let free = claims.claimForDropping(concerned)
            defer { claims.endDropping(free) }
            kept += Set(concerned).subtracting(free).reduce(0) { $0 + page[$1]! }
            dropped += try await remove(rule: label, from: free, nowMS: nowMS)
        }
        return (dropped, kept)
    }

    private func remove(rule: UInt32?, from ids: [Int64], nowMS: Int64) async throws(StoreError) -> Int {
        let path = connection.path
        let (dropped, bytes): (Int, Int64) = try await connection.transaction { db in
            var (dropped, bytes): (Int, Int64) = (0, 0)
            var counters: [Counter: Int64] = [:]
            let book = try TraceBook(db)
            for id in ids {
                guard let stored = try Self.chunk(id, db, path: path) else { continue }
                let chunk = stored.chunk
                let unwanted = chunk.entries.indices.filter { rule == nil || chunk.entries[$0].rule == rule }
                let rest = chunk.removing(Set(unwanted))
                if rest.entries.isEmpty {
                    try db.cachedStatement(sql: "DELETE FROM chunk WHERE id = ?").execute(arguments: [id])
                } else {
                    try Self.rewrite(id, rest, db)
                }
                try book?.add(
                    TracedCall.list(chunk, at: unwanted, storedAtMS: stored.storedAtMS), destination: chunk.destination, .discarded,
                    reason: "dropped", atMS: nowMS)
                dropped += unwanted.count
                bytes += Int64(chunk.bytes.count - rest.bytes.count)
                counters[.discarded(chunk.destination, reason: "dropped"), default: 0] += Int64(unwanted.count)
            }
            try db.add(counters)
            return (dropped, bytes)
        }
        outbox.change(by: -bytes)
        return dropped
    }
}
