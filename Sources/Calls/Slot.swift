// Slots keep the calls of one person in order while many people's calls are on their way at once: every person belongs to
// one of 64 slots for good, and calls of one slot are sent one after the other.

/// A person's place, 0 to 63. Stored with the outbox, so the hash never changes.
package struct Slot: Hashable, Sendable, Comparable {
    package let number: UInt8

    package static let count = 64

    package init(number: UInt8) {
        precondition(number < Self.count)
        self.number = number
    }

    /// The slot of a user id or, for people without one, of an anonymous id (FNV-1a, 64 bits, folded).
    package init(person: Span<UInt8>) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in person.indices {
            hash = (hash ^ UInt64(person[index])) &* 0x0000_0100_0000_01b3
        }
        hash ^= hash >> 32
        number = UInt8(truncatingIfNeeded: (hash ^ hash >> 16 ^ hash >> 8) % UInt64(Self.count))
    }

    package static func < (left: Slot, right: Slot) -> Bool { left.number < right.number }
}
