// Records of several lines against a model that keeps lists of lines.

import RandomSupport
import Records
import Testing

@Suite struct LineGroupsTests {
    /// In these texts a line belongs to the one before when it begins with a space.
    private func records(_ text: String, linesMax: Int = 500, bytesMax: Int = 1000, isFinal: Bool = true) -> [String] {
        var groups = LineGroups(linesMax: linesMax, bytesMax: bytesMax)
        return Self.records(Array(text.utf8), &groups, isFinal: isFinal).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func records(_ bytes: [UInt8], _ groups: inout LineGroups, isFinal: Bool) -> [[UInt8]] {
        groups.group(bytes.span, isFinal: isFinal) { $0.count > 0 && $0[0] == 32 }
        return groups.starts.indices.map { index in
            Array(bytes[groups.starts[index]..<(index + 1 < groups.starts.count ? groups.starts[index + 1] : groups.end)])
        }
    }

    @Test func recordIsAllLinesUpToTheNextOneThatBelongsToNothing() {
        #expect(records("a\n b\n c\nd\ne\n f") == ["a\n b\n c\n", "d\n", "e\n f"])
        #expect(records("\n\n x\n") == ["\n", "\n x\n"])
        #expect(records("") == [])
    }

    @Test func lastRecordStaysOpenUnlessNothingCanFollow() {
        #expect(records("a\n b\nc\n d\n", isFinal: false) == ["a\n b\n"])
        #expect(records("a\n b\n", isFinal: false) == [])
        #expect(records("a\n b\n", isFinal: true) == ["a\n b\n"])
    }

    @Test func lineWithoutABeginningIsARecordOfItsOwn() {
        #expect(records(" orphan\n more\na\n") == [" orphan\n more\n", "a\n"])
    }

    @Test func limitsCutAndTheRestIsARecord() {
        #expect(records("a\n b\n c\n d\n e\nf\n", linesMax: 2) == ["a\n b\n", " c\n d\n", " e\n", "f\n"])
        #expect(records("aa\n b\n c\nd\n", bytesMax: 5) == ["aa\n b\n", " c\n", "d\n"])
        #expect(records("aa\r\n b\r\n c\n", bytesMax: 6) == ["aa\r\n b\r\n", " c\n"])
        #expect(records("long line\n b\n", bytesMax: 3) == ["long line\n", " b\n"])
    }

    @Test func cutsAreCountedOnceThoughAnOpenRecordIsOfferedAgain() {
        var groups = LineGroups(linesMax: 2, bytesMax: 100)
        let bytes = Array("a\n b\n c\n".utf8)
        #expect(Self.records(bytes, &groups, isFinal: false).count == 1)
        #expect(groups.cutCount == 1)
        let rest = Array(bytes[groups.end...])
        #expect(Self.records(rest, &groups, isFinal: false).isEmpty)
        #expect(Self.records(rest, &groups, isFinal: true).count == 1)
        #expect(groups.cutCount == 1)
    }

    @Test func placeLeadsToItsRecord() {
        var groups = LineGroups(bytesMax: 100)
        let bytes = Array("a\n b\nc\nd\n".utf8)
        _ = Self.records(bytes, &groups, isFinal: true)
        #expect(groups.lineCount == 4)
        #expect(bytes.indices.map { groups.starts.lastIndex(notAbove: $0) } == [0, 0, 0, 0, 0, 1, 1, 2, 2])
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func recordsAreThoseOfTheModelHoweverTheInputIsCutIntoBlocks(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let (linesMax, bytesMax) = (random.number(in: 1...5), random.number(in: 1...30))
        let lines = (0..<random.number(in: 0...60)).map { _ in
            random.bytes(random.number(in: 0...9), of: [32, 120, 13, 32]) + [10]
        }
        let model = Self.model(lines, linesMax: linesMax, bytesMax: bytesMax)

        var groups = LineGroups(linesMax: linesMax, bytesMax: bytesMax)
        var made: [[UInt8]] = []
        var held: [UInt8] = []
        for line in lines {
            held += line
            guard random.number(in: 0...2) == 0 else { continue }
            made += Self.records(held, &groups, isFinal: false)
            held.removeFirst(groups.end)
        }
        made += Self.records(held, &groups, isFinal: true)
        #expect(made == model.records, "seed \(seed)")
        #expect(groups.cutCount == model.cutCount, "seed \(seed)")
    }

    private static func model(_ lines: [[UInt8]], linesMax: Int, bytesMax: Int) -> (records: [[UInt8]], cutCount: Int) {
        var records: [[[UInt8]]] = []
        var cutCount = 0
        for line in lines {
            guard line.dropLast().first == 32, line.count > 1, var last = records.last else {
                records.append([line])
                continue
            }
            last.append(line)
            var bytes = Array(last.joined().dropLast())
            if bytes.last == 13 { bytes.removeLast() }
            if last.count <= linesMax, bytes.count <= bytesMax {
                records[records.count - 1] = last
            } else {
                records.append([line])
                cutCount += 1
            }
        }
        return (records.map { Array($0.joined()) }, cutCount)
    }
}
