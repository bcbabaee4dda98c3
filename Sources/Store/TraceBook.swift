// Keeps what became of calls, where that is wanted, in the transactions that make it happen: so it is never told of anything that did
// not happen, and nothing that happened is missing. The wish itself is in the database, for other processes move dead letters.
//
// Of a call its head is kept, never its properties; calls that share their fate share a row. The row with the settings counts the
// calls, so that a bound is kept by those who add.

import Calls
import Foundation
import GRDB

/// For one transaction.
struct TraceBook {
    private let db: Database
    private let limits: TraceLimits

    /// Calls in one row: what one request settles, mostly.
    private static let callsPerRow = 1000
    /// Rows that one transaction removes, so that nobody waits long; the rest goes in turns of upkeep.
    private static let rowsPerTurn = 1000
    /// What of the room is free after the oldest went for want of it: a sixteenth, or so many.
    private static let freeCallsMax = 4096

    /// Nil when nothing is to be kept.
    init?(_ db: Database) throws {
        let sql = "SELECT age_max_ms, calls_max FROM trace_state"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql)) else { return nil }
        self.db = db
        limits = TraceLimits(ageMaxMS: row[0], callsMax: row[1])
    }

    /// Begins to keep the trace, changes its bounds, or keeps it no longer (nil); what was kept goes then, in turns of `prune`.
    static func use(_ limits: TraceLimits?, nowMS: Int64, _ db: Database) throws {
        guard let limits else { return try db.execute(sql: "DELETE FROM trace_state") }
        try db.execute(
            sql: "UPDATE trace_state SET age_max_ms = ?, calls_max = ?", arguments: [limits.ageMaxMS, limits.callsMax])
        guard db.changesCount == 0 else { return }
        // What is left of an earlier trace says nothing of the time in between.
        try db.execute(sql: "DELETE FROM trace")
        try db.execute(
            sql: "INSERT INTO trace_state(id, age_max_ms, calls_max, calls, complete_since_ms) VALUES (1, ?, ?, 0, ?)",
            arguments: [limits.ageMaxMS, limits.callsMax, nowMS])
    }

    func add(
        _ calls: [TracedCall], destination: String, _ step: TraceStep, reason: String? = nil, answer: String? = nil, atMS: Int64
    ) throws {
        guard !calls.isEmpty else { return }
        let sql = """
            INSERT INTO trace(destination, step, reason, answer, at_ms, calls, entries, heads) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        for start in stride(from: 0, to: calls.count, by: Self.callsPerRow) {
            let row = calls[start..<min(start + Self.callsPerRow, calls.count)]
            try db.cachedStatement(sql: sql).execute(arguments: [
                destination, step.rawValue, reason, answer?.cut(bytesMax: DeadLetter.answerBytesMax), atMS, row.count,
                TraceEntry.blob(row.map(\.entry)), Data(row.flatMap(\.head)),
            ])
        }
        try db.cachedStatement(sql: "UPDATE trace_state SET calls = calls + ?").execute(arguments: [calls.count])
        _ = try keepWithinCount()
    }

    /// What becomes of the calls that a settlement lets leave the outbox; to be told before they have left.
    func add(_ settlement: Settlement, path: String) throws {
        var departures = Departures(settlement.deadLetters)
        for id in settlement.removed {
            guard let stored = try SenderStore.chunk(id, db, path: path) else { continue }
            departures.add(stored, keeping: nil)
        }
        for (id, rest) in settlement.rewritten {
            guard let stored = try SenderStore.chunk(id, db, path: path) else { continue }
            departures.add(stored, keeping: rest)
        }
        try add(
            departures.delivered, destination: settlement.destination, .delivered, answer: settlement.answer, atMS: settlement.atMS)
        try add(departures.buried)
    }

    /// Calls that became these dead letters.
    func add(_ buried: [(letter: DeadLetter, call: TracedCall)]) throws {
        var rest = buried[...]
        while let first = rest.first?.letter {
            let isAlike = { (letter: DeadLetter) in
                (letter.destination, letter.reason, letter.answer, letter.atMS)
                    == (first.destination, first.reason, first.answer, first.atMS)
            }
            let alike = rest.prefix { isAlike($0.letter) }
            try add(
                alike.map(\.call), destination: first.destination, .deadLetter, reason: first.reason.rawValue, answer: first.answer,
                atMS: first.atMS)
            rest = rest.dropFirst(alike.count)
        }
    }

    /// Removes what is too old or too much, or, when nothing is to be kept, all there is: at most `rowsPerTurn` rows.
    /// - Returns: whether there may be more.
    static func prune(nowMS: Int64, _ db: Database) throws -> Bool {
        guard let book = try TraceBook(db) else {
            try db.cachedStatement(sql: "DELETE FROM trace WHERE id IN (SELECT id FROM trace LIMIT ?)").execute(arguments: [rowsPerTurn])
            return db.changesCount == rowsPerTurn
        }
        let sql = "SELECT id, calls, at_ms FROM trace WHERE at_ms < ? ORDER BY at_ms, id LIMIT ?"
        let old = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [nowMS - book.limits.ageMaxMS, rowsPerTurn])
        try book.forget(old.map { ($0[0], $0[1], $0[2]) }, bound: "max_age")
        let hasMore = try book.keepWithinCount()
        return hasMore || old.count == rowsPerTurn
    }

    /// - Returns: whether there are still too many.
    private func keepWithinCount() throws -> Bool {
        let calls = try Int.fetchOne(db.cachedStatement(sql: "SELECT calls FROM trace_state"))!
        guard calls > limits.callsMax else { return false }
        let surplus = calls - limits.callsMax + min(limits.callsMax / 16, Self.freeCallsMax)
        var oldest: [(id: Int64, calls: Int, atMS: Int64)] = []
        var sum = 0
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT id, calls, at_ms FROM trace ORDER BY at_ms, id LIMIT ?"), arguments: [Self.rowsPerTurn])
        while sum < surplus, let row = try rows.next() {
            oldest.append((row[0], row[1], row[2]))
            sum += row[1] as Int
        }
        try forget(oldest, bound: "max_calls")
        return calls - sum > limits.callsMax
    }

    private func forget(_ rows: [(id: Int64, calls: Int, atMS: Int64)], bound: String) throws {
        guard let last = rows.last else { return }
        for row in rows { try db.cachedStatement(sql: "DELETE FROM trace WHERE id = ?").execute(arguments: [row.id]) }
        let calls = rows.reduce(0) { $0 + $1.calls }
        try db.cachedStatement(sql: "UPDATE trace_state SET calls = calls - ?, complete_since_ms = max(complete_since_ms, ?)").execute(
            arguments: [calls, last.atMS])
        try db.add([.tracesForgotten(bound: bound): Int64(calls)])
    }
}
