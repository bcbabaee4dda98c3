// Settling and taking back: how calls leave the outbox, and how a run of refusals returns to it.

import Calls
import GRDB
import Store
import Testing

@Suite struct SenderStoreTests {
    private let directory = TemporaryDirectory()
    private let store: Store

    init() throws {
        store = try Store.open(directory: directory.path)
    }

    private func ids(_ chunks: CallChunk...) async throws -> [Int64] {
        var turn = Turn(atMS: 1000)
        turn.chunks = chunks
        _ = try store.pipeline.commit(turn)
        return try await store.sender.rows(destination: "main", after: 0, countMax: 100).map(\.id)
    }

    private func outstanding() async throws -> Int64 {
        let counters = try await store.sender.counters()
        return counters.value(.derived("main")) - counters.value(.delivered("main")) - counters.value(.deadLettered("main"))
    }

    @Test func rowsTellOrderSlotsAndSizes() async throws {
        let ids = try await ids(chunk(["{}", "[1]"], slot: 63), chunk(["{}"], destination: "other"), chunk(["[]"], slot: 0, barrier: 5))
        let rows = try await store.sender.rows(destination: "main", after: 0, countMax: 9)
        #expect(
            rows == [
                OutboxRow(id: ids[0], slot: Slot(number: 63), barrierSlot: nil, callCount: 2, byteCount: 6, storedAtMS: 1000),
                OutboxRow(id: ids[1], slot: Slot(number: 0), barrierSlot: Slot(number: 5), callCount: 1, byteCount: 2, storedAtMS: 1000),
            ])
        #expect(try await store.sender.rows(destination: "main", after: ids[0], countMax: 9) == [rows[1]])
        #expect(try await store.sender.rows(destination: "main", after: 0, countMax: 1) == [rows[0]])
        let totals = try await store.sender.outboxTotals(destination: "main")
        #expect((totals.chunks, totals.calls, totals.bytes) == (2, 3, 8))
        #expect(totals.oldestStoredAtMS == 1000)
        #expect(try await store.sender.outboxTotals(destination: "none").oldestStoredAtMS == nil)
    }

    @Test func settledCallsAreCountedByWhatTheyBecame() async throws {
        let whole = chunk(["[1]", "[2]", "[3]"])
        let ids = try await ids(chunk(["{}"]), whole)
        var settlement = Settlement(destination: "main")
        settlement.removed = [ids[0]]
        settlement.rewritten = [ids[1]: whole.removing([0, 2])]
        settlement.deadLetters = [letter("[3]")]
        settlement.counters = [.doubtfulAnswers("main"): 1]
        #expect(try await store.sender.settle(settlement).count == 1)
        #expect(
            try await store.sender.counters() == [
                .derived("main"): 4, .delivered("main"): 2, .deadLettered("main"): 1, .doubtfulAnswers("main"): 1,
                .becameDeadLetter("main", reason: .refused): 1,
            ])
        #expect(try await store.sender.waiting().map(\.chunk) == [whole.removing([0, 2])])
        #expect(store.pipeline.outboxBytes == 3)
    }

    @Test func settlingTwiceCountsOnce() async throws {
        var settlement = Settlement(destination: "main")
        settlement.removed = try await ids(chunk(["{}"]))
        _ = try await store.sender.settle(settlement)
        _ = try await store.sender.settle(settlement)
        #expect(try await store.sender.counters().value(.delivered("main")) == 1)
        #expect(store.pipeline.outboxBytes == 0)
    }

    @Test func idsAreNeverUsedAgain() async throws {
        let first = try await ids(chunk(["{}"]))
        var settlement = Settlement(destination: "main")
        settlement.removed = first
        _ = try await store.sender.settle(settlement)
        #expect(try await ids(chunk(["{}"]))[0] > first[0])
    }

    @Test func aCancelledTaskStillSettles() async throws {
        var settlement = Settlement(destination: "main")
        settlement.removed = try await ids(chunk(["{}"]))
        let sender = store.sender
        let task = Task { [settlement] in
            while !Task.isCancelled { await Task.yield() }
            return try await sender.settle(settlement)
        }
        task.cancel()
        #expect(try await task.value == [])
        #expect(try await store.sender.waiting() == [])
    }

    @Test func deadLettersKeepWhatExplainsThem() async throws {
        let ids = try await ids(chunk(["{\"a\":1}"]))
        var settlement = Settlement(destination: "main")
        settlement.removed = ids
        settlement.deadLetters = [letter("{\"a\":1}", answer: "a" + String(repeating: "é", count: 4000))]
        _ = try await store.sender.settle(settlement)
        let row = try directory.write { db in try DeadLetterRow.fetch(db) }
        #expect(row.call == Array("{\"a\":1}".utf8))
        #expect(row.reason == "refused")
        #expect(row.answer == "a" + String(repeating: "é", count: (DeadLetter.answerBytesMax - 1) / 2))
    }

    @Test(arguments: [false, true]) func takenBackCallsWaitBeforeWhatIsLeftOfTheirChunk(chunkIsGone: Bool) async throws {
        let whole = chunk(["[1]", "[2]", "[3]"], slot: 9)
        let ids = try await ids(whole, chunk(["{}"]))
        var settlement = Settlement(destination: "main")
        if chunkIsGone { settlement.removed = [ids[0]] } else { settlement.rewritten = [ids[0]: whole.removing([0, 1])] }
        settlement.deadLetters = chunkIsGone ? [letter("[1]"), letter("[2]"), letter("[3]")] : [letter("[1]"), letter("[2]")]
        let letters = try await store.sender.settle(settlement)
        #expect(try await outstanding() == (chunkIsGone ? 1 : 2))

        let back = letters.map { TakenBack(deadLetter: $0, chunk: ids[0], slot: Slot(number: 9), barrierSlot: nil, storedAtMS: 1000) }
        try await store.sender.takeBack(back, nowMS: 2000)
        let waiting = try await store.sender.waiting()
        #expect(waiting.map(\.id) == ids)
        #expect(waiting[0].chunk.bytes == whole.bytes)
        #expect(waiting[0].chunk.slot == whole.slot)
        #expect(try await outstanding() == 4)
        #expect(try await store.sender.counters().value(.deadLettered("main")) == 0)
        #expect(store.pipeline.outboxBytes == Int64(whole.bytes.count + 2))

        try await store.sender.takeBack(back, nowMS: 2000)
        #expect(try await store.sender.waiting() == waiting)
    }

    @Test func damagedCallsAreAnErrorNotACrash() async throws {
        let ids = try await ids(chunk(["[1]", "[2]"]), chunk(["{}"]))
        try directory.write { try $0.execute(sql: "UPDATE chunk SET bytes = x'5b5d' WHERE id = ?", arguments: [ids[0]]) }
        await #expect(throws: StoreError.self) { try await store.sender.chunks(ids) }
        try directory.write { try $0.execute(sql: "UPDATE chunk SET slot = 64 WHERE id = ?", arguments: [ids[1]]) }
        await #expect(throws: StoreError.self) { try await store.sender.rows(destination: "main", after: ids[0], countMax: 9) }
    }
}
