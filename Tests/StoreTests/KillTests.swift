// A kill at any moment between two operations: copies of the files, taken while the store is open, open again and hold
// exactly what was committed. The model is a list of calls with their fate.

import Calls
import RandomSupport
import Records
import Store
import Testing

@Suite struct KillTests {
    private struct Model {
        var waiting: [(id: Int64, calls: [String])] = []
        var derived = 0
        var delivered = 0
        var deadLettered = 0
        var offset: UInt64 = 0
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func aCopyTakenAtAnyTimeHoldsWhatWasCommitted(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let directory = TemporaryDirectory()
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        var model = Model()
        var checkpoint = FileCheckpoint(source: "s", path: "/s", device: 1, inode: 2, origin: nil, offset: 0, marks: [], lastSeenSeconds: 0)
        for step in 0..<40 {
            if Bool.random(using: &random) || model.waiting.isEmpty {
                let calls = (0..<Int.random(in: 1...4, using: &random)).map { "[\(step),\($0)]" }
                var turn = turn(chunk(calls))
                model.offset += UInt64(calls.count)
                checkpoint.offset = model.offset
                turn.checkpoints = [checkpoint]
                let ids = try store.pipeline.commit(turn)
                checkpoint.id = ids[0]
                model.waiting.append((try await store.sender.rows(destination: "main", after: 0, countMax: 1000).last!.id, calls))
                model.derived += calls.count
            } else {
                try await settleSome(&model, store, &random)
            }
            try await compare(model, directory.copied(), "seed \(seed), step \(step)")
        }
    }

    /// A machine that loses power may keep any part of what was written last, but whole turns and settlements are all it finds.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aTornTailOfTheLogIsAsIfItHadNotBeenWritten(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let directory = TemporaryDirectory()
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        var model = Model()
        var derived: Set<Int64> = [0]
        for step in 0..<30 {
            if Bool.random(using: &random) || model.waiting.isEmpty {
                let calls = (0..<Int.random(in: 1...4, using: &random)).map { "[\(step),\($0)]" }
                _ = try store.pipeline.commit(turn(chunk(calls)))
                model.waiting.append((try await store.sender.rows(destination: "main", after: 0, countMax: 1000).last!.id, calls))
                model.derived += calls.count
                derived.insert(Int64(model.derived))
            } else {
                try await settleSome(&model, store, &random)
            }
            let copy = directory.copied()
            try copy.tear(file: "eventail.db-wal", at: Double.random(in: 0..<1, using: &random), flipping: step.isMultiple(of: 3))
            let torn = try Store.open(directory: copy.path)
            defer { torn.close() }
            let books = try await torn.observer.books()
            let (counters, waiting) = (books.counters, books.waiting(for: "main"))
            let total = counters[.derived("main")] ?? 0
            #expect(derived.contains(total), "seed \(seed), step \(step)")
            #expect(total == (counters[.delivered("main")] ?? 0) + (counters[.deadLettered("main")] ?? 0) + Int64(waiting.calls))
            let found = try await torn.sender.waiting()
            #expect(found.reduce(0) { $0 + $1.chunk.entries.count } == waiting.calls)
        }
    }

    private func settleSome(_ model: inout Model, _ store: Store, _ random: inout SeededRandom) async throws {
        let index = Int.random(in: 0..<model.waiting.count, using: &random)
        let (id, calls) = model.waiting[index]
        let count = Int.random(in: 1...calls.count, using: &random)
        var settlement = Settlement(destination: "main")
        if count == calls.count {
            settlement.removed = [id]
            model.waiting.remove(at: index)
        } else {
            settlement.rewritten = [id: chunk(calls).removing(Set(0..<count))]
            model.waiting[index].calls.removeFirst(count)
        }
        if Bool.random(using: &random) { settlement.deadLetters = [letter(calls[0])] }
        _ = try await store.sender.settle(settlement)
        model.deadLettered += settlement.deadLetters.count
        model.delivered += count - settlement.deadLetters.count
    }

    private func compare(_ model: Model, _ directory: TemporaryDirectory, _ comment: Comment) async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        let waiting = try await store.sender.waiting()
        #expect(waiting.map(\.id) == model.waiting.map(\.id), comment)
        #expect(waiting.map { $0.chunk.bytes } == model.waiting.map { chunk($0.calls).bytes }, comment)
        #expect(try store.pipeline.fileCheckpoints(source: "s").map(\.offset) == [model.offset], comment)
        let counters = try await store.sender.counters()
        #expect(counters.value(.derived("main")) == model.derived, comment)
        #expect(counters.value(.delivered("main")) == model.delivered, comment)
        #expect(counters.value(.deadLettered("main")) == model.deadLettered, comment)
        let totals = try await store.sender.outboxTotals(destination: "main")
        #expect(model.derived == model.delivered + model.deadLettered + totals.calls, comment)
        #expect(store.pipeline.outboxBytes == Int64(totals.bytes), comment)
    }
}
