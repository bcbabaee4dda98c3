// The statements that both sides of the store use.

import Calls
import Foundation
import GRDB

extension Database {
    func insertChunk(_ chunk: CallChunk, atMS: Int64) throws {
        let sql = """
            INSERT INTO chunk(destination, slot, barrier_slot, calls, byte_count, stored_at_ms, entries, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        try cachedStatement(sql: sql).execute(arguments: [
            chunk.destination, Int64(chunk.slot.number), chunk.barrierSlot.map { Int64($0.number) }, chunk.entries.count,
            chunk.bytes.count, atMS, CallEntry.blob(chunk.entries), Data(chunk.bytes),
        ])
    }

    /// - Returns: its id, and what it counts against the bound of all dead letters.
    func insertDeadLetter(_ letter: DeadLetter) throws -> (id: Int64, byteCount: Int64) {
        let sql = """
            INSERT INTO dead_letter(destination, reason, answer, rule, source, offset, at_ms, call, byte_count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        let answer = letter.answer.map { $0.cut(bytesMax: DeadLetter.answerBytesMax) }
        let byteCount = Int64(letter.call.count + (answer?.utf8.count ?? 0))
        try cachedStatement(sql: sql).execute(arguments: [
            letter.destination, letter.reason.rawValue, answer, Int64(letter.rule), Int64(letter.source), Int64(bitPattern: letter.offset),
            letter.atMS, Data(letter.call), byteCount,
        ])
        return (lastInsertedRowID, byteCount)
    }

    func value(of counter: Counter) throws -> Int64 {
        try Int64.fetchOne(cachedStatement(sql: "SELECT value FROM counter WHERE key = ?"), arguments: [counter.key]) ?? 0
    }

    func add(_ counters: [Counter: Int64]) throws {
        let sql = "INSERT INTO counter VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = value + excluded.value"
        for (counter, difference) in counters where difference != 0 {
            try cachedStatement(sql: sql).execute(arguments: [counter.key, difference])
        }
    }

    func keepLatest(_ moments: [Counter: Int64]) throws {
        let sql = "INSERT INTO counter VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)"
        for (counter, moment) in moments { try cachedStatement(sql: sql).execute(arguments: [counter.key, moment]) }
    }
}

extension String {
    /// The longest beginning of at most `bytesMax` bytes of UTF-8 that does not break a scalar.
    fileprivate func cut(bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: bytesMax)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
