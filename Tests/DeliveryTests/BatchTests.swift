// Batches: what fits, byte for byte, and what is left in the outbox after any part has settled.

import Calls
import Delivery
import RandomSupport
import Store
import Testing

@Suite struct BatchTests {
    private func stored(_ id: Int64, _ calls: [String]) -> StoredChunk {
        var chunk = CallChunk(destination: "main", slot: Slot(number: 1))
        for call in calls {
            let bytes = Array(call.utf8)
            chunk.append(bytes.span, CallEntry(byteCount: UInt32(bytes.count), rule: 1, source: 1, offset: 0))
        }
        return StoredChunk(id: id, storedAtMS: 0, chunk: chunk)
    }

    private func text(_ batch: Batch, _ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        batch.append(range, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func callsAreJoinedAcrossChunks() {
        let batch = Batch(filling: [stored(1, ["{1}", "{2}"]), stored(2, ["{3}"])], bytesMax: 100, callsMax: 10)
        #expect(batch.callCount == 3)
        #expect(text(batch, 0..<3) == "{1},{2},{3}")
        #expect(text(batch, 1..<2) == "{2}")
        #expect(text(batch, 1..<3) == "{2},{3}")
        #expect(batch.byteCount(0..<3) == 11 && batch.byteCount(1..<2) == 3)
    }

    @Test func limitsAreMetExactly() {
        let chunks = [stored(1, ["{1}", "{2}"]), stored(2, ["{3}"])]
        #expect(Batch(filling: chunks, bytesMax: 11, callsMax: 10).callCount == 3)
        #expect(Batch(filling: chunks, bytesMax: 10, callsMax: 10).callCount == 2)
        #expect(Batch(filling: chunks, bytesMax: 6, callsMax: 10).callCount == 1)
        #expect(Batch(filling: chunks, bytesMax: 100, callsMax: 2).callCount == 2)
    }

    @Test func aCallThatFitsNoBatchStandsAlone() {
        let batch = Batch(filling: [stored(1, ["{12345}", "{2}"])], bytesMax: 6, callsMax: 10)
        #expect(batch.isOversized && batch.callCount == 1)
        #expect(!Batch(filling: [stored(1, ["{2}", "{12345}"])], bytesMax: 6, callsMax: 10).isOversized)
    }

    @Test func singleCallsTellWhereTheyCameFrom() {
        let batch = Batch(filling: [stored(1, ["{1}", "{2}"]), stored(2, ["{3}"])], bytesMax: 100, callsMax: 10)
        let call = batch.call(2)
        #expect(call.bytes == Array("{3}".utf8))
        #expect(call.stored.id == 2)
        #expect(call.entry.byteCount == 3)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func anyOrderOfSettlingLeavesExactlyTheRest(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var number = 0
        let chunks = (1...5).map { id in
            stored(
                id,
                (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    number += 1
                    return "{\(number)}"
                })
        }
        var outbox = Dictionary(uniqueKeysWithValues: chunks.map { ($0.id, $0.chunk) })
        let callsMax = Int.random(in: 1...number, using: &random)
        var batch = Batch(filling: chunks, bytesMax: 10_000, callsMax: callsMax)
        #expect(batch.callCount == callsMax)
        var settled: Set<String> = []
        for index in (0..<callsMax).shuffled(using: &random) where Bool.random(using: &random) {
            let settlement = batch.settle(index..<index + 1, destination: "main")
            for id in settlement.removed { outbox[id] = nil }
            for (id, chunk) in settlement.rewritten { outbox[id] = chunk }
            settled.insert("{\(index + 1)}")
            let left = outbox.keys.sorted().map { String(decoding: outbox[$0]!.bytes, as: UTF8.self) }.joined(separator: ",")
            let expected = (1...number).map { "{\($0)}" }.filter { !settled.contains($0) }.joined(separator: ",")
            #expect(left == expected, "seed \(seed)")
        }
    }
}
