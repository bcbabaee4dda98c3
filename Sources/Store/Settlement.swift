// The outcome of one request, or of a part of it: which calls leave the outbox, and which of them as dead letters.

package import Calls

/// What settles in one transaction. Calls that leave the outbox and are no dead letters count as delivered.
package struct Settlement: Sendable {
    package var destination: String
    /// Chunks of which nothing waits any more.
    package var removed: [Int64] = []
    /// Chunks of which some calls wait still, with exactly those.
    package var rewritten: [Int64: CallChunk] = [:]
    package var deadLetters: [DeadLetter] = []
    /// What the receiver said to the calls that it accepted, and when, in milliseconds since 1970; for the trace.
    package var answer: String?
    package var atMS: Int64 = 0
    /// Added to the persisted counters, beside `delivered` and `dead_lettered`, which follow from the above.
    package var counters: [Counter: Int64] = [:]

    package init(destination: String) {
        self.destination = destination
    }
}

/// A dead letter that waits again, before whatever is left of the chunk it came from.
package struct TakenBack: Hashable, Sendable {
    /// What `SenderStore.settle` gave for the dead letter.
    package var deadLetter: Int64
    package var chunk: Int64
    package var slot: Slot
    package var barrierSlot: Slot?
    /// When the chunk was first stored, in milliseconds since 1970.
    package var storedAtMS: Int64

    package init(deadLetter: Int64, chunk: Int64, slot: Slot, barrierSlot: Slot?, storedAtMS: Int64) {
        self.deadLetter = deadLetter
        self.chunk = chunk
        self.slot = slot
        self.barrierSlot = barrierSlot
        self.storedAtMS = storedAtMS
    }
}
