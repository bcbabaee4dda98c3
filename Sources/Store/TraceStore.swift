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

/// One search in one state of the database.
private struct TraceSearch {
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
            guard let entries = TraceEntry.list(row[1]), let step = TraceStep(rawValue: row[3]) else { throw damage("the trace") }
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
private struct NewestSightings {
    private var sightings: [TraceSighting] = []
    private(set) var isCut = false

    var newest: ArraySlice<TraceSighting> { sightings.suffix(TraceStore.sightingsMax) }

    mutating func add(_ sighting: TraceSighting) {
        sightings.append(sighting)
        if sightings.count > TraceStore.sightingsMax { isCut = true }
        if sightings.count == 2 * TraceStore.sightingsMax { sightings.removeFirst(TraceStore.sightingsMax) }
    }
}
