// The dead letters as a person deals with them, from another process than the agent's, while an agent runs or none does.
// Nothing here takes the state directory's lock; SQLite keeps the two apart, and each change is one transaction of bounded
// size. What is sent again goes into the outbox outside the order of its person, and the agent notices by a counter.

import Calls
import Foundation
import GRDB

/// Which letters are meant; what is nil does not matter.
package struct DeadLetterSelection: Hashable, Sendable {
    package var ids: [Int64]?
    package var destination: String?
    package var rule: String?
    package var reason: DeadLetter.Reason?
    /// In milliseconds since 1970: the first moment that counts, and the first that does no longer.
    package var fromMS: Int64?
    package var untilMS: Int64?

    package init() {}

    /// A condition over the table `dead_letter` and its arguments.
    fileprivate var condition: (sql: String, arguments: StatementArguments) {
        var parts = ["1"]
        var arguments = StatementArguments()
        func add(_ part: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            parts.append(part)
            arguments += [value]
        }
        if let ids { parts.append("id IN (\(ids.map(String.init).joined(separator: ",")))") }
        add("destination = ?", destination)
        add("rule = (SELECT id FROM label WHERE text = ?)", rule)
        add("reason = ?", reason?.rawValue)
        add("at_ms >= ?", fromMS)
        add("at_ms < ?", untilMS)
        return (parts.joined(separator: " AND "), arguments)
    }
}

/// A dead letter with its id, and with the names that it refers to by number.
package struct StoredDeadLetter: Hashable, Sendable {
    package var id: Int64
    package var letter: DeadLetter
    /// The reason as it is stored; a newer version may know more of them.
    package var reason: String
    package var rule: String
    /// `NAME:PATH`; empty when the store knows it no longer.
    package var source: String
}

