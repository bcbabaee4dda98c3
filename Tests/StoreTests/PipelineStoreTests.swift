// Commits: all of a turn or nothing, and what is read back is what was stored.

import Foundation
import Records
import Store
import Testing

@Suite struct PipelineStoreTests {
    private let directory = TemporaryDirectory()
    private let store: Store

    init() throws {
        store = try Store.open(directory: directory.path)
    }

    private func checkpoint(id: Int64 = 0, offset: UInt64 = 10) -> FileCheckpoint {
        FileCheckpoint(
            id: id, source: "shop", path: "/var/log/shop.log", device: .max, inode: 1 << 63,
            origin: FileOrigin(fingerprint: [0, 255, 10], generation: .max), offset: offset,
            marks: [.init(offset: 0, hash: .max), .init(offset: offset, hash: 1)], lastSeenSeconds: -1)
    }

    @Test func checkpointsComeBackAsStored() throws {
        var fresh = checkpoint()
        fresh.origin = nil
        fresh.marks = []
        var turn = Turn(atMS: 1)
        turn.checkpoints = [checkpoint(), fresh]
        let ids = try store.pipeline.commit(turn)
        fresh.id = ids[1]
        #expect(try store.pipeline.fileCheckpoints(source: "shop") == [checkpoint(id: ids[0]), fresh])
        #expect(try store.pipeline.fileCheckpoints(source: "other") == [])

        var next = Turn(atMS: 2)
        next.checkpoints = [checkpoint(id: ids[0], offset: 99)]
        next.forgotten = [ids[1]]
        #expect(try store.pipeline.commit(next) == [ids[0]])
        #expect(try store.pipeline.fileCheckpoints(source: "shop") == [checkpoint(id: ids[0], offset: 99)])
    }

    @Test func aFailedCommitLeavesNothingBehind() async throws {
        var turn = turn(chunk(["{}"]))
        turn.knownSources = ["shop"]
        turn.counters = [Counter("read"): 5]
        turn.rejected = [letter("{}")]
        turn.checkpoints = [checkpoint(), checkpoint(id: 404)]
        #expect(throws: StoreError.self) { try store.pipeline.commit(turn) }
        #expect(store.pipeline.outboxBytes == 0)
        #expect(try store.pipeline.fileCheckpoints(source: "shop") == [])
        #expect(try store.pipeline.isKnown(source: "shop") == false)
        #expect(try await store.sender.counters() == [:])
        #expect(try await store.sender.waiting() == [])
    }

    @Test func everyDerivedCallIsCountedOnce() async throws {
        var turn = turn(chunk(["{}", "{}"]), chunk([]), chunk(["{}"], destination: "other"))
        turn.rejected = [letter("{}")]
        turn.counters = [Counter("incomplete", "rule"): 4]
        _ = try store.pipeline.commit(turn)
        _ = try store.pipeline.commit(turn)
        #expect(
            try await store.sender.counters() == [
                .derived("main"): 6, .deadLettered("main"): 2, .derived("other"): 2, Counter("incomplete", "rule"): 8,
                .becameDeadLetter("main", reason: .refused): 2,
            ])
        #expect(store.pipeline.outboxBytes == 2 * (5 + 2))
    }

    @Test func labelsAreStoredWithTheNextTurnAndTheSameForGood() async throws {
        let first = try store.pipeline.label(for: "rule a")
        let second = try store.pipeline.label(for: "rule b")
        #expect(first != second)
        #expect(try store.pipeline.label(for: "rule a") == first)
        #expect(try await store.sender.text(ofLabel: second) == nil)
        // A turn that fails leaves them for the next one.
        var impossible = Turn(atMS: 1)
        impossible.checkpoints = [
            FileCheckpoint(id: 77, source: "shop", path: "/a", device: 1, inode: 1, origin: nil, offset: 0, marks: [], lastSeenSeconds: 1)
        ]
        #expect(throws: StoreError.self) { try store.pipeline.commit(impossible) }
        #expect(try await store.sender.text(ofLabel: second) == nil)
        _ = try store.pipeline.commit(Turn(atMS: 1))
        #expect(try await store.sender.text(ofLabel: second) == "rule b")
        #expect(try await store.sender.text(ofLabel: 99) == nil)
        store.close()
        let again = try Store.open(directory: directory.path)
        defer { again.close() }
        #expect(try again.pipeline.label(for: "rule b") == second)
    }

    @Test func sourcesStayKnownAndKeepTheirCursor() throws {
        #expect(try store.pipeline.isKnown(source: "journal") == false)
        var turn = Turn(atMS: 1)
        turn.knownSources = ["journal"]
        _ = try store.pipeline.commit(turn)
        #expect(try store.pipeline.isKnown(source: "journal"))
        #expect(try store.pipeline.cursor(source: "journal") == nil)
        turn.cursors = ["journal": "s=1"]
        _ = try store.pipeline.commit(turn)
        _ = try store.pipeline.commit(self.known("journal"))
        #expect(try store.pipeline.cursor(source: "journal") == "s=1")
    }

    private func known(_ source: String) -> Turn {
        var turn = Turn(atMS: 1)
        turn.knownSources = [source]
        return turn
    }

    @Test func aClosedStoreSaysSo() {
        store.close()
        #expect(throws: StoreError.self) { try store.pipeline.commit(turn(chunk(["{}"]))) }
    }
}
