// Files whose lines end in code units of several bytes: what is torn between two looks is whole in the end, and places are right.

import RandomSupport
import Records
import Tailing
import Testing

@Suite struct WideUnitTests {
    private let folder = Folder()
    private let little = CodeUnit(width: 2, isBigEndian: false)

    private func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

    private func append(_ bytes: some Sequence<UInt8>, to name: String = "app.log") {
        Writer(folder(name)).write(Array(bytes)[...])
    }

    @Test func aUnitThatIsTornIsReadWhenItIsWhole() throws {
        let reader = try Reader(folder, "*.log", unit: little)
        append(wide("a1\na2\n").dropLast())
        #expect(reader.step(polls: 2) == ["a1"])
        append([0])
        #expect(reader.step(polls: 2) == ["a2"])
        append(wide("a3").dropLast())
        try reader.stop()
        append([0] + wide("x\n"))
        #expect(reader.step(polls: 2) == ["a3x"])
        #expect(reader.records.map(\.offset) == [0, 6, 12])
    }

    /// Halves of two units are no line feed: 0x0A00 and 0x000A next to each other.
    @Test func whatOnlyLooksLikeALineFeedIsNone() throws {
        let big = CodeUnit(width: 2, isBigEndian: true)
        let reader = try Reader(folder, "*.log", unit: big)
        append([0x0A, 0x00, 0x0A, 0x0A, 0x00, 0x61, 0x00, 0x0A, 0x00, 0x62, 0x00, 0x0A])
        _ = reader.step(polls: 2)
        #expect(reader.records.map(\.offset) == [0, 8])
    }

    @Test(arguments: 0...3)
    func readingBeginsAtTheLineThatBeginsNextAtTheEndOfAnyByte(lacking: Int) throws {
        append(wide("old\nbegun\n").dropLast(lacking))
        let reader = try Reader(folder, "*.log", startAtEnd: true, unit: little)
        #expect(reader.step(polls: 2).isEmpty)
        append(wide("begun\n").suffix(lacking) + wide("new\n"))
        #expect(reader.step(polls: 2) == ["new"])
    }

    @Test func aLineThatIsTooLongIsSkippedAlsoWhereItGrows() throws {
        let reader = try Reader(folder, "*.log", recordBytesMax: 100, blockBytes: 256, unit: little)
        append(wide("a1\n" + String(repeating: "x", count: 400)).dropLast())
        #expect(reader.step(polls: 2) == ["a1"])
        append([0] + wide("more"))
        #expect(reader.step(polls: 2).isEmpty)
        append(wide("\na2\r\n" + String(repeating: "y", count: 50) + "\n" + String(repeating: "z", count: 51) + "\na3\n"))
        #expect(reader.step(polls: 2) == ["a2\r", String(repeating: "y", count: 50), "a3"])
        #expect(reader.source.counters.oversizeRecords == 2)
    }

    /// The place is in the middle of a unit, for a line ended at the first byte of its line feed.
    @Test func aFileThatWasReadInAnotherEncodingIsReadOnAtALine() throws {
        let reader = try Reader(folder, "*.log")
        append(wide("a1\na2\n"))
        #expect(reader.step(polls: 2).count == 2)
        try reader.restart(unit: little)
        append(wide("a3\na4\n"))
        #expect(reader.step(polls: 2) == ["a3", "a4"])
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func linesThatComeByteByByteAreReadOnceThoughReadingStopsInBetween(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let reader = try Reader(folder, "*.log", recordBytesMax: 40, blockBytes: 100, unit: little)
        // A log that is rotated away before anything of it was stored is not known.
        var lines = ["first"]
        append(wide("first\n"))
        _ = reader.step(polls: 2)
        reader.commit()
        var waiting: [UInt8] = []
        for number in 0..<60 {
            lines.append("\(number) " + String(repeating: "x", count: random.number(in: 0...14)))
            waiting += wide(lines.last! + "\n")
            let count = random.number(in: 0...waiting.count)
            append(waiting.prefix(count))
            waiting.removeFirst(count)
            if random.number(in: 0...1) == 0 {
                reader.poll()
                reader.readAll()
            }
            switch random.number(in: 0...5) {
            case 0: try reader.kill()
            case 1: try reader.stop()
            case 2: reader.commit()
            case 3:
                append(waiting)
                waiting = []
                folder.rename("app.log", to: "app.log.\(1000 - number)")
            default: break
            }
        }
        append(waiting)
        _ = reader.settle()
        #expect(reader.texts.sorted() == lines.sorted(), "seed \(seed)")
        #expect(reader.records.allSatisfy { $0.offset % 2 == 0 }, "seed \(seed)")
    }
}
