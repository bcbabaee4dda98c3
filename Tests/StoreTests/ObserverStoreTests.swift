// What a look at the store sees while others write: one moment, in which the books balance.

import Calls
import GRDB
import Store
import Testing

@Suite struct ObserverStoreTests {
    private let directory = TemporaryDirectory()
    private let store: Store

    init() throws {
        store = try Store.open(directory: directory.path)
    }

    @Test func theBooksBalanceWhileBothSidesWrite() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<300 {
                    var turn = turn(chunk(["{}", "[1]"]), chunk(["{}"], destination: "other"))
                    turn.rejected = [letter("{}")]
                    _ = try store.pipeline.commit(turn)
                }
            }
            group.addTask {
                var settled = 0
                while settled < 300 {
                    let ids = try await store.sender.rows(destination: "main", after: 0, countMax: 5).map(\.id)
                    var settlement = Settlement(destination: "main")
                    settlement.removed = ids
                    settlement.deadLetters = ids.map { _ in letter("[1]") }
                    _ = try await store.sender.settle(settlement)
                    settled += ids.count
                }
            }
            var (looks, isDone) = (0, false)
            while !isDone {
                let books = try await store.observer.books()
                let counters = books.counters
                #expect(
                    counters.value(.derived("main"))
                        == counters.value(.delivered("main")) + counters.value(.deadLettered("main"))
                        + Int64(books.waiting(for: "main").calls))
                #expect(counters.value(.derived("other")) == Int64(books.waiting(for: "other").calls))
                looks += 1
                isDone = counters.value(.derived("main")) == 900 && books.waiting(for: "main").calls == 0
            }
            #expect(looks > 10)
            try await group.waitForAll()
        }
        let books = try await store.observer.books()
        #expect(books.waiting(for: "main").calls == 0 && books.waiting(for: "other").bytes == 600)
        #expect(books.counters.value(.becameDeadLetter("main", reason: .refused)) == 600)
    }

    @Test func theLatestMomentIsKept() async throws {
        let moment = Counter("rule_last_match_ms", "a/b")
        for atMS: Int64 in [5, 9, 7] {
            var turn = Turn(atMS: atMS)
            turn.moments = [moment: atMS]
            _ = try store.pipeline.commit(turn)
        }
        #expect(try await store.observer.books().counters[moment] == 9)
    }
}
