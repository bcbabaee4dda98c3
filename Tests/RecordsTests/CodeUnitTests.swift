// Ends of lines in code units of any width, against a model that looks at every unit, and maps of decoded lines.

import RandomSupport
import Records
import Testing

@Suite struct CodeUnitTests {
    static let units = [1, 2, 4].flatMap { width in [false, true].map { CodeUnit(width: width, isBigEndian: $0) } }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func unitsAreFoundWhereTheModelFindsThem(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for width in [1, 2, 4] {
            for isBigEndian in [false, true] {
                let unit = CodeUnit(width: width, isBigEndian: isBigEndian)
                let bytes = random.bytes(random.number(in: 0...200), of: [0, 0, 0, 10, 10, 120])
                let lineFeed = [UInt8](repeating: 0, count: width - 1)
                let wanted = isBigEndian ? lineFeed + [10] : [10] + lineFeed
                let places = stride(from: 0, to: bytes.count - width + 1, by: width).filter { Array(bytes[$0..<$0 + width]) == wanted }
                for index in stride(from: 0, through: bytes.count, by: width) {
                    let first = bytes.span.firstIndex(of: .lineFeed, in: unit, from: index)
                    #expect(first == places.first { $0 >= index }, "seed \(seed), \(unit)")
                    let last = bytes.span.lastIndex(of: .lineFeed, in: unit, before: index)
                    #expect(last == places.last { $0 + width <= index }, "seed \(seed), \(unit)")
                    #expect(bytes.span.has(.lineFeed, in: unit, before: index) == places.contains(index - width), "seed \(seed), \(unit)")
                }
            }
        }
    }

    /// Every stream in wide units is that of its characters, and places are as many times larger.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func wideStreamsHaveTheRecordsOfNarrowOnes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let unit = random.oneOf(Self.units)
        let recordBytesMax = random.number(in: 1...12)
        let narrow = random.bytes(random.number(in: 0...300), of: [10, 13, 120, 120, 120])
        let wide = narrow.flatMap { byte in
            let zeros = [UInt8](repeating: 0, count: unit.width - 1)
            return unit == CodeUnit(width: unit.width, isBigEndian: true) ? zeros + [byte] : [byte] + zeros
        }
        // One byte at a time at first, so that units are torn.
        let expected = try blocks(of: narrow, .byte, recordBytesMax: recordBytesMax, readBytesMax: 1)
        let found = try blocks(of: wide, unit, recordBytesMax: recordBytesMax * unit.width, readBytesMax: random.number(in: 1...7))
        #expect(found.oversizeRecords == expected.oversizeRecords, "seed \(seed)")
        #expect(found.bytes.count == expected.bytes.count * unit.width, "seed \(seed)")
        #expect(found.bytes.filter { $0 != 0 } == expected.bytes, "seed \(seed)")
    }

    private func blocks(
        of input: [UInt8], _ unit: CodeUnit, recordBytesMax: Int, readBytesMax: Int
    ) throws -> (bytes: [UInt8], oversizeRecords: Int) {
        var position = 0
        var stream = RecordStream(recordBytesMax: recordBytesMax, blockBytes: 8, unit: unit) { buffer, range in
            let count = min(range.count, readBytesMax, input.count - position)
            buffer.replaceSubrange(range.lowerBound..<range.lowerBound + count, with: input[position..<position + count])
            position += count
            return count
        }
        var bytes: [UInt8] = []
        while try stream.next({ block, place in
            let taken = [UInt8](copying: block)
            #expect(Array(input[Int(place.offset)..<Int(place.offset) + taken.count]) == taken)
            #expect(Int(place.offset) % unit.width == 0)
            bytes += taken
            return taken.count
        }) {}
        return (bytes, stream.oversizeRecords)
    }

    @Test func linesAreFoundAgainBothWays() {
        var map = LineMap()
        for (text, raw) in [(0, 0), (5, 10), (6, 14), (20, 30)] { map.append(text: text, raw: raw) }
        #expect([0, 5, 6, 20].map { map.rawIndex(ofText: $0) } == [0, 10, 14, 30])
        #expect([0, 10, 14, 30].map { map.textIndex(ofRaw: $0) } == [0, 5, 6, 20])
        #expect([0, 10, 14, 30].map { map.line(ofRaw: $0) } == [0, 1, 2, 3])
    }
}
