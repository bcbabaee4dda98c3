// Streams of records through real pipes, against a model that splits the whole input at its line feeds.

import Foundation
import Glibc
import RandomSupport
import Records
import Testing

@Suite struct RecordStreamTests {
    @Test func blocksTileTheInput() throws {
        let reading = try read("one\ntwo\n\nfour\n", recordBytesMax: 100, blockBytes: 8)
        #expect(reading.records.map(\.text) == ["one", "two", "", "four"])
        #expect(reading.records.map(\.offset) == [0, 4, 8, 9])
        #expect(reading.oversizeRecords == 0)
    }

    @Test func emptyInputHasNoRecord() throws {
        #expect(try read("", recordBytesMax: 10, blockBytes: 16).records.isEmpty)
    }

    @Test func lastRecordMayLackItsLineFeed() throws {
        #expect(try read("one\ntwo", recordBytesMax: 100, blockBytes: 16).records.map(\.text) == ["one", "two"])
        #expect(try read("one", recordBytesMax: 3, blockBytes: 16).records.map(\.text) == ["one"])
        #expect(try read("four", recordBytesMax: 3, blockBytes: 16).oversizeRecords == 1)
    }

    @Test func carriageReturnsStayAndDoNotCount() throws {
        let reading = try read("abc\r\nabcd\r\nabc\r", recordBytesMax: 3, blockBytes: 64)
        #expect(reading.records.map(\.text) == ["abc\r", "abc\r"])
        #expect(reading.records.map(\.offset) == [0, 11])
        #expect(reading.records.map(\.oversizeRecordsBefore) == [0, 1])
        #expect(reading.oversizeRecords == 1)
    }

    @Test(arguments: [1, 7, 4096])
    func recordOfTheLongestLengthStaysAndOneByteMoreGoes(blockBytes: Int) throws {
        let fits = String(repeating: "x", count: 1000)
        let reading = try read("\(fits)\n\(fits)y\nafter\n\(fits)\n", recordBytesMax: 1000, blockBytes: blockBytes)
        #expect(reading.records.map(\.text) == [fits, "after", fits])
        #expect(reading.records.map(\.offset) == [0, 2003, 2009])
        #expect(reading.records.map(\.oversizeRecordsBefore) == [0, 1, 1])
        #expect(reading.oversizeRecords == 1)
    }

    @Test func tenMegabyteLineIsLeftOutInBoundedMemory() throws {
        let long = String(repeating: "x", count: 10 << 20)
        let reading = try read("before\n\(long)\nafter\n\(long)", recordBytesMax: 1 << 10, blockBytes: 1 << 16)
        #expect(reading.records.map(\.text) == ["before", "after"])
        #expect(reading.records.map(\.offset) == [0, UInt64(7 + long.utf8.count + 1)])
        #expect(reading.oversizeRecords == 2)
        #expect(reading.blockBytesMax <= 1 << 16 + 2 * (1 << 10 + 2))
    }

    @Test func readErrorIsThrownWithItsNumber() {
        #expect(throws: RecordStream.ReadError.self) {
            var stream = RecordStream(descriptor: -1)
            _ = try stream.next { block, _ in block.count }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func recordsAreThoseOfTheModel(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let recordBytesMax = random.number(in: 1...40)
        let blockBytes = random.number(in: 1...60)
        let common = random.oneOf([10, 11, 13] as [UInt8])
        let input = random.bytes(random.number(in: 0...2000), of: [10, 13, 120, 121, 0, common, 120, 120])
        let reading = try read(input, recordBytesMax: recordBytesMax, blockBytes: blockBytes, writeBytesMax: random.number(in: 1...200))
        let model = Self.model(input, recordBytesMax: recordBytesMax)
        #expect(reading.records == model.records, "seed \(seed)")
        #expect(reading.oversizeRecords == model.oversizeRecords, "seed \(seed)")
    }

    /// A packet socket hands out what was written piece by piece, so every state between two bytes is seen.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func bytesThatComeOneByOneGiveTheSameRecords(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let recordBytesMax = random.number(in: 1...8)
        let input = random.bytes(random.number(in: 0...400), of: [10, 13, 120, 120, 120, 120])
        let reading = try read(
            input, recordBytesMax: recordBytesMax, blockBytes: random.number(in: 1...20), writeBytesMax: 1, isPacketed: true)
        let model = Self.model(input, recordBytesMax: recordBytesMax)
        #expect(reading.records == model.records, "seed \(seed)")
        #expect(reading.oversizeRecords == model.oversizeRecords, "seed \(seed)")
    }

    @Test func whatIsLeftIsOfferedAgainWithWhatFollows() throws {
        var offers: [String] = []
        let reading = try read(
            "a\nb\nc\nd\n", recordBytesMax: 2, blockBytes: 1,
            linesTaken: { lines, isFinal in
                offers.append("\(lines)\(isFinal ? "!" : "")")
                return isFinal ? lines : lines - 1
            })
        #expect(reading.records.map(\.text) == ["a", "b", "c", "d"])
        #expect(reading.records.map(\.offset) == [0, 2, 4, 6])
        #expect(offers == ["4", "1!"])
    }

    @Test func nothingThatFollowsALineThatIsLeftOutCanBelongToWhatIsBefore() throws {
        var finals: [Bool] = []
        _ = try read(
            "a\nb\nxxxxx\nc\nd\n", recordBytesMax: 2, blockBytes: 64,
            linesTaken: { lines, isFinal in
                finals.append(isFinal)
                return isFinal ? lines : 0
            })
        #expect(finals == [true, false, true])
    }

