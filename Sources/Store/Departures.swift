// Which calls leave the outbox with a settlement, and which of them as dead letters: known from what the outbox held before, so that the
// trace tells of no call that was not there.

import Calls

/// The calls of one settlement, told apart by what they became.
struct Departures {
    private(set) var delivered: [TracedCall] = []
    private(set) var buried: [(letter: DeadLetter, call: TracedCall)] = []
    private var letters: ArraySlice<DeadLetter>

    init(_ letters: [DeadLetter]) {
        self.letters = letters[...]
    }

    /// All calls of `stored` leave but for those of `rest`, which are some of them in the same order.
    mutating func add(_ stored: StoredChunk, keeping rest: CallChunk?) {
        let chunk = stored.chunk
        let ranges = chunk.callRanges
        let left = Self.left(of: chunk, ranges, keeping: rest)
        for (index, call) in zip(left, TracedCall.list(chunk, at: left, storedAtMS: stored.storedAtMS)) {
            guard let place = letters.firstIndex(where: { $0.call[...] == chunk.bytes[ranges[index]] }) else {
                delivered.append(call)
                continue
            }
            buried.append((letters[place], call))
            if place == letters.startIndex { letters.removeFirst() } else { letters.remove(at: place) }
        }
    }

    /// Mostly the first calls of a chunk leave, so only what comes before the last of them is compared.
    private static func left(of chunk: CallChunk, _ ranges: [Range<Int>], keeping rest: CallChunk?) -> [Int] {
        guard let rest else { return Array(ranges.indices) }
        let count = ranges.count - rest.entries.count
        let restRanges = rest.callRanges
        var kept = 0
        var left: [Int] = []
        for index in ranges.indices {
            guard left.count < count else { break }
            if kept < restRanges.count, rest.entries[kept] == chunk.entries[index],
                rest.bytes[restRanges[kept]] == chunk.bytes[ranges[index]]
            {
                kept += 1
            } else {
                left.append(index)
            }
        }
        return left
    }
}
