// Records at the end of a file that may go on: when they are taken for complete, and that none is torn or lost meanwhile.

import RandomSupport
import Records
import Tailing
import Testing

@Suite struct HoldingTests {
    private let folder = Folder()

    private func reader(pollIntervalMS: Int64 = 1000, holdMS: Int64 = 2000) throws -> Reader {
        let reader = try Reader(
            FileSourceConfiguration(
                name: "shop", include: [folder("app.log")], startAtEnd: false, recordBytesMax: 1000, blockBytes: 4096,
                pollIntervalMS: pollIntervalMS, holdMS: holdMS))
        reader.groups = LineGroups(bytesMax: 1000)
        return reader
    }

    @Test func openRecordWaitsForTheNextOne() throws {
        folder.append("a\n b\n", to: "app.log")
        let reader = try reader()
        #expect(reader.step() == [])
        #expect(Array(reader.source.heldOffsets.values) == [0])
        folder.append(" c\nd\n", to: "app.log")
        #expect(reader.step() == ["a\n b\n c"])
        #expect(Array(reader.source.heldOffsets.values) == [8])
    }

    @Test func openRecordIsCompleteOnceTheFileIsQuiet() throws {
        folder.append("a\n b\n", to: "app.log")
        let reader = try reader()
        var polls = 0
        while reader.records.isEmpty, polls < 10 {
            _ = reader.step()
            polls += 1
        }
        #expect(reader.texts == ["a\n b"])
        #expect(polls == 4)
        #expect(reader.source.heldOffsets.isEmpty)
        #expect(reader.checkpoints.map(\.offset) == [5])
        folder.append(" late\nc\n", to: "app.log")
        #expect(reader.step() == [" late"])
    }

    @Test func everythingThatIsWrittenBeginsTheQuietTimeAnew() throws {
        folder.append("a\n", to: "app.log")
        let reader = try reader()
        for part in [" b\n", " c", "d\n", " "] {
            #expect(reader.step(polls: 3) == [])
            folder.append(part, to: "app.log")
        }
        #expect(reader.step(polls: 3) == [])
        #expect(reader.step() == ["a\n b\n cd"])
        #expect(reader.checkpoints.map(\.offset) == [9])
    }

    @Test func lookComesWhenTheRecordIsDueHoweverSeldomFilesArePolled() throws {
        folder.append("a\n", to: "app.log")
        let reader = try reader(pollIntervalMS: 60_000, holdMS: 500)
        _ = reader.step()
        _ = reader.step()
        let before = reader.nowMS
        #expect(reader.source.nextPollAtMS == before + 500)
        reader.source.poll(nowMS: before + 499)
        reader.readAll()
        #expect(reader.records.isEmpty)
        reader.source.poll(nowMS: before + 500)
        reader.readAll()
        #expect(reader.texts == ["a"])
        #expect(reader.source.nextPollAtMS == before + 60_000)
    }

    @Test func openRecordSurvivesARestart() throws {
        folder.append("a\nb\n c\n", to: "app.log")
        let reader = try reader()
        #expect(reader.step() == ["a"])
        try reader.stop()
        reader.groups = LineGroups(bytesMax: 1000)
        folder.append(" d\n", to: "app.log")
        #expect(reader.step() == [])
        #expect(reader.step(polls: 4) == ["b\n c\n d"])
    }

    @Test func openRecordOfARotatedFileIsWholeThoughItIsWrittenToForAWhile() throws {
        let writer = Writer(folder("app.log"))
        writer.write("a\n")
        let reader = try reader()
        _ = reader.step()
        folder.rename("app.log", to: "app.log.1")
        folder.append("new\n", to: "app.log")
        _ = reader.step()
        writer.write(" b\n c")
        #expect(Set(reader.step(polls: 20)) == ["a\n b", " c", "new"])
    }

    @Test func fullBlockHoldsAWholeRecord() throws {
        let line = String(repeating: "x", count: 998)
        folder.append("\(line)x\n " + line + "\n " + line + "\n" + line + "\n", to: "app.log")
        let reader = try Reader(folder, "app.log", recordBytesMax: 1000, blockBytes: 1)
        reader.groups = LineGroups(bytesMax: 1000)
        #expect(reader.step() == ["\(line)x", " \(line)", " \(line)"])
        #expect(reader.step(polls: 5) == [line])
        #expect(reader.source.counters.oversizeRecords == 0)
    }

    @Test func longLineEndsTheRecordBeforeIt() throws {
        folder.append("a\n b\n " + String(repeating: "x", count: 1001) + "\n c\nd\n", to: "app.log")
        let reader = try reader()
        #expect(reader.step() == ["a\n b", " c"])
        #expect(reader.source.counters.oversizeRecords == 1)
    }

    /// However the file grows and the agent is killed, the records are those of the whole content.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func recordsOfAGrowingFileAreThoseOfTheWhole(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let reader = try reader(holdMS: 3_600_000)
        var content = ""
        for _ in 0..<random.number(in: 1...60) {
            switch random.number(in: 0...7) {
            case 0:
                try reader.kill()
                reader.groups = LineGroups(bytesMax: 1000)
            case 1: try reader.stop()
            case 2: reader.commit()
            case 3: reader.poll()
            case 4: reader.turn(bytesMax: 1)
            default:
                let text = (0..<random.number(in: 1...5)).map { _ in random.oneOf(["a", "b\n", " c\n", "\n", " ", "dd\n e\n"]) }.joined()
                folder.append(text, to: "app.log")
                content += text
            }
        }
        _ = reader.step()
        folder.rename("app.log", to: "app.log.1")
        _ = reader.step(polls: 20)

        var groups = LineGroups(bytesMax: 1000)
        let bytes = Array(content.utf8)
        groups.group(bytes.span, isFinal: true) { $0.count > 0 && $0[0] == UInt8(ascii: " ") }
        #expect(reader.records.map(\.offset) == groups.starts.map { UInt64($0) }, "seed \(seed)")
        #expect(reader.texts.joined(separator: "\n") == (content.hasSuffix("\n") ? String(content.dropLast()) : content), "seed \(seed)")
    }
}
