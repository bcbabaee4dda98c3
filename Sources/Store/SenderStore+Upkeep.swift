// What has to be done now and then beside sending, in turns of bounded size: dead letters past their age go, space that is no
// longer needed goes back to the file system, what another process put into the outbox is noticed, and the trace is kept within its
// bounds.

import GRDB

extension SenderStore {
    /// Free space within the database up to this size is kept for what comes next.
    package static let freeBytesKept = 16 << 20
    /// Shrinking begins when there is more free space than this, so that the daily ups and downs do not start it.
    package static let freeBytesMax = 2 * freeBytesKept
    /// Moved in one turn of shrinking; the other connection waits no longer than that takes.
    static let shrinkBytesPerTurn = 2 << 20
    /// Dead letters removed in one turn.
    package static let lettersPerTurn = 1000

    /// Removes dead letters that are too old, at most `lettersPerTurn`.
    /// - Returns: how many were removed; they are counted as discarded.
    package func removeOldDeadLetters(nowMS: Int64) async throws(StoreError) -> Int {
        let shelf = shelf
        return try await connection.transaction { db in
            try shelf.removeExpired(nowMS: nowMS, countMax: Self.lettersPerTurn, db)
        }
    }

    /// Removes some of what the trace keeps too long, or keeps although it is not to be kept any more.
    /// - Returns: whether there may be more to remove.
    package func pruneTrace(nowMS: Int64) async throws(StoreError) -> Bool {
        try await connection.transaction { try TraceBook.prune(nowMS: nowMS, $0) }
    }

    /// Whether another process has added to the outbox since this was last asked. Its size is right again then.
    package func noticeReplays() async throws(StoreError) -> Bool {
        outbox.notice(replayedBytes: try await connection.read { try $0.value(of: .replayedBytes) })
    }

    /// Gives some free space back to the file system, when there is much of it or `isUnderWay`. The file itself becomes smaller
    /// when the write-ahead log is copied into it, at the latest with the last turn, which also empties that log.
    /// - Returns: whether there is more to give back.
    package func shrink(isUnderWay: Bool) async throws(StoreError) -> Bool {
        try await connection.read { db in
            let pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size")!
            let freeBytes = { try Int.fetchOne(db, sql: "PRAGMA freelist_count")! * pageBytes }
            guard try freeBytes() > (isUnderWay ? Self.freeBytesKept : Self.freeBytesMax),
                try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
            else { return false }
            try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.shrinkBytesPerTurn / pageBytes))")
            if try freeBytes() > Self.freeBytesKept { return true }
            // Another connection's read in progress makes this do less; then the next checkpoint does it.
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            return false
        }
    }
}
