// A search for many literals at once without vector instructions, after Wu and Manber ("A fast algorithm for multi-pattern
// searching", 1994): a window as long as the shortest literal moves over the bytes. The hash of the window's last three bytes
// says how far it may move without missing the start of any literal, or, at distance 0, which literals may begin here.
// The hash does not see the bit that tells upper from lower case, so that literals which ignore case share the tables. Literals
// shorter than the hash is wide are looked for in a second pass.
//
// This file uses unsafe pointers because the bounds checks of spans cost a third of the speed of the inner loop; every access
// stays below `count` by the loop's condition.

struct ScalarSearch: Sendable {
    fileprivate struct Entry {
        let literal: RequiredLiteral
        let index: Int
    }

    /// The window, in bytes: the shortest literal, but no more than a shift can say.
    private let windowBytes: Int
    /// By hash: how far to move.
    private let shifts: [UInt8]
    /// By hash: where the entries with that hash begin; those of hash h end where those of h + 1 begin.
    private let bucketStarts: [Int32]
    private let entries: [Entry]
    /// The literals of fewer than `hashedBytes` bytes, and which bytes they begin with.
    private let shortEntries: [Entry]
    private let beginsShortEntry: [Bool]

    private static let hashedBytes = RequiredLiteral.bytesMin
    private static let hashCount = 1 << 16

    init(_ literals: [RequiredLiteral]) {
        let all = literals.enumerated().map { Entry(literal: $1, index: $0) }
        let long = all.filter { $0.literal.bytes.count >= Self.hashedBytes }
        let short = all.filter { $0.literal.bytes.count < Self.hashedBytes }
        let windowBytes = min(long.map(\.literal.bytes.count).min() ?? Self.hashedBytes, Int(UInt8.max))
        self.windowBytes = windowBytes
        var shifts = [UInt8](repeating: UInt8(windowBytes - 2), count: Self.hashCount)
        var buckets: [(hash: Int, entry: Entry)] = []
        for entry in long {
            let bytes = entry.literal.bytes
            for end in 2..<windowBytes {
                let hash = Self.hash(bytes[end - 2], bytes[end - 1], bytes[end])
                shifts[hash] = min(shifts[hash], UInt8(windowBytes - 1 - end))
                if end == windowBytes - 1 { buckets.append((hash, entry)) }
            }
        }
        // In one bucket ascending by literal, which is the order in which hits are told.
        buckets.sort { ($0.hash, $0.entry.index) < ($1.hash, $1.entry.index) }
        var starts = [Int32](repeating: 0, count: Self.hashCount + 1)
        for bucket in buckets { starts[bucket.hash + 1] += 1 }
        for hash in 0..<Self.hashCount { starts[hash + 1] += starts[hash] }
        self.shifts = shifts
        bucketStarts = starts
        entries = buckets.map(\.entry)
        shortEntries = short
        beginsShortEntry = (0...UInt8.max).map { byte in
            short.contains { $0.literal.bytes[0] == ($0.literal.ignoresCase ? byte.asciiLowercased : byte) }
        }
    }

    /// Appends the hits, ascending by start. False where there are more than `hitsMax`.
    func scan(_ bytes: Span<UInt8>, into hits: inout [LiteralHit], hitsMax: Int) -> Bool {
        guard scanForLong(bytes, into: &hits, hitsMax: hitsMax) else { return false }
        guard !shortEntries.isEmpty else { return true }
        guard scanForShort(bytes, into: &hits, hitsMax: hitsMax) else { return false }
        hits.sortByStart()
        return true
    }

    private func scanForLong(_ bytes: Span<UInt8>, into hits: inout [LiteralHit], hitsMax: Int) -> Bool {
        guard !entries.isEmpty else { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            shifts.withUnsafeBufferPointer { shifts in
                var last = windowBytes - 1
                while last < bytes.count {
                    let hash = Self.hash(bytes[last - 2], bytes[last - 1], bytes[last])
                    let shift = Int(shifts[hash])
                    if shift > 0 {
                        last += shift
                        continue
                    }
                    let bucket = entries[Int(bucketStarts[hash])..<Int(bucketStarts[hash + 1])]
                    if !appendHits(of: bucket, in: bytes, at: last - windowBytes + 1, to: &hits, hitsMax: hitsMax) { return false }
                    last += 1
                }
                return true
            }
        }
    }

    private func scanForShort(_ bytes: Span<UInt8>, into hits: inout [LiteralHit], hitsMax: Int) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            for start in bytes.indices where beginsShortEntry[Int(bytes[start])] {
                if !appendHits(of: shortEntries[...], in: bytes, at: start, to: &hits, hitsMax: hitsMax) { return false }
            }
            return true
        }
    }

    private func appendHits(
        of candidates: ArraySlice<Entry>, in bytes: UnsafeBufferPointer<UInt8>, at start: Int, to hits: inout [LiteralHit], hitsMax: Int
    ) -> Bool {
        for entry in candidates where entry.occurs(in: bytes, at: start) {
            guard hits.count < hitsMax else { return false }
            hits.append(LiteralHit(start: start, end: start + entry.literal.bytes.count, literal: entry.index))
        }
        return true
    }

    @inline(__always)
    private static func hash(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let joined = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third) | 0x20_2020
        return Int((joined &* 0x9E37_79B1) >> 16)
    }
}

extension ScalarSearch.Entry {
    fileprivate func occurs(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        guard bytes.count - start >= literal.bytes.count else { return false }
        for (offset, byte) in literal.bytes.enumerated() {
            let found = bytes[start + offset]
            guard found == byte || (literal.ignoresCase && found.asciiLowercased == byte) else { return false }
        }
        return true
    }
}
