// The trace: it tells of every call what became of it, in the transaction in which that happened, and of nothing else; it keeps
// within its bounds, and holds heads alone.

import Calls
import Foundation
import GRDB
import RandomSupport
import Store
import Testing

@Suite struct TraceTests {
    private let directory = TemporaryDirectory()
    private let limits = TraceLimits(ageMaxMS: 1_000_000, callsMax: 100_000)

    private func opened(_ limits: TraceLimits? = nil) throws -> Store {
        let store = try Store.open(directory: directory.path)
        try store.trace.keep(limits ?? self.limits, nowMS: 1)
        return store
    }

    static func call(_ number: Int, user: String = "u") -> String {
        #"{"type":"track","messageId":"m\#(number)","timestamp":"t","userId":"\#(user)","event":"E","properties":{"secret":\#(number)}}"#
    }

    private static func head(_ number: Int) -> [UInt8] {
        Array(#"{"type":"track","messageId":"m\#(number)","timestamp":"t","userId":"u","event":"E"}"#.utf8)
    }

    private func settle(_ store: Store, atMS: Int64 = 2000, _ change: (inout Settlement) -> Void) async throws {
        var settlement = Settlement(destination: "main")
        (settlement.answer, settlement.atMS) = ("200", atMS)
        change(&settlement)
        _ = try await store.sender.settle(settlement)
    }

    @Test func callsOfOneRequestAreToldApartByWhatTheyBecame() async throws {
        let store = try opened()
        defer { store.close() }
        let rule = try store.pipeline.label(for: "signup")
        let source = try store.pipeline.label(for: "shop:/var/log/a.log")
        var whole = CallChunk(destination: "main", slot: Slot(number: 3))
        for number in 0..<4 {
            let bytes = Array(Self.call(number).utf8)
            whole.append(bytes.span, CallEntry(byteCount: UInt32(bytes.count), rule: rule, source: source, offset: UInt64(100 * number)))
        }
        _ = try store.pipeline.commit(turn(whole, chunk([Self.call(1)], destination: "other")))
        let id = try await store.sender.waiting()[0].id
        try await settle(store) {
            $0.rewritten = [id: whole.removing([0, 2, 3])]
            $0.deadLetters = [letter(Self.call(2), answer: "400: no")]
        }
        let findings = try await store.trace.find(.user("u"))
        #expect(findings.completeSinceMS == 1 && !findings.isCut)
        func facts(_ number: Int, _ destination: String = "main") -> [TraceSighting.Fact] {
            findings.sightings.filter { $0.head == Self.head(number) && $0.destination == destination }.map(\.fact)
        }
        #expect(facts(0) == [.step(.delivered, reason: nil, answer: "200")] && facts(3) == facts(0))
        #expect(facts(1) == [.waits(chunk: id)] && facts(1, "other") == [.waits(chunk: id + 1)])
        #expect(
            facts(2) == [
                .step(.deadLetter, reason: "refused", answer: "400: no"), .isDeadLetter(id: 1, reason: "refused", answer: "400: no"),
            ])
        let delivered = try #require(findings.sightings.first { $0.head == Self.head(3) })
        #expect(delivered.queuedAtMS == 1000 && delivered.atMS == 2000 && delivered.offset == 300)
        #expect(findings.text(of: delivered.rule) == "signup" && findings.text(of: delivered.source) == "shop:/var/log/a.log")
        #expect(try await store.trace.find(.message("m1")).sightings.map(\.destination) == ["main", "other"])
        for nobody in [TraceSubject.message("u"), .user("m1"), .user("U"), .message("")] {
            #expect(try await store.trace.find(nobody).sightings.isEmpty)
        }
    }