package final class DeadLetterBox: Sendable {
    private let connection: Connection

    /// Letters in one page, and moved or removed in one transaction.
    package static let pageCount = 500

    /// - Throws: `.unusable` where there is no database, `.newerSchema` where it is not of this version.
    package static func open(directory: String) throws(StoreError) -> DeadLetterBox {
        DeadLetterBox(try Connection(existingIn: directory))
    }

    private init(_ connection: Connection) {
        self.connection = connection
    }

    deinit {
        connection.close()
    }

    /// The selected letters beyond `id`, oldest first, at most `countMax`.
    package func letters(_ selection: DeadLetterSelection, after id: Int64, countMax: Int) throws(StoreError) -> [StoredDeadLetter] {
        try connection.read { db in try Self.fetch(selection, after: id, upTo: .max, countMax: countMax, db) }
    }

    package func count(_ selection: DeadLetterSelection) throws(StoreError) -> Int {
        let condition = selection.condition
        return try connection.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM dead_letter WHERE \(condition.sql)", arguments: condition.arguments)!
        }
    }

    /// Puts the selected letters back into the outbox, with their ids.
    /// - Parameter includesOwn: also those that the agent itself kept back; see `DeadLetter.Reason.isOurOwn`.
    /// - Returns: how many wait again, and how many of the selected were kept back.
    package func retry(_ selection: DeadLetterSelection, includesOwn: Bool, nowMS: Int64) throws(StoreError) -> (sent: Int, kept: Int) {
        var (sent, kept) = (0, 0)
        try forEachPage(selection) { letters, db in
            let chosen = letters.filter { includesOwn || !$0.letter.reason.isOurOwn }
            try Self.trace(chosen, .putBack, atMS: nowMS, db)
            kept += letters.count - chosen.count
            sent += chosen.count
            var chunks: [String: CallChunk] = [:]
            var (bytes, counters): (Int64, [Counter: Int64]) = (0, [:])
            for (number, stored) in chosen.enumerated() {
                let letter = stored.letter
                // Any slot will do; different ones let the lanes share the work.
                let slot = Slot(number: UInt8(number / Self.callsPerChunk % Slot.count))
                var chunk = chunks[letter.destination] ?? CallChunk(destination: letter.destination, slot: slot)
                let entry = CallEntry(
                    byteCount: UInt32(letter.call.count), rule: letter.rule, source: letter.source, offset: letter.offset)
                chunk.append(letter.call.span, entry)
                chunks[letter.destination] = chunk
                if chunk.entries.count == Self.callsPerChunk {
                    try db.insertChunk(chunk, atMS: nowMS)
                    bytes += Int64(chunk.bytes.count)
                    chunks[letter.destination] = nil
                }
                counters[.deadLettered(letter.destination), default: 0] -= 1
                counters[.replayed(letter.destination), default: 0] += 1
                try Self.remove(stored.id, db)
            }
            for chunk in chunks.values {
                try db.insertChunk(chunk, atMS: nowMS)
                bytes += Int64(chunk.bytes.count)
            }
            counters[.replayedBytes] = bytes
            try db.add(counters)
        }
        return (sent, kept)
    }

    /// Removes the selected letters for good; they are counted as discarded.
    /// - Returns: how many there were.
    package func drop(_ selection: DeadLetterSelection, nowMS: Int64) throws(StoreError) -> Int {
        var dropped = 0
        try forEachPage(selection) { letters, db in
            try Self.trace(letters, .discarded, reason: "dropped", atMS: nowMS, db)
            var counters: [Counter: Int64] = [:]
            for stored in letters {
                try Self.remove(stored.id, db)
                counters[.deadLettered(stored.letter.destination), default: 0] -= 1
                counters[.discarded(stored.letter.destination, reason: "dropped"), default: 0] += 1
            }
            try db.add(counters)
            dropped += letters.count
        }
        return dropped
    }

    /// Small enough to be told apart quickly when the receiver refuses one again.
    private static let callsPerChunk = 64

    /// Calls `body` for the letters that are there now, page by page, each in a transaction; not for those that come meanwhile.
    private func forEachPage(
        _ selection: DeadLetterSelection, _ body: ([StoredDeadLetter], Database) throws -> Void
    ) throws(StoreError) {
        let last: Int64 = try connection.read { db in try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM dead_letter")! }
        var id: Int64 = 0
        var isDone = false
        while !isDone {
            id = try connection.transaction { db in
                let letters = try Self.fetch(selection, after: id, upTo: last, countMax: Self.pageCount, db)
                isDone = letters.count < Self.pageCount
                try body(letters, db)
                return letters.last?.id ?? id
            }
        }
    }

    private static func fetch(
        _ selection: DeadLetterSelection, after id: Int64, upTo last: Int64, countMax: Int, _ db: Database
    ) throws -> [StoredDeadLetter] {
        let condition = selection.condition
        let sql = """
            SELECT id, destination, reason, answer, rule, source, offset, at_ms, call,
                (SELECT text FROM label WHERE label.id = rule), (SELECT text FROM label WHERE label.id = source)
            FROM dead_letter WHERE \(condition.sql) AND id > ? AND id <= ? ORDER BY id LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: condition.arguments + [id, last, countMax]).map { row in
            let reason: String = row[2]
            let letter = DeadLetter(
                destination: row[1], call: [UInt8](row[8] as Data), reason: DeadLetter.Reason(rawValue: reason) ?? .refused,
                answer: row[3], rule: UInt32(truncatingIfNeeded: row[4] as Int64), source: UInt32(truncatingIfNeeded: row[5] as Int64),
                offset: UInt64(bitPattern: row[6]), atMS: row[7])
            return StoredDeadLetter(id: row[0], letter: letter, reason: reason, rule: row[9] ?? "", source: row[10] ?? "")
        }
    }

    private static func trace(
        _ letters: [StoredDeadLetter], _ step: TraceStep, reason: String? = nil, atMS: Int64, _ db: Database
    ) throws {
        guard let book = try TraceBook(db) else { return }
        for (destination, letters) in Dictionary(grouping: letters, by: \.letter.destination) {
            try book.add(letters.map { TracedCall($0.letter) }, destination: destination, step, reason: reason, atMS: atMS)
        }
    }

    private static func remove(_ id: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM dead_letter WHERE id = ?").execute(arguments: [id])
    }
}
