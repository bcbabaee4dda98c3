// A dead letter as it lies in the database.

import Foundation
import GRDB

struct DeadLetterRow {
    var call: [UInt8]
    var reason: String
    var answer: String?

    static func fetch(_ db: Database) throws -> DeadLetterRow {
        let row = try Row.fetchOne(db, sql: "SELECT call, reason, answer FROM dead_letter")!
        return DeadLetterRow(call: [UInt8](row[0] as Data), reason: row[1], answer: row[2])
    }
}
