// Dead letters as another process deals with them while the store is open.

import Calls
import Foundation
import GRDB
import Store
import Testing

@Suite struct DeadLetterBoxTests {
    private let directory = TemporaryDirectory()
    private let store: Store

    init() throws {
        store = try Store.open(directory: directory.path)
    }

    private func bury(_ count: Int, _ change: (Int, inout DeadLetter) -> Void = { _, _ in }) throws {
        var turn = Turn(atMS: 1)
        turn.rejected = (0..<count).map { number in
            var letter = letter("{\"n\":\(number)}")
            letter.atMS = Int64(number)
            change(number, &letter)
            return letter
        }
        _ = try store.pipeline.commit(turn)
    }

    private func books(_ destination: String = "main") async throws -> (derived: Int64, dead: Int64, discarded: Int64, waiting: Int64) {
        let books = try await store.observer.books()
        let counters = books.counters
        return (
            counters.value(.derived(destination)), counters.value(.deadLettered(destination)),
            counters.value(.discarded(destination, reason: "dropped")), Int64(books.waiting(for: destination).calls)
        )
    }

    @Test func lettersAreFoundByEverythingThatIsKnownOfThem() throws {
        let rule = try store.pipeline.label(for: "signup")
        let source = try store.pipeline.label(for: "shop:/var/log/a:b.log")
        try bury(6) { number, letter in
            letter.rule = number < 3 ? rule : 99
            letter.source = source
            letter.reason = number.isMultiple(of: 2) ? .refused : .expired
            letter.destination = number == 5 ? "other" : "main"
        }
        let box = try DeadLetterBox.open(directory: directory.path)
        func found(_ change: (inout DeadLetterSelection) -> Void) throws -> [Int64] {
            var selection = DeadLetterSelection()
            change(&selection)
            let letters = try box.letters(selection, after: 0, countMax: 100)
            #expect(try box.count(selection) == letters.count)
            return letters.map(\.id)
        }
        #expect(try found { _ in } == [1, 2, 3, 4, 5, 6])
        #expect(try found { $0.ids = [2, 5, 77] } == [2, 5])
        #expect(try found { $0.rule = "signup" } == [1, 2, 3])
        #expect(try found { $0.rule = "unknown" } == [])
        #expect(try found { $0.reason = .expired } == [2, 4, 6])
        #expect(try found { $0.destination = "other" } == [6])
        #expect(try found { ($0.fromMS, $0.untilMS) = (2, 4) } == [3, 4])
        #expect(try found { ($0.rule, $0.reason, $0.ids) = ("signup", .refused, []) } == [])
        let letter = try #require(try box.letters(DeadLetterSelection(), after: 0, countMax: 1).first)
        #expect(letter.rule == "signup" && letter.source == "shop:/var/log/a:b.log")
        #expect(letter.letter.call == Array("{\"n\":0}".utf8) && letter.letter.offset == 1 << 40)
        #expect(try box.letters(DeadLetterSelection(), after: 4, countMax: 1).map(\.id) == [5])
    }

    @Test func retriedLettersWaitAgainWithTheirCallsAndTheAgentNotices() async throws {
        try bury(1200) { number, letter in letter.destination = number < 1000 ? "main" : "other" }
        let box = try DeadLetterBox.open(directory: directory.path)
        #expect(try await !store.sender.noticeReplays())
        #expect(try box.retry(DeadLetterSelection(), includesOwn: false, nowMS: 77) == (1200, 0))
        #expect(try await store.sender.noticeReplays())
        #expect(try await !store.sender.noticeReplays())

        let waiting = try await store.sender.waiting()
        let calls = waiting.flatMap { stored in stored.chunk.callRanges.map { String(decoding: stored.chunk.bytes[$0], as: UTF8.self) } }
        #expect(calls == (0..<1000).map { "{\"n\":\($0)}" })
        #expect(waiting.allSatisfy { $0.storedAtMS == 77 && $0.chunk.entries.allSatisfy { $0.rule == 7 && $0.source == 9 } })
        let books = try await books()
        #expect((books.derived, books.dead, books.waiting) == (1000, 0, 1000))
        let totals = try await store.sender.outboxTotals(destination: "main").bytes + store.sender.outboxTotals(destination: "other").bytes
        #expect(store.pipeline.outboxBytes == Int64(totals))
    }

    @Test func whatTheAgentKeptBackIsSentOnlyByForce() async throws {
        try bury(4) { number, letter in letter.reason = [.reservedEvent, .refused, .callTooLarge, .expired][number] }
        let box = try DeadLetterBox.open(directory: directory.path)
        #expect(try box.retry(DeadLetterSelection(), includesOwn: false, nowMS: 1) == (2, 2))
        #expect(try box.letters(DeadLetterSelection(), after: 0, countMax: 9).map(\.letter.reason) == [.reservedEvent, .callTooLarge])
        #expect(try box.retry(DeadLetterSelection(), includesOwn: true, nowMS: 1) == (2, 0))
        #expect(try await books().waiting == 4)
    }

    @Test func droppedLettersAreCountedAsDiscarded() async throws {
        try bury(600)
        let box = try DeadLetterBox.open(directory: directory.path)
        var selection = DeadLetterSelection()
        selection.fromMS = 10
        #expect(try box.drop(selection, nowMS: 78) == 590)
        #expect(try box.drop(selection, nowMS: 78) == 0)
        let books = try await books()
        #expect((books.derived, books.dead, books.discarded, books.waiting) == (600, 10, 590, 0))
    }

    @Test func anAgentThatCommitsAndABoxThatMovesDoNotStopEachOther() async throws {
        let directory = directory.path
        let mover = Task.detached {
            let box = try DeadLetterBox.open(directory: directory)
            var sent = 0
            while sent < 2000 { sent += try box.retry(DeadLetterSelection(), includesOwn: false, nowMS: 1).sent }
        }
        for _ in 0..<200 { try bury(10) }
        try await mover.value
        _ = try await store.sender.noticeReplays()
        let books = try await books()
        #expect((books.derived, books.dead, books.waiting) == (2000, 0, 2000))
        #expect(store.pipeline.outboxBytes == Int64(try await store.sender.outboxTotals(destination: "main").bytes))
    }

    @Test func whereNoAgentEverRanThereIsNoBox() throws {
        let empty = TemporaryDirectory()
        #expect(throws: StoreError.self) { try DeadLetterBox.open(directory: empty.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path).isEmpty)
        store.close()
        try directory.write { try $0.execute(sql: "PRAGMA user_version = 1") }
        #expect(throws: StoreError.self) { try DeadLetterBox.open(directory: directory.path) }
    }
}