    @Test func theDatabaseHoldsNoMoreThanTheHeadsOfWhatIsGone() async throws {
        let store = try opened()
        defer { store.close() }
        let long = #"{"type":"track","messageId":"m1","timestamp":"t","userId":"u","event":"\#(String(repeating: "e", count: 2000))"}"#
        _ = try store.pipeline.commit(turn(chunk([Self.call(0), long])))
        let ids = try await store.sender.waiting().map(\.id)
        try await settle(store) { $0.removed = ids }
        let heads = try directory.write { try String.fetchOne($0, sql: "SELECT CAST(heads AS TEXT) FROM trace") }
        #expect(
            heads == String(decoding: Self.head(0), as: UTF8.self) + #"{"type":"track","messageId":"m1","timestamp":"t","userId":"u"}"#)
    }

    @Test func nothingIsKeptUnlessWantedAndOldTracesNeverPassForNewOnes() async throws {
        let store = try Store.open(directory: directory.path)
        defer { store.close() }
        func deliver(_ number: Int) async throws {
            _ = try store.pipeline.commit(turn(chunk([Self.call(number)])))
            let ids = try await store.sender.waiting().map(\.id)
            try await settle(store) { $0.removed = ids }
        }
        let rows = { try directory.write { try Int.fetchOne($0, sql: "SELECT count(*) FROM trace")! } }
        try await deliver(0)
        #expect(try await store.trace.find(.user("u")).completeSinceMS == nil)
        #expect(try rows() == 0)

        try await store.trace.keep(limits, nowMS: 3000)
        try await deliver(1)
        // Other bounds forget nothing.
        try await store.trace.keep(TraceLimits(ageMaxMS: 5_000_000, callsMax: 50_000), nowMS: 3500)
        let kept = try await store.trace.find(.user("u"))
        #expect(kept.completeSinceMS == 3000 && kept.sightings.map(\.head) == [Self.head(1)])

        try await store.trace.keep(nil, nowMS: 4000)
        try await deliver(2)
        let off = try await store.trace.find(.user("u"))
        #expect(off.completeSinceMS == nil && off.sightings.isEmpty)
        // What was kept is still there for a moment, and a trace that begins now does not hold it.
        #expect(try rows() == 1)
        try await store.trace.keep(limits, nowMS: 5000)
        let anew = try await store.trace.find(.user("u"))
        #expect(anew.completeSinceMS == 5000 && anew.sightings.isEmpty)
        try await deliver(3)
        try await store.trace.keep(nil, nowMS: 6000)
        #expect(try await !store.sender.pruneTrace(nowMS: 6001))
        #expect(try rows() == 0)
    }

    @Test func whatWaitsOrIsADeadLetterIsFoundThoughItCameBefore() async throws {
        let store = try Store.open(directory: directory.path)
        var first = turn(chunk([Self.call(0)]))
        first.rejected = [letter(Self.call(1))]
        _ = try store.pipeline.commit(first)
        store.close()
        let again = try opened()
        defer { again.close() }
        let found = try await again.trace.find(.user("u")).sightings
        #expect(found.map(\.head) == [Self.head(1), Self.head(0)])
        #expect(found.map(\.fact) == [.isDeadLetter(id: 1, reason: "refused", answer: nil), .waits(chunk: 1)])
    }

    @Test func theOldestGoWhenThereAreTooMany() async throws {
        let store = try opened(TraceLimits(ageMaxMS: 1_000_000, callsMax: 160))
        defer { store.close() }
        for number in 0..<400 {
            _ = try store.pipeline.commit(turn(chunk([Self.call(number)])))
            let ids = try await store.sender.waiting().map(\.id)
            try await settle(store, atMS: Int64(2000 + number)) { $0.removed = ids }
            let kept = try directory.write { try Int.fetchOne($0, sql: "SELECT sum(calls) FROM trace")! }
            #expect(kept <= 160 && kept > min(number, 160 - 160 / 16 - 1))
        }
        let findings = try await store.trace.find(.user("u"))
        let kept = findings.sightings.count
        #expect(findings.sightings.map(\.head) == (400 - kept..<400).map(Self.head))
        #expect(findings.completeSinceMS == Int64(2000 + 400 - kept - 1))
        #expect(try await store.sender.counters()[Counter("traces_forgotten", "max_calls")] == Int64(400 - kept))
    }

