// Where blocks are cut, against a model that looks at every byte.

import RandomSupport
import Records
import Tailing
import Testing

@Suite struct LineCutTests {
    private func cut(_ text: String, max: Int = 5, isFinal: Bool = false) -> LineCut {
        LineCut(block: Array(text.utf8).span, recordBytesMax: max, isFinal: isFinal)
    }

    @Test func aBlockEndsWithItsLastWholeLine() {
        #expect(cut("ab\ncd\n") == LineCut(wholeBytes: 6, rest: .none))
        #expect(cut("ab\ncd") == LineCut(wholeBytes: 3, rest: .unfinished))
        #expect(cut("ab\ncd", isFinal: true) == LineCut(wholeBytes: 5, rest: .none))
        #expect(cut("") == LineCut(wholeBytes: 0, rest: .none))
    }

    @Test func aLineOfTheGreatestLengthIsARecord() {
        #expect(cut("12345\n") == LineCut(wholeBytes: 6, rest: .none))
        #expect(cut("12345\r\n") == LineCut(wholeBytes: 7, rest: .none))
        #expect(cut("123456\n") == LineCut(wholeBytes: 0, rest: .oversize(bytes: 7)))
        #expect(cut("123456\r\n") == LineCut(wholeBytes: 0, rest: .oversize(bytes: 8)))
    }

    @Test func aLineWithoutEndIsTooLongOnlyWhenItMustBe() {
        #expect(cut("12345") == LineCut(wholeBytes: 0, rest: .unfinished))
        #expect(cut("12345\r") == LineCut(wholeBytes: 0, rest: .unfinished))
        #expect(cut("123456") == LineCut(wholeBytes: 0, rest: .oversize(bytes: nil)))
        #expect(cut("12345\rx") == LineCut(wholeBytes: 0, rest: .oversize(bytes: nil)))
        #expect(cut("a\n123456", isFinal: true) == LineCut(wholeBytes: 2, rest: .oversize(bytes: nil)))
    }

    @Test func randomBlocksAreCutAsTheModelCutsThem() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let bytes = random.bytes(random.number(in: 0...40), of: Array("aaa\n\r".utf8))
            let max = random.number(in: 1...8)
            let isFinal = random.number(in: 0...1) == 1
            let found = LineCut(block: bytes.span, recordBytesMax: max, isFinal: isFinal)
            let expected = model(bytes, max, isFinal)
            #expect(found == expected, "seed \(seed): \(bytes), \(max), \(isFinal)")
            if found != expected { return }
        }
    }

    @Test func wideBlocksAreCutWhereNarrowOnesAre() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<5_000 {
            let width = random.oneOf([2, 4])
            let isBigEndian = random.number(in: 0...1) == 1
            let bytes = random.bytes(random.number(in: 0...40), of: Array("aaa\n\r".utf8))
            let zeros = [UInt8](repeating: 0, count: width - 1)
            let wide = bytes.flatMap { isBigEndian ? zeros + [$0] : [$0] + zeros }
            let max = random.number(in: 1...8)
            // No whole unit more fits into the bytes between.
            let found = LineCut(
                block: wide.span, unit: CodeUnit(width: width, isBigEndian: isBigEndian),
                recordBytesMax: max * width + random.number(in: 0...width - 1), isFinal: false)
            let expected = model(bytes, max, false)
            #expect(found.wholeBytes == expected.wholeBytes * width, "seed \(seed): \(bytes), \(max)")
            switch (found.rest, expected.rest) {
            case (.none, .none), (.unfinished, .unfinished), (.oversize(nil), .oversize(nil)): break
            case (.oversize(let wide?), .oversize(let narrow?)): #expect(wide == narrow * width, "seed \(seed): \(bytes), \(max)")
            default: Issue.record("seed \(seed): \(bytes), \(max): \(found), \(expected)")
            }
        }
    }

    private func model(_ bytes: [UInt8], _ max: Int, _ isFinal: Bool) -> LineCut {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let line = bytes[start..<(end ?? bytes.count)]
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if content.count > max { return LineCut(wholeBytes: start, rest: .oversize(bytes: end.map { $0 + 1 - start })) }
            guard let end else {
                return isFinal ? LineCut(wholeBytes: bytes.count, rest: .none) : LineCut(wholeBytes: start, rest: .unfinished)
            }
            start = end + 1
        }
        return LineCut(wholeBytes: bytes.count, rest: .none)
    }
}
