// The byte searches against loops that cannot be wrong.

import RandomSupport
import Records
import Testing

@Suite struct BytesTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func searchesAgreeWithLoops(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let bytes = random.bytes(random.number(in: 0...100), of: [0, 9, 10, 11, 255])
            let byte: UInt8 = random.oneOf([0, 10, 255, 7])
            let place = random.number(in: 0...bytes.count)
            let span = bytes.span
            let (first, last) = (span.firstIndex(of: byte, from: place), span.lastIndex(of: byte, before: place))
            let count = span.occurrences(of: byte)
            #expect(first == bytes[place...].firstIndex(of: byte), "seed \(seed), \(bytes), \(place)")
            #expect(last == bytes[..<place].lastIndex(of: byte), "seed \(seed), \(bytes), \(place)")
            #expect(count == bytes.count { $0 == byte }, "seed \(seed), \(bytes)")
        }
    }

    @Test func searchesSeeOnlyTheirPartOfALargerArray() {
        let bytes: [UInt8] = Array(repeating: 10, count: 80)
        for start in 0..<20 {
            for end in start..<60 {
                let part = bytes.span.extracting(start..<end)
                let found = (part.occurrences(of: 10), part.firstIndex(of: 10), part.lastIndex(of: 10, before: end - start))
                #expect(found == (end - start, end > start ? 0 : nil, end > start ? end - start - 1 : nil))
            }
        }
    }

    /// A lane counts to 255 before it would begin again at 0.
    @Test func manyOccurrencesAreAllCounted() {
        for count in [254 * 32, 255 * 32, 255 * 32 + 31, 256 * 32, 511 * 32 + 5, 1 << 20] {
            let bytes = [UInt8](repeating: 10, count: count)
            let found = bytes.span.occurrences(of: 10)
            #expect(found == count)
        }
    }

    @Test func equalityLooksAtLengthAndEveryByte() {
        func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.span.hasSameBytes(as: right.span) }
        let bytes: [UInt8] = Array(0..<40)
        #expect(areSame(bytes, bytes) && areSame([], []))
        #expect(!areSame(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!areSame(bytes, other))
        }
    }

    @Test func copiesHoldTheBytes() {
        let bytes: [UInt8] = [1, 2, 3, 4]
        var copy = [UInt8](copying: bytes.span.extracting(1..<3))
        copy.append(contentsOf: bytes.span.extracting(first: 1))
        copy.append(contentsOf: [UInt8]().span)
        #expect(copy == [2, 3, 1])
    }
}
