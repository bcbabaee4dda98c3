// One search for calls in one state of the database: reads the heads of what is gone, of the dead letters, and of what waits.

import Calls
import Foundation
import GRDB

/// For one transaction.
struct TraceSearch {
    private let db: Database
    private let path: String
    private let encoded: [UInt8]
    private let isPerson: Bool

    init(_ db: Database, _ subject: TraceSubject, path: String) {
        (self.db, self.path) = (db, path)
        let text: String
        switch subject {
        case .user(let id): (text, isPerson) = (id, true)
        case .message(let id): (text, isPerson) = (id, false)
        }
        var bytes: [UInt8] = []
        bytes.appendJSONString(Array(text.utf8).span)
        encoded = Array(bytes.dropFirst().dropLast())
    }

    func trace() throws -> NewestSightings {
        var found = NewestSightings()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT heads, entries, destination, step, reason, answer, at_ms FROM trace ORDER BY id")
        while let row = try rows.next() {
            guard let entries = TraceEntry.list(row[1]), let step = TraceStep(rawValue: row[3]) else { throw damage("rows of the trace") }
            let fact = TraceSighting.Fact.step(step, reason: row[4], answer: row[5])
            try forEachWanted(row, entries.lazy.map { Int($0.headByteCount) }, separatorCount: 0) { index, head in
                let entry = entries[index]
                found.add(
                    TraceSighting(
                        head: head, destination: row[2], rule: entry.rule, source: entry.source, offset: entry.offset,
                        queuedAtMS: entry.queuedAtMS == 0 ? nil : entry.queuedAtMS, atMS: row[6], fact: fact))
            }
        }
        return found
    }

    func deadLetters() throws -> NewestSightings {
        var found = NewestSightings()
        let sql = """
            SELECT substr(call, 1, \(TracedCall.headBytesMax)), destination, rule, source, offset, at_ms, id, reason, answer,
                min(length(call), \(TracedCall.headBytesMax)) FROM dead_letter ORDER BY id
            """
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            try forEachWanted(row, CollectionOfOne(row[9]), separatorCount: 0) { _, head in
                found.add(
                    TraceSighting(
                        head: head, destination: row[1], rule: UInt32(truncatingIfNeeded: row[2] as Int64),
                        source: UInt32(truncatingIfNeeded: row[3] as Int64), offset: UInt64(bitPattern: row[4]), queuedAtMS: nil,
                        atMS: row[5], fact: .isDeadLetter(id: row[6], reason: row[7], answer: row[8])))
            }
        }
        return found
    }

    func outbox() throws -> NewestSightings {
        var found = NewestSightings()
        let rows = try Row.fetchCursor(db, sql: "SELECT bytes, entries, destination, stored_at_ms, id FROM chunk ORDER BY id")
        while let row = try rows.next() {
            guard let entries = CallEntry.list(row[1]) else { throw damage("the calls of a chunk") }
            try forEachWanted(row, entries.lazy.map { Int($0.byteCount) }, separatorCount: 1) { index, head in
                let entry = entries[index]
                found.add(
                    TraceSighting(
                        head: head, destination: row[2], rule: entry.rule, source: entry.source, offset: entry.offset,
                        queuedAtMS: row[3], atMS: row[3], fact: .waits(chunk: row[4])))
            }
        }
        return found
    }

    /// Calls `body` with the number and the head of each wanted call among those that the row's first column holds.
    private func forEachWanted(
        _ row: Row, _ byteCounts: some Sequence<Int>, separatorCount: Int, _ body: (Int, [UInt8]) -> Void
    ) throws {
        try row.withUnsafeData(atIndex: 0) { data in
            let data = data ?? Data()
            let bytes = data.span
            var start = 0
            for (index, byteCount) in byteCounts.enumerated() {
                guard start + byteCount <= bytes.count else { throw damage("the calls of a row") }
                let call = bytes.extracting(start..<start + byteCount)
                start += byteCount + separatorCount
                let isWanted = isPerson ? CallHead.names(encoded.span, in: call) : CallHead.isMessage(encoded.span, in: call)
                if isWanted { body(index, CallHead.cut(call, bytesMax: TracedCall.headBytesMax)) }
            }
        }
    }

    private func damage(_ what: String) -> StoreError { .damaged("\(what) make no sense", path: path) }
}

/// As many of the sightings added last as are kept, and at most twice as many in between.
struct NewestSightings {
    private var sightings: [TraceSighting] = []
    private(set) var isCut = false

    var newest: ArraySlice<TraceSighting> { sightings.suffix(TraceStore.sightingsMax) }

    mutating func add(_ sighting: TraceSighting) {
        sightings.append(sighting)
        if sightings.count > TraceStore.sightingsMax { isCut = true }
        if sightings.count == 2 * TraceStore.sightingsMax { sightings.removeFirst(TraceStore.sightingsMax) }
    }
}
