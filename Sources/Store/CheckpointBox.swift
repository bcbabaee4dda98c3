// The file checkpoints as a person looks at them, from another process than the agent's, while an agent runs or none does. Reads
// only, and does not take the state directory's lock.

import Foundation
import GRDB
package import Records

package final class CheckpointBox: Sendable {
    private let connection: Connection

    /// Checkpoints read in one statement.
    package static let pageCount = 1000

    /// - Throws: `.unusable` where there is no database, `.newerSchema` where it is not of this version.
    package static func open(directory: String) throws(StoreError) -> CheckpointBox {
        CheckpointBox(try Connection(existingIn: directory))
    }

    private init(_ connection: Connection) {
        self.connection = connection
    }

    deinit {
        connection.close()
    }

    /// The checkpoints beyond `id`, in the order in which they were first stored, at most `pageCount`.
    /// - Parameter source: those of this source; nil: of all.
    package func checkpoints(source: String?, after id: Int64) throws(StoreError) -> [FileCheckpoint] {
        let path = connection.path
        return try connection.read { db in
            let sql = """
                SELECT id, path, device, inode, fingerprint, generation, offset, last_seen_seconds, marks, is_finished, source FROM file
                WHERE id > ? AND (? IS NULL OR source = ?) ORDER BY id LIMIT ?
                """
            return try Row.fetchAll(db, sql: sql, arguments: [id, source, source, Self.pageCount]).map { row in
                try FileCheckpoint(row, source: row[10], databasePath: path)
            }
        }
    }
}

extension FileCheckpoint {
    /// From a row of `id, path, device, inode, fingerprint, generation, offset, last_seen_seconds, marks, is_finished`.
    init(_ row: Row, source: String, databasePath: String) throws(StoreError) {
        guard let marks = Mark.list(row[8]), let generation = UInt32(exactly: row[5] as Int64) else {
            throw StoreError.damaged("a checkpoint of \(row[1] as String) makes no sense", path: databasePath)
        }
        let fingerprint: Data? = row[4]
        self.init(
            id: row[0], source: source, path: row[1], device: UInt64(bitPattern: row[2]), inode: UInt64(bitPattern: row[3]),
            origin: fingerprint.map { FileOrigin(fingerprint: [UInt8]($0), generation: generation) },
            offset: UInt64(bitPattern: row[6]), marks: marks, lastSeenSeconds: row[7], isFinished: row[9])
    }
}
