// Marks of content that was read: hashes of the up to 64 bytes before an offset. The newest one proves before each read
// that the file still is what it was; the older ones find the place up to which it is after a power loss, and recognise
// copies. Of the marks kept, the newer half lies close to the end and the rest ever farther apart.

import Records

package enum ContentHash {
    /// FNV-1a with its 64-bit parameters: a fingerprint of a few bytes, not a defence against forgery. Who can forge it can write
    /// to the log anyway.
    package static func of(_ bytes: borrowing Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in bytes.indices {
            hash ^= UInt64(bytes[index])
            hash = hash &* 0x0000_0100_0000_01b3
        }
        return hash
    }
}

extension FileCheckpoint {
    /// Moves to `newOffset`, the content before which hashes to `hash`.
    package mutating func advance(to newOffset: UInt64, hash: UInt64) {
        offset = newOffset
        isFinished = false
        mark(newOffset, hash: hash)
    }

    /// Remembers the content before `markOffset`, a record's start not before the last mark.
    package mutating func mark(_ markOffset: UInt64, hash: UInt64) {
        if marks.last?.offset == markOffset { marks.removeLast() }
        marks.append(Mark(offset: markOffset, hash: hash))
        guard marks.count > Self.marksMax else { return }
        // The mark goes whose absence leaves the smallest gap in proportion to its distance from the end.
        var victim = 1
        var smallest = Double.infinity
        for index in 1..<marks.count - 1 {
            let gap = Double(marks[index + 1].offset - marks[index - 1].offset)
            let share = gap / Double(markOffset - marks[index - 1].offset)
            if share < smallest {
                smallest = share
                victim = index
            }
        }
        marks.remove(at: victim)
    }

    /// Moves back to the mark at `markOffset` and forgets the later ones.
    package mutating func cutBack(to markOffset: UInt64) {
        offset = markOffset
        marks.removeAll { $0.offset > markOffset }
    }
}
