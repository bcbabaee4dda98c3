// Encoded calls on their way to the outbox and out of it: the unit in which calls are stored, merged into batches and
// settled. A chunk is sealed when it is stored; its calls are never encoded again.

/// Where one call of a chunk ends and where it came from; kept so that a refused call can be told apart and explained.
package struct CallEntry: Hashable, Sendable {
    /// The length of the call's JSON in bytes.
    package var byteCount: UInt32
    /// The rule's name, as a label of the store.
    package var rule: UInt32
    /// The source's name and path, as a label of the store.
    package var source: UInt32
    /// The record's offset in its source.
    package var offset: UInt64

    package init(byteCount: UInt32, rule: UInt32, source: UInt32, offset: UInt64) {
        self.byteCount = byteCount
        self.rule = rule
        self.source = source
        self.offset = offset
    }
}

/// Calls for one destination whose people share a slot, in the order in which their records were read.
package struct CallChunk: Hashable, Sendable {
    /// The configured name of the destination.
    package var destination: String
    package var slot: Slot
    /// The second slot of a call that names two ids (an alias, or userId with anonymousId). Such a chunk holds one call and
    /// is a barrier: sent after everything earlier of both slots has settled, before anything later.
    package var barrierSlot: Slot?
    /// The calls' JSON objects, joined by commas: exactly what stands between the brackets of a batch.
    package private(set) var bytes: [UInt8]
    package private(set) var entries: [CallEntry]

    package init(destination: String, slot: Slot, barrierSlot: Slot? = nil) {
        self.destination = destination
        self.slot = slot
        self.barrierSlot = barrierSlot
        bytes = []
        entries = []
    }

    /// A chunk as it was stored. `bytes` holds the entries' calls joined by single commas.
    package init(destination: String, slot: Slot, barrierSlot: Slot?, bytes: [UInt8], entries: [CallEntry]) {
        self.init(destination: destination, slot: slot, barrierSlot: barrierSlot)
        self.bytes = bytes
        self.entries = entries
        precondition(bytes.count == entries.reduce(max(0, entries.count - 1)) { $0 + Int($1.byteCount) })
    }

    /// Adds one encoded call of `entry.byteCount` bytes.
    package mutating func append(_ call: Span<UInt8>, _ entry: CallEntry) {
        precondition(call.count == Int(entry.byteCount))
        if !entries.isEmpty { bytes.append(UInt8(ascii: ",")) }
        call.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        entries.append(entry)
    }

    /// The byte range of each call, in order.
    package var callRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(entries.count)
        var start = 0
        for entry in entries {
            ranges.append(start..<start + Int(entry.byteCount))
            start += Int(entry.byteCount) + 1
        }
        return ranges
    }

    /// The same calls without those at `indices`; used when some of them have settled.
    package func removing(_ indices: Set<Int>) -> CallChunk {
        var rest = CallChunk(destination: destination, slot: slot, barrierSlot: barrierSlot)
        for (index, range) in callRanges.enumerated() where !indices.contains(index) {
            rest.append(bytes.span.extracting(range), entries[index])
        }
        return rest
    }

    /// Forgets the calls and keeps the memory.
    package mutating func removeAllKeepingCapacity() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}
