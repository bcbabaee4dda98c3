// Looks into the database behind the store's back, and faults put there.

import Foundation
import GRDB

struct DeadLetterRow {
    var id: String
    var reason: String
    var answer: String?
}

extension SenderFixture {
    /// In the order in which they were buried.
    func deadLetters() throws -> [DeadLetterRow] {
        try DatabaseQueue(path: directory.path + "/eventail.db").read { db in
            try Row.fetchAll(db, sql: "SELECT call, reason, answer FROM dead_letter ORDER BY id").map { row in
                let call = try JSONSerialization.jsonObject(with: row[0] as Data) as? [String: Any]
                return DeadLetterRow(id: call?["messageId"] as? String ?? "", reason: row[1], answer: row[2])
            }
        }
    }

    /// Makes every settlement fail, as a full disk would.
    func failSettlements() throws {
        try DatabaseQueue(path: directory.path + "/eventail.db").write { db in
            try db.execute(sql: "CREATE TRIGGER fail BEFORE DELETE ON chunk BEGIN SELECT RAISE(FAIL, 'no luck'); END")
        }
    }

    func allowSettlements() throws {
        try DatabaseQueue(path: directory.path + "/eventail.db").write { try $0.execute(sql: "DROP TRIGGER fail") }
    }
}
