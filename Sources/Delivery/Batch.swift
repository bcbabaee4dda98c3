// The calls of one request: taken whole from their chunks, never encoded again, and how far they have settled.

package import Calls
package import Store

package struct Batch: Sendable {
    /// One call: which of the chunks, which of its calls, and where its bytes lie.
    private struct Call {
        var chunk: Int
        var entry: Int
        var range: Range<Int>
    }

    private let chunks: [StoredChunk]
    private var calls: [Call] = []
    /// By chunk: the calls that no longer wait.
    private var settled: [Set<Int>]
    /// The first call alone is larger than a batch may be; the batch holds nothing else.
    package private(set) var isOversized = false

    /// Takes calls from the chunks, in order, until the next one would not fit.
    /// - Parameters:
    ///   - bytesMax: for the calls joined by commas, without the envelope.
    ///   - skipping: tells by chunk and rule which calls stay where they are.
    package init(
        filling chunks: [StoredChunk], bytesMax: Int, callsMax: Int, skipping: (Int64, UInt32) -> Bool = { _, _ in false }
    ) {
        self.chunks = chunks
        settled = Array(repeating: [], count: chunks.count)
        var bytes = 0
        filling: for (index, stored) in chunks.enumerated() {
            for (entry, range) in stored.chunk.callRanges.enumerated() where !skipping(stored.id, stored.chunk.entries[entry].rule) {
                let needed = range.count + (calls.isEmpty ? 0 : 1)
                guard calls.count < callsMax, bytes + needed <= bytesMax else {
                    isOversized = calls.isEmpty && range.count > bytesMax
                    if isOversized { calls.append(Call(chunk: index, entry: entry, range: range)) }
                    break filling
                }
                calls.append(Call(chunk: index, entry: entry, range: range))
                bytes += needed
            }
        }
    }

    package var callCount: Int { calls.count }

    /// When the call that waits longest was stored, in milliseconds since 1970.
    package var oldestStoredAtMS: Int64? { calls.first.map { chunks[$0.chunk].storedAtMS } }

    /// The rules of the calls at `range`.
    package func rules(_ range: Range<Int>) -> Set<UInt32> {
        Set(calls[range].map { chunks[$0.chunk].chunk.entries[$0.entry].rule })
    }

    /// Whether a call that is not settled yet is one of those, by chunk and rule.
    package func holdsUnsettled(_ isOne: (Int64, UInt32) -> Bool) -> Bool {
        calls.contains { call in
            !settled[call.chunk].contains(call.entry) && isOne(chunks[call.chunk].id, chunks[call.chunk].chunk.entries[call.entry].rule)
        }
    }

    /// The bytes of the calls at `range` joined by commas.
    package func byteCount(_ range: Range<Int>) -> Int {
        calls[range].reduce(max(0, range.count - 1)) { $0 + $1.range.count }
    }

    /// Appends the calls at `range`, joined by commas.
    package func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        for index in range {
            if index > range.lowerBound { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: chunks[calls[index].chunk].chunk.bytes[calls[index].range])
        }
    }

    /// The call at `index` on its own, with where it came from.
    package func call(_ index: Int) -> (bytes: [UInt8], entry: CallEntry, stored: StoredChunk) {
        let call = calls[index]
        let stored = chunks[call.chunk]
        return (Array(stored.chunk.bytes[call.range]), stored.chunk.entries[call.entry], stored)
    }

    /// Notes that the calls at `range` wait no longer, and says what that means for the store.
    package mutating func settle(_ range: Range<Int>, destination: String) -> Settlement {
        var settlement = Settlement(destination: destination)
        for call in calls[range] { settled[call.chunk].insert(call.entry) }
        for index in Set(calls[range].map(\.chunk)) {
            let stored = chunks[index]
            if settled[index].count == stored.chunk.entries.count {
                settlement.removed.append(stored.id)
            } else {
                settlement.rewritten[stored.id] = stored.chunk.removing(settled[index])
            }
        }
        return settlement
    }
}
