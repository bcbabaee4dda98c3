// The tables, as a list of steps from one version of the schema to the next. `PRAGMA user_version` counts the steps that a
// database has taken; a step, once released, never changes.

import GRDB

enum Schema {
    /// Marks the file as ours in SQLite's header ("evtl"), so that another program's database is not taken for a new one.
    private static let applicationID = 0x6576_746c

    static var version: Int { steps.count }

    /// Refuses a database that is not exactly of this version.
    static func check(_ connection: Connection) throws(StoreError) {
        let path = connection.path
        try connection.read { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version")!
            guard try Int.fetchOne(db, sql: "PRAGMA application_id")! == applicationID else {
                throw StoreError(.damaged, "this is not a database of eventail", path: path, hint: "name the agent's state directory")
            }
            guard found == version else {
                throw StoreError(
                    .newerSchema, "the database has version \(found), this eventail works with version \(version)", path: path,
                    hint: found < version ? "start the agent once: it brings the database up to date" : "use the eventail that wrote it")
            }
        }
    }

    /// Brings the database to the present version. Refuses what it does not know instead of starting from nothing.
    static func migrate(_ connection: Connection) throws(StoreError) {
        let path = connection.path
        try connection.transaction { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version")!
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id")!
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            guard application == applicationID || (application == 0 && found == 0 && isEmpty) else {
                throw StoreError(
                    .damaged, "this is not a database of eventail", path: path, hint: "choose a state.directory of its own")
            }
            guard found <= version else {
                throw StoreError(
                    .newerSchema, "the database has version \(found), this eventail knows versions up to \(version)", path: path,
                    hint: "run the newer eventail that wrote it")
            }
            for step in steps[found...] { try db.execute(sql: step) }
            if found < version {
                try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            }
        }
    }

    private static let steps = [
        """
        -- Names that calls refer to by number: rules, sources with their paths.
        CREATE TABLE label(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

        -- Sources that were ever started; the cursor is the journal's.
        CREATE TABLE source(name TEXT PRIMARY KEY, cursor TEXT) WITHOUT ROWID;

        -- File checkpoints. No fingerprint: the first line is incomplete. Marks: see BlobCoding.
        CREATE TABLE file(
            id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL,
            fingerprint BLOB, generation INTEGER NOT NULL, offset INTEGER NOT NULL, last_seen_seconds INTEGER NOT NULL,
            marks BLOB NOT NULL);
        CREATE INDEX file_by_source ON file(source);

        -- The outbox. Ids grow and are never used again, so their order is the order of reading.
        CREATE TABLE chunk(
            id INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, slot INTEGER NOT NULL, barrier_slot INTEGER,
            calls INTEGER NOT NULL, byte_count INTEGER NOT NULL, stored_at_ms INTEGER NOT NULL,
            entries BLOB NOT NULL, bytes BLOB NOT NULL);
        -- Holds all that scheduling and totals need, so that neither touches the calls themselves.
        CREATE INDEX chunk_by_destination ON chunk(destination, id, slot, barrier_slot, calls, byte_count, stored_at_ms);

        CREATE TABLE dead_letter(
            id INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, reason TEXT NOT NULL, answer TEXT,
            rule INTEGER NOT NULL, source INTEGER NOT NULL, offset INTEGER NOT NULL, at_ms INTEGER NOT NULL, call BLOB NOT NULL);

        CREATE TABLE counter(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        -- What a letter counts against the bound of all; the index holds all that keeping the bounds needs.
        ALTER TABLE dead_letter ADD COLUMN byte_count INTEGER NOT NULL DEFAULT 0;
        UPDATE dead_letter SET byte_count = length(call) + coalesce(length(CAST(answer AS BLOB)), 0);
        CREATE INDEX dead_letter_by_age ON dead_letter(at_ms, id, destination, byte_count);

        -- Reasons as words that never change, in place of sentences.
        UPDATE dead_letter SET reason = CASE
            WHEN reason LIKE 'refused%' THEN 'refused'
            WHEN reason LIKE 'too large%' THEN 'too_large_for_receiver'
            WHEN reason LIKE 'larger than batch%' THEN 'larger_than_batch'
            WHEN reason LIKE 'larger than one%' THEN 'call_too_large'
            WHEN reason LIKE 'its event name%' THEN 'reserved_event'
            ELSE reason END;
        """,
        """
        -- Whether a file was rotated away and read to its end.
        ALTER TABLE file ADD COLUMN is_finished INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- Rules whose calls a destination refuses one after the other: those in chunks up to `up_to`, or all, are not sent.
        CREATE TABLE parked(
            destination TEXT NOT NULL, rule INTEGER NOT NULL, up_to INTEGER, at_ms INTEGER NOT NULL, answer TEXT NOT NULL,
            PRIMARY KEY(destination, rule)) WITHOUT ROWID;

        -- Calls that another process wants dropped (NULL: whichever), and what came of it (NULL: nothing yet).
        CREATE TABLE drop_request(
            id INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT, rule TEXT, at_ms INTEGER NOT NULL, dropped INTEGER, kept INTEGER);
        """,
        """
        -- What became of calls, as far as that is to be kept. A row holds calls that shared their fate: their heads one after the
        -- other, and an entry for each (see BlobCoding).
        CREATE TABLE trace(
            id INTEGER PRIMARY KEY, destination TEXT NOT NULL, step TEXT NOT NULL, reason TEXT, answer TEXT,
            at_ms INTEGER NOT NULL, calls INTEGER NOT NULL, entries BLOB NOT NULL, heads BLOB NOT NULL);
        CREATE INDEX trace_by_age ON trace(at_ms, id, calls);

        -- One row while it is to be kept: its bounds, how many calls it holds, and since when nothing is missing.
        CREATE TABLE trace_state(
            id INTEGER PRIMARY KEY CHECK(id = 1), age_max_ms INTEGER NOT NULL, calls_max INTEGER NOT NULL, calls INTEGER NOT NULL,
            complete_since_ms INTEGER NOT NULL);
        """,
    ]
}
