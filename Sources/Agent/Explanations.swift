// `eventail explain`: for each line of a log, or entry of the journal, which rules matched, what they captured and made of it, and
// what held up those that nearly matched.

import Calls
import Documents
import Encodings
import Foundation
import Records
import Rules

package struct Explanations: ~Copyable {
    package struct Options: Sendable {
        /// Tell only of lines that no rule matched, grouped by their shape.
        package var missedOnly = false
        /// One JSON object a line instead of text.
        package var asJSON = false
        /// Colours for a terminal.
        package var color = false
        /// Lines that are told of one by one; the summary counts all.
        package var linesMax = Int.max
        /// Of files; nil: UTF-8.
        package var encoding: String?

        package init() {}
    }

    private let options: Options
    private let lanes: [Lane]
    private let encoding: TextEncoding?
    private var facts: BlockFacts
    private var shapes = LineShapes()
    private var recordCount = 0
    private var matchedCount = 0
    private var readsJournal = false

    /// Rules that read records of one framing.
    private final class Lane {
        var explainer: Explainer
        var framer: Framer
        /// What was taken of the input at hand.
        var offset: UInt64 = 0
        /// How many lines and records were taken in all.
        var lineCount = 0
        var recordCount = 0

        init(_ set: RuleSet, recordBytesMax: Int) {
            explainer = Explainer(set, version: programVersion)
            framer = Framer(set.framing, recordBytesMax: recordBytesMax)
        }
    }

    /// - Throws: for an encoding that cannot be read.
    package init(_ rules: RuleFiles, _ options: Options) throws(AgentError) {
        self.options = options
        let encoding = try TextEncoding.given(options.encoding)
        self.encoding = encoding
        lanes = rules.ruleSets.map { Lane($0, recordBytesMax: TextEncoding.recordBytesMax(encoding)) }
        facts = BlockFacts(
            origin: RecordOrigin(scope: "explain", fingerprint: [], generation: 0), offset: 0, nowMilliseconds: Clock.wallMilliseconds(),
            sourceName: Array("explain".utf8), sourcePath: Array("explain".utf8))
    }

    /// Explains the entries of the journal that there are now.
    /// - Returns: what was wrong with the journal, in sentences.
    package mutating func run(journal: JournalInput, into output: BufferedOutput) throws(AgentError) -> [String] {
        readsJournal = true
        facts = .ofJournal(sourceName: "explain", scope: "explain", nowMilliseconds: facts.nowMilliseconds)
        // Entries are records as they are, so that there is one lane.
        let lane = lanes[0]
        do {
            let outcome = try journal.read(entriesMax: 1) {
                add($0, lane, into: output)
            } afterEach: {
                try output.flushIfFull()
            }
            try finish(output)
            return outcome.faults
        } catch let error as BufferedOutput.WriteError where error.number == EPIPE {
            return []
        } catch {
            throw AgentError(error)
        }
    }

    /// Explains the lines of files; `-` is standard input, and a word that is no file is a line by itself.
    package mutating func run(inputs: [String], into output: BufferedOutput) throws(AgentError) {
        do {
            for input in inputs {
                if input != "-", access(input, F_OK) != 0 {
                    for lane in lanes {
                        lane.offset = 0
                        add(Array(input.utf8).span, offset: 0, isFinal: true, lane, into: output)
                    }
                } else {
                    try readLines(of: input, into: output)
                }
            }
            try finish(output)
        } catch let error as BufferedOutput.WriteError where error.number == EPIPE {
            return
        } catch {
            throw AgentError(error)
        }
    }

    private func finish(_ output: BufferedOutput) throws {
        if !options.asJSON { for line in summary { write(line, output) } }
        try output.flush()
    }

    private mutating func readLines(of file: String, into output: BufferedOutput) throws {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't read \(file): \(String(cString: strerror(errno)))") }
        defer { if file != "-" { close(descriptor) } }
        let decoder = encoding.map { LineDecoder($0) }
        var stream = RecordStream(descriptor: descriptor, unit: encoding?.unit ?? .byte)
        for lane in lanes { lane.offset = 0 }
        while try stream.next({ raw, place in
            decoder?.decode(raw)
            for lane in lanes {
                if let decoder {
                    add(decoder.text.span, offset: place.offset, decoder.lines, isFinal: place.isFinal, lane, into: output)
                } else {
                    add(raw, offset: place.offset, isFinal: place.isFinal, lane, into: output)
                }
            }
            return Int(lanes.reduce(.max) { min($0, $1.offset) } - place.offset)
        }) {
            try output.flushIfFull()
        }
    }

    /// Explains the records of a block, of which the lane may have taken a part before.
    /// - Parameters:
    ///   - offset: of the block in its input.
    ///   - lines: where the block's lines are from, if it was decoded.
    private mutating func add(
        _ block: Span<UInt8>, offset: UInt64, _ lines: LineMap? = nil, isFinal: Bool, _ lane: Lane, into output: BufferedOutput
    ) {
        let before = lane.offset > offset ? Int(lane.offset - offset) : 0
        let taken = lines?.textIndex(ofRaw: before) ?? before
        let rest = block.extracting(droppingFirst: taken)
        lane.framer.frame(rest, isFinal: isFinal)
        lane.framer.forEachRecord(rest) { record, _ in add(record, lane, into: output) }
        let end = taken + lane.framer.end
        lane.offset = offset + UInt64(lines?.rawIndex(ofText: end) ?? end)
    }

    private mutating func add(_ record: Span<UInt8>, _ lane: Lane, into output: BufferedOutput) {
        let line = lane.lineCount + 1
        lane.lineCount += 1 + record.occurrences(of: .lineFeed)
        // Not 0, or a byte order mark would be looked for at every line.
        facts.offset = UInt64(line)
        tell(lane.explainer.explain(record, facts), of: record, number: line, lane, into: output)
    }

    /// Explains the one entry of a block.
    private mutating func add(_ entry: borrowing EntryBlock, _ lane: Lane, into output: BufferedOutput) {
        lane.lineCount += 1
        let message = entry.firstValue(of: "MESSAGE") ?? 0..<0
        let explanation = lane.explainer.explain(entry, message: message, facts)
        tell(explanation, of: entry.bytes.span.extracting(message), number: lane.lineCount, lane, into: output)
    }

    /// - Parameters:
    ///   - record: the line, or the entry's message.
    ///   - line: its number.
    private mutating func tell(
        _ explanation: Explanation, of record: Span<UInt8>, number line: Int, _ lane: Lane, into output: BufferedOutput
    ) {
        recordCount += 1
        lane.recordCount += 1
        if explanation.matches.isEmpty { shapes.add(record) } else { matchedCount += 1 }
        guard !options.missedOnly, recordCount <= options.linesMax else { return }
        let text = record.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        let page = ExplanationPage(line: line, record: text, explanation: explanation, color: options.color)
        for line in options.asJSON ? [page.json] : page.text { write(line, output) }
    }

    private func write(_ line: String, _ output: BufferedOutput) {
        output.append(line.utf8)
        output.append(UInt8.lineFeed)
    }

    /// What is counted, in words.
    private var unit: String {
        if readsJournal { return "message" }
        return lanes.allSatisfy { $0.framer.framing.isByLine } ? "line" : "record"
    }

    private var summary: [String] {
        var lines: [String] = []
        if options.missedOnly {
            lines += shapes.table
            lines.append("")
        }
        let width = lanes.flatMap { $0.explainer.uses.map(\.rule.count) }.max() ?? 0
        for lane in lanes {
            for use in lane.explainer.uses { lines.append(row(of: use, width: width, recordCount: lane.recordCount)) }
        }
        lines.append("\(matchedCount) of \(recordCount) \(unit)s were matched by a rule")
        return lines
    }

    private func row(of use: RuleUse, width: Int, recordCount: Int) -> String {
        let share = String(format: "%5.1f %%", recordCount == 0 ? 0 : 100 * Double(use.matched) / Double(recordCount))
        let time = String(format: "%.2f µs a \(unit)", recordCount == 0 ? 0 : Double(use.nanoseconds) / 1000 / Double(recordCount))
        let limits = use.limitHits == 0 ? "" : ", \(use.limitHits) matches given up at a limit"
        return
            "\(use.rule.padding(toLength: width, withPad: " ", startingAt: 0))  \(use.matched) of \(recordCount)  \(share)  \(time)\(limits)"
    }
}
