// A call as the trace keeps it: its head, where it came from, and when it was queued.

import Calls
import Foundation
import GRDB

/// Where a call came from, and how long its head is; see `BlobCoding`.
struct TraceEntry: Hashable {
    var headByteCount: UInt32
    var rule: UInt32
    var source: UInt32
    var offset: UInt64
    /// In milliseconds since 1970; 0: it never was in the outbox, or that is no longer known.
    var queuedAtMS: Int64
}

struct TracedCall: Hashable {
    var head: [UInt8]
    var entry: TraceEntry

    /// A longer head is cut between two members; the ids come early in it.
    static let headBytesMax = 1024

    /// - Parameter call: as it is encoded, or the first `headBytesMax` bytes of it.
    init(_ call: Span<UInt8>, rule: UInt32, source: UInt32, offset: UInt64, queuedAtMS: Int64?) {
        head = CallHead.cut(call, bytesMax: Self.headBytesMax)
        entry = TraceEntry(
            headByteCount: UInt32(head.count), rule: rule, source: source, offset: offset, queuedAtMS: queuedAtMS ?? 0)
    }

    init(_ letter: DeadLetter, queuedAtMS: Int64? = nil) {
        self.init(letter.call.span, rule: letter.rule, source: letter.source, offset: letter.offset, queuedAtMS: queuedAtMS)
    }

    /// Nil when there is no such dead letter.
    init?(deadLetter id: Int64, _ db: Database) throws {
        let sql = "SELECT substr(call, 1, \(Self.headBytesMax)), rule, source, offset FROM dead_letter WHERE id = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { return nil }
        self.init(
            [UInt8](row[0] as Data).span, rule: UInt32(truncatingIfNeeded: row[1] as Int64),
            source: UInt32(truncatingIfNeeded: row[2] as Int64), offset: UInt64(bitPattern: row[3]), queuedAtMS: nil)
    }

    /// The calls at `indices` of a chunk.
    static func list(_ chunk: CallChunk, at indices: some Sequence<Int>, storedAtMS: Int64) -> [TracedCall] {
        let ranges = chunk.callRanges
        return indices.map { index in
            let entry = chunk.entries[index]
            return TracedCall(
                chunk.bytes.span.extracting(ranges[index]), rule: entry.rule, source: entry.source, offset: entry.offset,
                queuedAtMS: storedAtMS)
        }
    }
}
