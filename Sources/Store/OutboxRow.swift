// What of the outbox is read: light rows to decide from, whole chunks to send, and totals to report.

package import Calls

/// A chunk that waits, without its calls.
package struct OutboxRow: Hashable, Sendable {
    /// Grows with the order of reading.
    package var id: Int64
    package var slot: Slot
    package var barrierSlot: Slot?
    package var callCount: Int
    /// Of the calls joined by commas.
    package var byteCount: Int
    /// Milliseconds since 1970.
    package var storedAtMS: Int64

    package init(id: Int64, slot: Slot, barrierSlot: Slot?, callCount: Int, byteCount: Int, storedAtMS: Int64) {
        self.id = id
        self.slot = slot
        self.barrierSlot = barrierSlot
        self.callCount = callCount
        self.byteCount = byteCount
        self.storedAtMS = storedAtMS
    }
}

/// A chunk that waits.
package struct StoredChunk: Hashable, Sendable {
    package var id: Int64
    /// Milliseconds since 1970.
    package var storedAtMS: Int64
    package var chunk: CallChunk

    package init(id: Int64, storedAtMS: Int64, chunk: CallChunk) {
        self.id = id
        self.storedAtMS = storedAtMS
        self.chunk = chunk
    }
}

/// How much waits for one destination.
package struct OutboxTotals: Hashable, Sendable {
    package var chunks: Int
    package var calls: Int
    package var bytes: Int
    /// Milliseconds since 1970; nil when nothing waits.
    package var oldestStoredAtMS: Int64?
}
