// What bounds the store: dropping the oldest calls, dead letters by size and age, space that goes back to the file system, and
// labels that nothing refers to.

import Calls
import Foundation
import GRDB
import Store
import Testing

@Suite struct BoundsTests {
    private let directory = TemporaryDirectory()

    private func call(_ number: Int, bytes: Int) -> String { "{\"n\":\(number),\"p\":\"\(String(repeating: "x", count: bytes))\"}" }

    private func size(_ file: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(file)")[.size] as? Int) ?? 0
    }

    @Test func theOldestCallsGoWhicheverDestinationTheyAreFor() async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        for number in 0..<10 {
            _ = try store.pipeline.commit(
                turn(chunk([call(number, bytes: 1000)], destination: number.isMultiple(of: 2) ? "main" : "other")))
        }
        let bytes = store.pipeline.outboxBytes
        #expect(try store.pipeline.dropOldest(downTo: bytes / 2, nowMS: 1) == ["main": 3, "other": 2])
        #expect(try store.pipeline.dropOldest(downTo: bytes / 2, nowMS: 1) == [:])
        #expect(store.pipeline.outboxBytes == bytes / 2)
        let books = try await store.observer.books()
        let (counters, waiting) = (books.counters, books.waiting(for: "main"))
        #expect(counters.value(.discarded("main", reason: "spool_full")) == 3)
        #expect(counters.value(.derived("main")) == 3 + Int64(waiting.calls))
    }

    @Test func whatIsBeingSentIsNotDropped() async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        for number in 0..<4 { _ = try store.pipeline.commit(turn(chunk([call(number, bytes: 1000)]))) }
        let ids = try await store.sender.waiting().map(\.id)
        #expect(store.sender.claim([ids[0], ids[1]]))
        #expect(try store.pipeline.dropOldest(downTo: 1500, nowMS: 1) == ["main": 2])
        #expect(try await store.sender.waiting().map(\.id) == [ids[0], ids[1]])
        #expect(try store.pipeline.dropOldest(downTo: 0, nowMS: 1) == [:])
        store.sender.release([ids[0], ids[1]])
        #expect(try store.pipeline.dropOldest(downTo: 0, nowMS: 1) == ["main": 2])
        #expect(store.sender.claim(ids))
        #expect(try await store.sender.chunks(ids) == [])
    }

    @Test func deadLettersBeyondTheirBoundGoOldestFirst() async throws {
        let store = try Store.open(directory: directory.path, deadLetters: DeadLetterLimits(bytesMax: 16_000, ageMaxMS: nil))
        defer { store.close() }
        for number in 0..<40 {
            var turn = Turn(atMS: Int64(number))
            turn.rejected = [letter(call(number, bytes: 990))]
            _ = try store.pipeline.commit(turn)
            let bytes = try directory.write { try Int.fetchOne($0, sql: "SELECT sum(byte_count) FROM dead_letter")! }
            #expect(bytes <= 16_000)
        }
        let kept = try directory.write { try String.fetchAll($0, sql: "SELECT call FROM dead_letter ORDER BY id") }
        #expect((14...15).contains(kept.count))
        #expect(kept == (40 - kept.count..<40).map { call($0, bytes: 990) })
        let counters = try await store.sender.counters()
        #expect(counters.value(.derived("main")) == 40)
        #expect(counters.value(.deadLettered("main")) == Int64(kept.count))
        #expect(counters.value(.discarded("main", reason: "dead_letters_full")) == Int64(40 - kept.count))
    }

    @Test func aBurstOfRefusalsIsBoundedToo() async throws {
        let store = try Store.open(directory: directory.path, deadLetters: DeadLetterLimits(bytesMax: 10_000, ageMaxMS: nil))
        defer { store.close() }
        _ = try store.pipeline.commit(turn(chunk((0..<100).map { call($0, bytes: 990) })))
        var settlement = Settlement(destination: "main")
        settlement.removed = try await store.sender.waiting().map(\.id)
        settlement.deadLetters = (0..<100).map { letter(call($0, bytes: 990)) }
        #expect(try await store.sender.settle(settlement).count == 100)
        let books = try await store.observer.books()
        let (counters, waiting) = (books.counters, books.waiting(for: "main"))
        #expect(waiting.calls == 0)
        #expect(counters.value(.delivered("main")) == 0)
        #expect(counters.value(.deadLettered("main")) + counters.value(.discarded("main", reason: "dead_letters_full")) == 100)
        #expect((1...10).contains(counters.value(.deadLettered("main"))))
    }

    @Test func deadLettersPastTheirAgeGo() async throws {
        let store = try Store.open(directory: directory.path, deadLetters: DeadLetterLimits(bytesMax: 1 << 20, ageMaxMS: 1000))
        defer { store.close() }
        var turn = Turn(atMS: 0)
        turn.rejected = (0..<6).map { number in
            var letter = letter("{}")
            letter.atMS = Int64(number) * 500
            return letter
        }
        _ = try store.pipeline.commit(turn)
        #expect(try await store.sender.removeOldDeadLetters(nowMS: 2100) == 3)
        #expect(try await store.sender.removeOldDeadLetters(nowMS: 2100) == 0)
        let counters = try await store.sender.counters()
        #expect(counters.value(.deadLettered("main")) == 3)
        #expect(counters.value(.discarded("main", reason: "dead_letter_age")) == 3)
    }

    @Test func afterALongOutageSpaceGoesBackInSmallTurns() async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        let large = call(0, bytes: 30_000)
        for _ in 0..<40 { _ = try store.pipeline.commit(turn(chunk(Array(repeating: large, count: 50)))) }
        #expect(try await !store.sender.shrink(isUnderWay: false))
        var settlement = Settlement(destination: "main")
        settlement.removed = try await store.sender.waiting().map(\.id)
        _ = try await store.sender.settle(settlement)
        let before = size("eventail.db") + size("eventail.db-wal")
        #expect(before > 55 << 20)

        var turns = 1
        while try await store.sender.shrink(isUnderWay: turns > 1) {
            turns += 1
            // The pipeline is not kept waiting.
            _ = try store.pipeline.commit(turn(chunk(["{}"])))
        }
        #expect(turns > 10)
        #expect(size("eventail.db") <= SenderStore.freeBytesKept + (1 << 20))
        #expect(size("eventail.db-wal") == 0)
        #expect(try await store.sender.waiting().count == turns - 1)
        #expect(try directory.write { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
    }

    @Test func theWriteAheadLogStaysSmallWhileMuchIsStored() throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        let large = call(0, bytes: 30_000)
        for _ in 0..<30 { _ = try store.pipeline.commit(turn(chunk(Array(repeating: large, count: 70)))) }
        #expect(size("eventail.db-wal") <= 24 << 20)
    }

    @Test func labelsThatNothingRefersToGoWhenThereAreMany() async throws {
        let store = try Store.open(directory: directory.path)
        let labels = try (0..<3).map { try store.pipeline.label(for: "kept \($0)") }
        var kept = CallChunk(destination: "main", slot: Slot(number: 1))
        kept.append([0x7B, 0x7D].span, CallEntry(byteCount: 2, rule: labels[0], source: labels[1], offset: 0))
        var turn = turn(kept)
        var letter = letter("{}")
        letter.rule = labels[2]
        letter.source = labels[2]
        turn.rejected = [letter]
        _ = try store.pipeline.commit(turn)
        store.close()
        try directory.write { db in
            for number in 0..<10_000 { try db.execute(sql: "INSERT INTO label(text) VALUES (?)", arguments: ["old \(number)"]) }
        }
        let again = try Store.open(directory: directory.path)
        defer { again.close() }
        #expect(try directory.write { try String.fetchAll($0, sql: "SELECT text FROM label ORDER BY id") } == (0..<3).map { "kept \($0)" })
        #expect(try again.pipeline.label(for: "old 5") > labels[2])
    }

    @Test func aDatabaseOfTheFirstVersionIsBroughtUpToDate() async throws {
        try Store.open(directory: directory.path).close()
        try directory.write { db in
            try db.execute(
                sql: """
                    DROP TABLE trace;
                    DROP TABLE trace_state;
                    DROP TABLE parked;
                    DROP TABLE drop_request;
                    DROP INDEX dead_letter_by_age;
                    ALTER TABLE dead_letter DROP COLUMN byte_count;
                    ALTER TABLE file DROP COLUMN is_finished;
                    INSERT INTO dead_letter(destination, reason, answer, rule, source, offset, at_ms, call)
                        VALUES ('main', 'refused by the receiver', 'é', 1, 1, 0, 5, x'7b7d'),
                            ('main', 'larger than one call may be', NULL, 1, 1, 0, 6, x'7b7d');
                    PRAGMA user_version = 1;
                    """)
        }
        try Store.open(directory: directory.path).close()
        let rows = try directory.write { db in
            try Row.fetchAll(db, sql: "SELECT reason, byte_count FROM dead_letter ORDER BY id").map { "\($0[0] as String) \($0[1] as Int)" }
        }
        #expect(rows == ["refused 4", "call_too_large 2"])
    }

    @Test func aDatabaseOfTheVersionBeforeTracesGoesOnAndItsCallsAreFound() async throws {
        let old = try Store.open(directory: directory.path)
        _ = try old.pipeline.commit(turn(chunk([TraceTests.call(1)])))
        old.close()
        try directory.write { try $0.execute(sql: "DROP TABLE trace; DROP TABLE trace_state; PRAGMA user_version = 4") }
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        #expect(try await store.trace.find(.user("u")).completeSinceMS == nil)
        try await store.trace.keep(TraceLimits(ageMaxMS: 1000, callsMax: 1000), nowMS: 1)
        let ids = try await store.sender.waiting().map(\.id)
        #expect(try await store.trace.find(.user("u")).sightings.map(\.fact) == [.waits(chunk: ids[0])])
        var settlement = Settlement(destination: "main")
        settlement.removed = ids
        _ = try await store.sender.settle(settlement)
        #expect(try await store.trace.find(.user("u")).sightings.map(\.queuedAtMS) == [1000])
    }

    @Test func aDatabaseThatOnlyGrewCanShrinkFromNowOn() async throws {
        try Store.open(directory: directory.path).close()
        try DatabaseQueue(path: directory.database).inDatabase { try $0.execute(sql: "PRAGMA auto_vacuum = NONE; VACUUM") }
        let mode = { try DatabaseQueue(path: directory.database).inDatabase { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } }
        #expect(try mode() == 0)
        try Store.open(directory: directory.path).close()
        #expect(try mode() == 2)
    }
}