    @Test func theOldGoEvenWhenTheClockWasWrongInBetween() async throws {
        let store = try opened(TraceLimits(ageMaxMS: 1000, callsMax: 100_000))
        defer { store.close() }
        for (number, atMS) in [(0, 5000), (1, 900_000), (2, 5500), (3, 6100)] as [(Int, Int64)] {
            _ = try store.pipeline.commit(turn(chunk([Self.call(number)])))
            let ids = try await store.sender.waiting().map(\.id)
            try await settle(store, atMS: atMS) { $0.removed = ids }
        }
        #expect(try await !store.sender.pruneTrace(nowMS: 7000))
        let findings = try await store.trace.find(.user("u"))
        #expect(findings.sightings.map(\.head) == [1, 3].map(Self.head))
        #expect(findings.completeSinceMS == 5500)
        #expect(try await store.sender.counters()[Counter("traces_forgotten", "max_age")] == 2)
    }

    @Test func muchIsPrunedInTurns() async throws {
        let store = try opened()
        defer { store.close() }
        for _ in 0..<5 {
            // Nothing but their number makes these turns; each settlement of one call is a row.
            _ = try store.pipeline.commit(turn(chunk((0..<2500).map { Self.call($0) })))
        }
        let ids = try await store.sender.waiting().map(\.id)
        for id in ids { try await settle(store, atMS: 2000) { $0.removed = [id] } }
        let rows = try directory.write { try Int.fetchAll($0, sql: "SELECT calls FROM trace ORDER BY id") }
        #expect(rows == Array(repeating: [1000, 1000, 500], count: 5).flatMap(\.self))
        try directory.write { db in
            let sql = "INSERT INTO trace(destination, step, at_ms, calls, entries, heads) SELECT 'main', 'delivered', 1, 0, x'', x''"
            try db.execute(sql: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \(sql) FROM n")
        }
        var turns = 1
        while try await store.sender.pruneTrace(nowMS: 2_000_000) { turns += 1 }
        #expect(turns == 3)
        #expect(try directory.write { try Int.fetchOne($0, sql: "SELECT count(*) FROM trace") } == 0)
        #expect(try directory.write { try Int.fetchOne($0, sql: "SELECT calls FROM trace_state") } == 0)
    }

    @Test func namesThatOnlyTheTraceRefersToStay() async throws {
        var store = try opened()
        let labels = try (store.pipeline.label(for: "rule"), store.pipeline.label(for: "source"))
        var kept = CallChunk(destination: "main", slot: Slot(number: 1))
        let bytes = Array(Self.call(0).utf8)
        kept.append(bytes.span, CallEntry(byteCount: UInt32(bytes.count), rule: labels.0, source: labels.1, offset: 0))
        _ = try store.pipeline.commit(turn(kept))
        let ids = try await store.sender.waiting().map(\.id)
        try await settle(store) { $0.removed = ids }
        store.close()
        try directory.write { db in
            for number in 0..<10_000 { try db.execute(sql: "INSERT INTO label(text) VALUES (?)", arguments: ["old \(number)"]) }
        }
        store = try Store.open(directory: directory.path)
        defer { store.close() }
        let findings = try await store.trace.find(.user("u"))
        #expect(findings.sightings.map { findings.text(of: $0.rule) } == ["rule"])
        #expect(findings.sightings.map { findings.text(of: $0.source) } == ["source"])
        #expect(try directory.write { try Int.fetchOne($0, sql: "SELECT count(*) FROM label") } == 2)
    }

    @Test func aSearchThatFindsTooMuchKeepsTheNewest() async throws {
        let store = try opened()
        defer { store.close() }
        let count = 2 * TraceStore.sightingsMax + 500
        for start in stride(from: 0, to: count, by: 500) {
            _ = try store.pipeline.commit(turn(chunk((start..<start + 500).map { Self.call($0) })))
        }
        let findings = try await store.trace.find(.user("u"))
        #expect(findings.isCut)
        #expect(findings.sightings.map(\.head) == (count - TraceStore.sightingsMax..<count).map(Self.head))
    }
}
