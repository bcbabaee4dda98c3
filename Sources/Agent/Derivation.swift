// `eventail derive`: from log files to calls on standard output, without state and network. What it prints is what `run`
// would send, byte for byte.

import Calls
import Glibc
import Records
package import Rules

package struct Derivation {
    package struct Options: Sendable {
        /// Adds `_origin` to each call: rule, file, line, offset.
        package var showsOrigin = false
        package var scope: String
        package var nowMilliseconds: Int64

        package init(showsOrigin: Bool = false, scope: String, nowMilliseconds: Int64) {
            self.showsOrigin = showsOrigin
            self.scope = scope
            self.nowMilliseconds = nowMilliseconds
        }
    }

    /// What was done, for a closing line.
    package struct Summary: Sendable {
        package var records = 0
        package var oversizeRecords = 0
        package var unparsed = 0
        package var calls = 0
        package var shadowed = 0
        package var rejected = 0
        package var incomplete = 0
        package var limitHits = 0
        package var unreadableTimes = 0
    }

    /// A file that cannot be read.
    package struct InputError: Error, Sendable {
        package let file: String
        package let number: Int32
    }

    private let set: RuleSet
    private let options: Options

    package init(_ set: RuleSet, _ options: Options) {
        self.set = set
        self.options = options
    }

    /// Derives from the files in turn; `-` is standard input.
    /// - Throws: `InputError`, or `BufferedOutput.WriteError` with EPIPE when the reader has gone.
    package func run(files: [String], into output: BufferedOutput) throws -> Summary {
        var summary = Summary()
        var deriver = Deriver(set, version: programVersion)
        for file in files {
            try derive(file, with: &deriver, into: output, &summary)
        }
        try output.flush()
        let counters = deriver.takeCounters()
        summary.records = counters.records
        summary.unparsed = counters.unparsed
        for rule in counters.rules {
            summary.incomplete += rule.incomplete
            summary.limitHits += rule.limitHits
            summary.unreadableTimes += rule.unreadableTimes
        }
        return summary
    }

    private func derive(_ file: String, with deriver: inout Deriver, into output: BufferedOutput, _ summary: inout Summary) throws {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError(file: file, number: errno) }
        defer { if file != "-" { close(descriptor) } }
        var sink = LineSink(output: output, set: set, file: options.showsOrigin ? file : nil)
        var facts: BlockFacts?
        var lineFeeds = 0
        var stream = RecordStream(descriptor: descriptor)
        do {
            while try stream.next({ block, place in
                var blockFacts = facts ?? self.facts(of: file, head: block)
                blockFacts.offset = place.offset
                if options.showsOrigin {
                    blockFacts.firstLine = 1 + lineFeeds + place.oversizeRecordsBefore
                    lineFeeds += block.occurrences(of: .lineFeed)
                }
                facts = blockFacts
                deriver.derive(block, blockFacts, into: &sink)
            }) {
                try output.flushIfFull()
            }
        } catch let error as RecordStream.ReadError {
            throw InputError(file: file, number: error.number)
        }
        summary.calls += sink.calls
        summary.shadowed += sink.shadowed
        summary.rejected += sink.rejected
        summary.oversizeRecords += stream.oversizeRecords
    }

    /// - Parameter head: the first block of the file.
    private func facts(of file: String, head: Span<UInt8>) -> BlockFacts {
        let fingerprint = FileOrigin.fingerprint(ofHead: head, isComplete: true) ?? []
        return BlockFacts(
            origin: RecordOrigin(scope: options.scope, fingerprint: fingerprint, generation: 0), offset: 0,
            nowMilliseconds: options.nowMilliseconds, sourceName: Array("derive".utf8), sourcePath: Array(file.utf8))
    }
}

/// Writes calls as lines, each with its origin where that is wanted.
private struct LineSink: CallSink {
    let output: BufferedOutput
    let set: RuleSet
    /// The file to name in `_origin`; nil: calls are written as they would be sent.
    let file: String?
    var calls = 0
    var shadowed = 0
    var rejected = 0

    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        switch facts.verdict {
        case .shadow: shadowed += 1
        case .reject: rejected += 1
        case .send:
            calls += 1
            if let file {
                output.append(call.extracting(droppingLast: 1))
                output.append(origin(file, facts))
            } else {
                output.append(call)
            }
            output.append(CollectionOfOne(UInt8.lineFeed))
        }
    }

    private func origin(_ file: String, _ facts: CallFacts) -> [UInt8] {
        var text = Array(#","_origin":{"rule":"#.utf8)
        text.appendJSONString(Array(set.rules[facts.rule].name.utf8).span)
        text += Array(#","file":"#.utf8)
        text.appendJSONString(Array(file.utf8).span)
        text += Array(#","line":\#(facts.recordLine ?? 0),"offset":\#(facts.recordOffset)}}"#.utf8)
        return text
    }
}
