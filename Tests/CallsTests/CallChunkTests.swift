// Chunks hold calls side by side and can be taken apart again.

import Calls
import RandomSupport
import Testing

@Suite struct CallChunkTests {
    private func chunk(_ calls: [String]) -> CallChunk {
        var chunk = CallChunk(destination: "main", slot: Slot(number: 3), barrierSlot: Slot(number: 9))
        for (index, call) in calls.enumerated() { chunk.append(Array(call.utf8).span, entry(call, index)) }
        return chunk
    }

    private func entry(_ call: String, _ index: Int) -> CallEntry {
        CallEntry(byteCount: UInt32(call.utf8.count), rule: UInt32(index), source: 1, offset: UInt64(index) * 100)
    }

    private func calls(of chunk: CallChunk) -> [String] {
        chunk.callRanges.map { String(decoding: chunk.bytes[$0], as: UTF8.self) }
    }

    @Test func callsAreJoinedByCommas() {
        #expect(String(decoding: chunk(["{1}", "{}", "{333}"]).bytes, as: UTF8.self) == "{1},{},{333}")
        #expect(chunk([]).bytes.isEmpty && chunk([]).callRanges.isEmpty)
        #expect(chunk(["{1}"]).callRanges == [0..<3])
    }

    @Test func rangesGiveTheCallsBack() {
        #expect(calls(of: chunk(["{1}", "{}", "{,,}"])) == ["{1}", "{}", "{,,}"])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func removingKeepsTheOthersAndTheirOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let all = (0..<random.number(in: 0...12)).map { "{\($0)\(String(repeating: ",", count: random.number(in: 0...5)))}" }
        let gone = Set(all.indices.filter { _ in Bool.random(using: &random) })
        let kept = all.indices.filter { !gone.contains($0) }
        let rest = chunk(all).removing(gone)
        #expect(calls(of: rest) == kept.map { all[$0] }, "seed \(seed)")
        #expect(rest.entries == kept.map { entry(all[$0], $0) }, "seed \(seed)")
        #expect(rest.destination == "main" && rest.slot == Slot(number: 3) && rest.barrierSlot == Slot(number: 9))
    }

    @Test func storedChunkIsTheSame() {
        let chunk = chunk(["{1}", "{22}"])
        #expect(
            CallChunk(
                destination: chunk.destination, slot: chunk.slot, barrierSlot: chunk.barrierSlot, bytes: chunk.bytes, entries: chunk.entries
            )
                == chunk)
    }

    @Test func emptiedChunkTakesNewCallsWithoutAComma() {
        var chunk = chunk(["{1}", "{22}"])
        chunk.removeAllKeepingCapacity()
        chunk.append(Array("{3}".utf8).span, entry("{3}", 0))
        #expect(calls(of: chunk) == ["{3}"] && chunk.bytes.count == 3)
    }
}
