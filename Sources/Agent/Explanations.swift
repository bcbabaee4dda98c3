// `eventail explain`: for each line of a log which rules matched, what they captured and made of it, and what held up those
// that nearly matched.

import Calls
import Documents
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

        package init() {}
    }

    private let options: Options
    private var explainer: Explainer
    private var facts: BlockFacts
    private var shapes = LineShapes()
    private var lineCount = 0
    private var matchedCount = 0

    package init(_ rules: RuleFiles, _ options: Options) {
        self.options = options
        explainer = Explainer(rules.ruleSet, version: programVersion)
        facts = BlockFacts(
            origin: RecordOrigin(scope: "explain", fingerprint: [], generation: 0), offset: 0, nowMilliseconds: Clock.wallMilliseconds(),
            sourceName: Array("explain".utf8), sourcePath: Array("explain".utf8))
    }

    /// Explains the lines of files; `-` is standard input, and a word that is no file is a line by itself.
    package mutating func run(inputs: [String], into output: BufferedOutput) throws(AgentError) {
        do {
            for input in inputs {
                if input != "-", access(input, F_OK) != 0 {
                    add(Array(input.utf8).span, into: output)
                } else {
                    try readLines(of: input, into: output)
                }
            }
            if !options.asJSON { for line in summary { write(line, output) } }
            try output.flush()
        } catch let error as BufferedOutput.WriteError where error.number == EPIPE {
            return
        } catch {
            throw AgentError(error)
        }
    }

    private mutating func readLines(of file: String, into output: BufferedOutput) throws {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AgentError(.failure, "can't read \(file): \(String(cString: strerror(errno)))") }
        defer { if file != "-" { close(descriptor) } }
        var stream = RecordStream(descriptor: descriptor)
        while try stream.next({ block, _ in
            var start = 0
            while start < block.count {
                var end = block.firstIndex(of: .lineFeed, from: start) ?? block.count
                let next = end + 1
                if end > start, block[end - 1] == .carriageReturn { end -= 1 }
                add(block.extracting(start..<end), into: output)
                start = next
            }
        }) {
            try output.flushIfFull()
        }
    }

    private mutating func add(_ record: Span<UInt8>, into output: BufferedOutput) {
        lineCount += 1
        // Not 0, or a byte order mark would be looked for at every line.
        facts.offset = UInt64(lineCount)
        let explanation = explainer.explain(record, facts)
        if explanation.matches.isEmpty { shapes.add(record) } else { matchedCount += 1 }
        guard !options.missedOnly, lineCount <= options.linesMax else { return }
        let text = record.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        let page = ExplanationPage(line: lineCount, record: text, explanation: explanation, color: options.color)
        for line in options.asJSON ? [page.json] : page.text { write(line, output) }
    }

    private func write(_ line: String, _ output: BufferedOutput) {
        output.append(line.utf8)
        output.append(CollectionOfOne(UInt8.lineFeed))
    }

    private var summary: [String] {
        var lines: [String] = []
        if options.missedOnly {
            lines += shapes.table
            lines.append("")
        }
        let width = explainer.uses.map(\.rule.count).max() ?? 0
        for use in explainer.uses {
            let share = String(format: "%5.1f %%", lineCount == 0 ? 0 : 100 * Double(use.matched) / Double(lineCount))
            let time = String(format: "%.2f µs a line", lineCount == 0 ? 0 : Double(use.nanoseconds) / 1000 / Double(lineCount))
            let limits = use.limitHits == 0 ? "" : ", \(use.limitHits) matches given up at a limit"
            lines.append(
                "\(use.rule.padding(toLength: width, withPad: " ", startingAt: 0))  \(use.matched) of \(lineCount)  \(share)  \(time)\(limits)"
            )
        }
        lines.append("\(matchedCount) of \(lineCount) lines were matched by a rule")
        return lines
    }
}
