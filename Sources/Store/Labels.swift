// The names that stored calls refer to by number. Logs with a date in their name make new ones every day, so those that no
// call refers to any more are removed: when the store is opened, because later the pipeline knows them by heart.

import Calls
import Foundation
import GRDB

enum Labels {
    /// Fewer are left alone.
    static let countMax = 10_000

    static func prune(_ connection: Connection) throws(StoreError) {
        let path = connection.path
        try connection.transaction { db in
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM label")! > countMax else { return }
            var used = Set(
                try Int64.fetchAll(
                    db, sql: "SELECT rule FROM dead_letter UNION SELECT source FROM dead_letter UNION SELECT rule FROM parked"))
            let rows = try Row.fetchCursor(db, sql: "SELECT entries FROM chunk")
            while let row = try rows.next() {
                guard let entries = CallEntry.list(row[0] as Data) else {
                    throw StoreError.damaged("the calls of a chunk make no sense", path: path)
                }
                for entry in entries {
                    used.insert(Int64(entry.rule))
                    used.insert(Int64(entry.source))
                }
            }
            let traces = try Row.fetchCursor(db, sql: "SELECT entries FROM trace")
            while let row = try traces.next() {
                guard let entries = TraceEntry.list(row[0] as Data) else {
                    throw StoreError.damaged("the trace makes no sense", path: path)
                }
                for entry in entries { used.formUnion([Int64(entry.rule), Int64(entry.source)]) }
            }
            for id in try Int64.fetchAll(db, sql: "SELECT id FROM label") where !used.contains(id) {
                try db.cachedStatement(sql: "DELETE FROM label WHERE id = ?").execute(arguments: [id])
            }
        }
    }
}