    /// Lines of which each that begins with a space belongs to the one before, up to a limit: no record is torn, whatever
    /// the pieces in which the input comes.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func openRecordsStayWhole(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let recordBytesMax = random.number(in: 4...40)
        let input = random.bytes(random.number(in: 0...3000), of: [10, 10, 13, 32, 120, 120, 120, 120, 120])
        func groups(_ lines: [Line]) -> [UInt64] {
            var starts: [UInt64] = []
            var oversizeBefore = 0
            for line in lines {
                let content = line.bytes.last == 13 ? line.bytes.dropLast() : line.bytes[...]
                let lineEnd = Int(line.offset) + content.count
                if content.first == 32, let start = starts.last, line.oversizeRecordsBefore == oversizeBefore,
                    lineEnd - Int(start) <= recordBytesMax
                {
                    continue
                }
                starts.append(line.offset)
                oversizeBefore = line.oversizeRecordsBefore
            }
            return starts
        }
        let isPacketed = random.number(in: 0...1) == 0
        var framer = LineGroups(bytesMax: recordBytesMax)
        var starts: [UInt64] = []
        _ = try read(
            input, recordBytesMax: recordBytesMax, blockBytes: random.number(in: 1...60), writeBytesMax: isPacketed ? 1 : 50,
            isPacketed: isPacketed
        ) { block, place in
            framer.group(block, isFinal: place.isFinal) { $0.count > 0 && $0[0] == 32 }
            starts += framer.starts.map { place.offset + UInt64($0) }
            return framer.end
        }
        let model = groups(Self.model(input, recordBytesMax: recordBytesMax).records)
        let difference = zip(starts, model).first { $0 != $1 }.map { "\($0)" } ?? "none"
        #expect(starts.elementsEqual(model) == true, "seed \(seed), first difference \(difference)")
    }

    // MARK: - Reading and the model

    struct Line: Equatable {
        var bytes: [UInt8]
        var offset: UInt64
        var oversizeRecordsBefore: Int

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    struct Reading {
        var records: [Line] = []
        var oversizeRecords = 0
        var blockBytesMax = 0
    }

    private static func model(_ input: [UInt8], recordBytesMax: Int) -> Reading {
        var reading = Reading()
        var offset = 0
        var lines = input.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        if lines.last == [] { lines.removeLast() }
        for line in lines {
            if line.count - (line.last == 13 ? 1 : 0) > recordBytesMax {
                reading.oversizeRecords += 1
            } else {
                reading.records.append(Line(bytes: line, offset: UInt64(offset), oversizeRecordsBefore: reading.oversizeRecords))
            }
            offset += line.count + 1
        }
        return reading
    }

    private func read(
        _ input: String, recordBytesMax: Int, blockBytes: Int, linesTaken: (Int, Bool) -> Int = { lines, _ in lines }
    ) throws -> Reading {
        try read(Array(input.utf8), recordBytesMax: recordBytesMax, blockBytes: blockBytes, writeBytesMax: 1 << 16, linesTaken: linesTaken)
    }

    /// Takes so many of the lines of each block.
    private func read(
        _ input: [UInt8], recordBytesMax: Int, blockBytes: Int, writeBytesMax: Int, isPacketed: Bool = false,
        linesTaken: (Int, Bool) -> Int = { lines, _ in lines }
    ) throws -> Reading {
        var reading = Reading()
        reading.oversizeRecords = try read(
            input, recordBytesMax: recordBytesMax, blockBytes: blockBytes, writeBytesMax: writeBytesMax, isPacketed: isPacketed
        ) { block, place in
            reading.blockBytesMax = max(reading.blockBytesMax, block.count)
            var lines: [(line: Line, next: Int)] = []
            var start = 0
            while start < block.count {
                let end = block.firstIndex(of: .lineFeed, from: start) ?? block.count
                let bytes = [UInt8](copying: block.extracting(start..<end))
                let line = Line(bytes: bytes, offset: place.offset + UInt64(start), oversizeRecordsBefore: place.oversizeRecordsBefore)
                start = min(end + 1, block.count)
                lines.append((line, start))
            }
            let taken = lines.prefix(linesTaken(lines.count, place.isFinal))
            reading.records += taken.map(\.line)
            return taken.last?.next ?? 0
        }
        return reading
    }

    /// Reads the input through a pipe, or a socket of packets, that a thread writes to in pieces.
    /// - Returns: how many lines were too long.
    private func read(
        _ input: [UInt8], recordBytesMax: Int, blockBytes: Int, writeBytesMax: Int, isPacketed: Bool = false,
        _ body: (Span<UInt8>, RecordStream.Place) -> Int
    ) throws -> Int {
        var ends: [Int32] = [0, 0]
        let result = isPacketed ? socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) : pipe(&ends)
        try #require(result == 0)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        Thread.detachNewThread {
            var written = 0
            while written < input.count {
                let count = input.withUnsafeBytes {
                    Glibc.write(writeEnd, $0.baseAddress! + written, min(writeBytesMax, $0.count - written))
                }
                guard count > 0 else { break }
                written += count
            }
            close(writeEnd)
        }
        var stream = RecordStream(descriptor: readEnd, recordBytesMax: recordBytesMax, blockBytes: blockBytes)
        while try stream.next(body) {}
        return stream.oversizeRecords
    }
}
