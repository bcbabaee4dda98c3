// Calls live every kind of life at random, and copies of the files, as a kill would leave them, tell of each call what a plain model
// tells.

import Calls
import Foundation
import RandomSupport
import Store
import Testing

@Suite struct TraceLifeTests {
    /// By call: what became of it, and where it is.
    private struct Model {
        var steps: [[String]] = []
        var waiting: Set<Int> = []
        var dead: [Int: Int64] = [:]
        /// In milliseconds since 1970.
        var nowMS: Int64 = 10_000
    }

    private let directory = TemporaryDirectory()
    private let store: Store
    private let box: DeadLetterBox

    init() throws {
        store = try Store.open(directory: directory.path, deadLetters: DeadLetterLimits(bytesMax: 1200, ageMaxMS: 40))
        try store.trace.keep(TraceLimits(ageMaxMS: 1_000_000, callsMax: 100_000), nowMS: 1)
        box = try DeadLetterBox.open(directory: directory.path)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func theTraceTellsEveryLifeWheneverTheAgentIsKilled(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var model = Model()
        for step in 0..<60 {
            model.nowMS += Int64(random.number(in: 0...3))
            switch random.number(in: 0...13) {
            case 0...4: try commit(&model, &random)
            case 5...9: try await settle(&model, &random)
            case 10: try moveALetter(&model, &random)
            case 11:
                _ = try await store.sender.removeOldDeadLetters(nowMS: model.nowMS)
                try noteRemovedLetters(&model, "dead_letter_age")
            case 12:
                _ = try store.pipeline.dropOldest(downTo: store.pipeline.outboxBytes - 1, nowMS: model.nowMS)
                try await noteDroppedCalls(&model, "spool_full")
            default:
                _ = try await store.sender.drop(destination: nil, rule: step.isMultiple(of: 2) ? nil : "none", nowMS: model.nowMS)
                try await noteDroppedCalls(&model, "dropped")
            }
            try await compare(model, "seed \(seed), step \(step)")
        }
        #expect(Set(model.steps.flatMap(\.self)).count >= 5)
    }

    private func commit(_ model: inout Model, _ random: inout SeededRandom) throws {
        let numbers = model.steps.count..<model.steps.count + random.number(in: 1...5)
        var turn = Turn(atMS: model.nowMS)
        turn.chunks = [chunk(numbers.dropFirst().map { TraceTests.call($0) })]
        // One that is too large, say.
        turn.rejected = [letter(numbers.lowerBound, model.nowMS)]
        _ = try store.pipeline.commit(turn)
        model.steps.append(["dead_letter refused"])
        model.steps += numbers.dropFirst().map { _ in [] }
        model.waiting.formUnion(numbers.dropFirst())
        model.dead[numbers.lowerBound] = 0
        try noteRemovedLetters(&model, "dead_letters_full")
    }

    /// Some of a chunk's calls from its start, of which some are refused, and taken back now and then.
    private func settle(_ model: inout Model, _ random: inout SeededRandom) async throws {
        guard let stored = try await store.sender.waiting().randomElement(using: &random) else { return }
        let numbers = try stored.chunk.callRanges.map { try number(of: stored.chunk.bytes[$0]) }
        let count = random.number(in: 1...numbers.count)
        var settlement = Settlement(destination: "main")
        (settlement.answer, settlement.atMS) = ("200", model.nowMS)
        if count == numbers.count {
            settlement.removed = [stored.id]
        } else {
            settlement.rewritten = [stored.id: stored.chunk.removing(Set(0..<count))]
        }
        let refused = numbers[..<count].filter { _ in random.number(in: 0...2) == 0 }
        settlement.deadLetters = refused.map { letter($0, model.nowMS) }
        let ids = try await store.sender.settle(settlement)
        for number in numbers[..<count] { model.steps[number].append(refused.contains(number) ? "dead_letter refused" : "delivered 200") }
        model.waiting.subtract(numbers[..<count])
        model.dead.merge(zip(refused, ids)) { $1 }
        try noteRemovedLetters(&model, "dead_letters_full")
        guard random.number(in: 0...3) == 0 else { return }
        try await store.sender.takeBack(
            ids.map {
                TakenBack(deadLetter: $0, chunk: stored.id, slot: stored.chunk.slot, barrierSlot: nil, storedAtMS: stored.storedAtMS)
            }, nowMS: model.nowMS)
        for number in refused where model.dead.removeValue(forKey: number) != nil {
            model.steps[number].append("taken_back")
            model.waiting.insert(number)
        }
    }

    /// As a person does it from another process.
    private func moveALetter(_ model: inout Model, _ random: inout SeededRandom) throws {
        guard let stored = try box.letters(DeadLetterSelection(), after: 0, countMax: 100).randomElement(using: &random) else { return }
        var selection = DeadLetterSelection()
        selection.ids = [stored.id]
        let number = try number(of: stored.letter.call)
        if random.number(in: 0...2) > 0 {
            #expect(try box.retry(selection, includesOwn: true, nowMS: model.nowMS).sent == 1)
            model.steps[number].append("put_back")
            model.waiting.insert(number)
        } else {
            #expect(try box.drop(selection, nowMS: model.nowMS) == 1)
            model.steps[number].append("discarded dropped")
        }
        model.dead[number] = nil
    }

    private func noteRemovedLetters(_ model: inout Model, _ reason: String) throws {
        let kept = Set(try box.letters(DeadLetterSelection(), after: 0, countMax: 1000).map { try number(of: $0.letter.call) })
        for number in model.dead.keys where !kept.contains(number) {
            model.steps[number].append("discarded \(reason)")
            model.dead[number] = nil
        }
    }

    private func noteDroppedCalls(_ model: inout Model, _ reason: String) async throws {
        let kept = Set(
            try await store.sender.waiting().flatMap { stored in try stored.chunk.callRanges.map { try number(of: stored.chunk.bytes[$0]) }
            })
        for number in model.waiting.subtracting(kept) { model.steps[number].append("discarded \(reason)") }
        model.waiting.formIntersection(kept)
    }

    private func compare(_ model: Model, _ comment: Comment) async throws {
        let copy = directory.copied()
        let store = try Store.open(directory: copy.path)
        defer { store.close() }
        var found = Model()
        found.steps = model.steps.map { _ in [] }
        for sighting in try await store.trace.find(.user("u")).sightings {
            let number = try number(of: sighting.head[...])
            switch sighting.fact {
            case .waits: found.waiting.insert(number)
            case .isDeadLetter: found.dead[number] = 0
            case .step(let step, let reason, let answer):
                found.steps[number].append(([step.rawValue] + [reason, answer].compactMap(\.self)).joined(separator: " "))
            }
        }
        try #require(found.steps == model.steps, comment)
        try #require(found.waiting == model.waiting, comment)
        try #require(found.dead.keys == model.dead.keys, comment)
    }

    private func letter(_ number: Int, _ atMS: Int64) -> DeadLetter {
        DeadLetter(
            destination: "main", call: Array(TraceTests.call(number).utf8), reason: .refused, answer: nil, rule: 7, source: 9, offset: 0,
            atMS: atMS)
    }

    private func number(of call: some Sequence<UInt8>) throws -> Int {
        let match = try #require(String(decoding: Array(call), as: UTF8.self).firstMatch(of: #/"messageId":"m(\d+)"/#))
        return try #require(Int(match.output.1))
    }
}
