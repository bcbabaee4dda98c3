// One connection to the database: how it is opened, transactions on the calling thread or off the cooperative pool, and
// SQLite's result codes as errors for people.

import GRDB

final class Connection: Sendable {
    /// What a commit waits for. `full`: the disk holds it, so that a power failure cannot undo it. `normal`: the next full
    /// commit or checkpoint will see to that; a power failure may undo it, never tear it.
    enum Synchronous: String {
        case full = "FULL"
        case normal = "NORMAL"
    }

    let path: String
    private let queue: DatabaseQueue

    /// How long a transaction waits for the other connection's before it gives up.
    static let busyTimeoutSeconds = 10.0
    /// The write-ahead log is cut back to this size once it has been copied into the database.
    static let walBytesMax = 16 * 1024 * 1024

    /// A larger database is not rewritten as a whole.
    static let rewriteBytesMax = 64 * 1024 * 1024

    init(path: String, synchronous: Synchronous) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
        configuration.foreignKeysEnabled = false
        configuration.label = "eventail.store.\(synchronous.rawValue.lowercased())"
        configuration.prepareDatabase { db in
            // Said of a database that is there, it would be written, and waited for the disk, each time.
            if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = \(synchronous.rawValue);
                    PRAGMA secure_delete = ON;
                    PRAGMA journal_size_limit = \(Self.walBytesMax);
                    """)
        }
        queue = try Self.translating(path) { try DatabaseQueue(path: path, configuration: configuration) }
    }

    /// Runs `body` in one transaction (BEGIN IMMEDIATE) and waits for it; all of it is committed, or nothing.
    func transaction<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) {
            try queue.writeWithoutTransaction { db in try Self.transaction(db, .immediate, body) }
        }
    }

    /// Reads on the calling thread. `body` sees one state of the database per statement.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) { try queue.writeWithoutTransaction(body) }
    }

    /// Like `transaction`, on the connection's own queue. Cancelling the task does not cancel the transaction: its outcome
    /// is what the caller learns.
    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await offThePool { db in try Self.transaction(db, .immediate, body) }
    }

    /// Like `read`, on the connection's own queue.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value {
        try await offThePool(body)
    }

    /// Reads on the connection's own queue. `body` sees one state of the database throughout.
    func snapshot<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value {
        try await offThePool { db in try Self.transaction(db, .deferred, body) }
    }

    /// Lets the file shrink again where an older version made it so that it only grows. Rewrites the database, so a large one is
    /// left as it is until what waits has been delivered.
    func makeShrinkable() throws(StoreError) {
        try read { db in
            guard try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") != 2 else { return }
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")! - Int.fetchOne(db, sql: "PRAGMA freelist_count")!
            let pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size")!
            guard pages * pageBytes <= Self.rewriteBytesMax else { return }
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        }
    }

    func close() {
        // Only open statements make closing fail, and none outlives its call; the process's end closes what is left.
        try? queue.close()
    }

    private static func transaction<Value>(
        _ db: Database, _ kind: Database.TransactionKind, _ body: (Database) throws -> Value
    ) throws -> Value {
        var value: Value?
        try db.inTransaction(kind) {
            value = try body(db)
            return .commit
        }
        return value!
    }

    private func offThePool<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let path = path
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                let result = Result { () throws(StoreError) -> Value in try Self.translating(path) { try body(db) } }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch {
            throw StoreError(.failed, "\(error)", path: path)
        }
    }
}

extension StoreError {
    /// https://www.sqlite.org/rescode.html
    fileprivate init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(reason, path: path)
        case .SQLITE_FULL:
            self.init(.diskFull, "no space left for the database", path: path, hint: "free some space; nothing is lost meanwhile")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "the database stayed locked for \(Int(Connection.busyTimeoutSeconds)) s", path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                .unusable, "cannot write the database: \(reason)", path: path,
                hint: "the agent's user must own state.directory and may write there")
        default:
            self.init(.failed, "database error: \(reason)", path: path)
        }
    }

    static func damaged(_ reason: String, path: String) -> StoreError {
        StoreError(
            .damaged, "the database is damaged: \(reason)", path: path,
            hint: "restore a copy, or move the file away to start anew: sources then start as `start_at` says; ids stay the same")
    }
}
