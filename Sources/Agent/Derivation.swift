// `eventail derive`: from log files to calls on standard output, without state and network. What it prints is what `run`
// would send, byte for byte.

import Calls
import Compression
import Encodings
import Glibc
import Records
import Rules

package struct Derivation {
    package struct Options: Sendable {
        /// Adds `_origin` to each call: rule, and file, line and offset, or the entry's time.
        package var showsOrigin = false
        /// What message ids depend on besides the log; nil: this machine's own.
        package var idScope: String?
        /// The time for records that state none, RFC 3339; nil: now.
        package var now: String?
        /// Of files; nil: UTF-8.
        package var encoding: String?

        package init() {}
    }

    /// What was done, for a closing line.
    package struct Summary: Sendable {
        package var records = 0
        package var oversizeRecords = 0
        package var unparsed = 0
        /// What was no character in the encoding given.
        package var replacedSequences = 0
        package var cutRecords = 0
        package var calls = 0
        package var shadowed = 0
        package var rejected = 0
        package var incomplete = 0
        package var limitHits = 0
        package var unreadableTimes = 0
        package var implausibleTimes = 0
        /// What was wrong with the journal, in sentences.
        package var journalFaults: [String] = []

        mutating func add(_ sink: LineSink) {
            calls += sink.calls
            shadowed += sink.shadowed
            rejected += sink.rejected
        }
    }

    let sets: [RuleSet]
    /// The names of all rules, in the order in which they emit.
    let rules: [String]
    let showsOrigin: Bool
    let scope: String
    let nowMilliseconds: Int64
    private let encoding: TextEncoding?

    package init(_ rules: RuleFiles, _ options: Options) throws(AgentError) {
        sets = rules.ruleSets
        self.rules = rules.packs.flatMap { $0.rules.map(\.name) }
        showsOrigin = options.showsOrigin
        guard let scope = options.idScope ?? IDScope.ofThisMachine() else {
            throw AgentError(
                .usage, "this machine has no id to make message ids from", hint: "give one with --id-scope, for example --id-scope web-1")
        }
        self.scope = scope
        encoding = try TextEncoding.given(options.encoding)
        nowMilliseconds = try options.now.map { text throws(AgentError) in try Clock.milliseconds(of: text) } ?? Clock.wallMilliseconds()
    }

    /// Derives from the files in turn; `-` is standard input. What was written before an error are whole calls.
    /// - Throws: `AgentError` for a file that cannot be read, or an output that cannot be written. A reader of the output that
    ///   has gone is none: the rest is not derived.
    package func run(files: [String], into output: BufferedOutput) throws(AgentError) -> Summary {
        var summary = Summary()
        let lanes = sets.map { FramingLane($0, rules: rules, recordBytesMax: TextEncoding.recordBytesMax(encoding)) }
        do {
            for file in files { try derive(file, with: lanes, into: output, &summary) }
            try output.flush()
        } catch let error as InputError {
            try? output.flush()
            let hint = error.number == EACCES ? "run it as a user who may read the file" : nil
            throw AgentError(.failure, "can't read \(error.file): \(String(cString: strerror(error.number)))", hint: hint)
        } catch let error as AgentError {
            try? output.flush()
            throw error
        } catch let error as BufferedOutput.WriteError {
            guard error.number == EPIPE else { throw AgentError(writing: error.number) }
        } catch {
            throw AgentError(error)
        }
        let counters = lanes.map { $0.takeCounters() }
        // Of several ways to make records of the lines the one that understands most of them.
        summary.unparsed = counters.map(\.unparsed).min() ?? 0
        for counted in counters { add(counted, to: &summary) }
        return summary
    }

    private struct InputError: Error {
        let file: String
        let number: Int32
    }

    func add(_ counters: DeriverCounters, to summary: inout Summary) {
        // Of several ways to make records of the lines the one that makes most.
        summary.records = max(summary.records, counters.records)
        summary.cutRecords += counters.cutRecords
        summary.limitHits += counters.framingLimitHits
        for rule in counters.rules {
            summary.incomplete += rule.incomplete
            summary.limitHits += rule.limitHits
            summary.unreadableTimes += rule.unreadableTimes
            summary.implausibleTimes += rule.implausibleTimes
        }
    }

    private func derive(_ file: String, with lanes: [FramingLane], into output: BufferedOutput, _ summary: inout Summary) throws {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError(file: file, number: errno) }
        defer { if file != "-" { close(descriptor) } }
        var sink = LineSink(output: output, rules: rules, origin: showsOrigin ? .file(file) : nil)
        var merger = CallMerger()
        for lane in lanes { lane.begin() }
        var facts: BlockFacts?
        let decoder = encoding.map { LineDecoder($0) }
        var lineFeeds = 0
        var stream = try Self.stream(of: descriptor, file: file, unit: encoding?.unit ?? .byte)
        do {
            while try stream.next({ raw, place in
                var blockFacts = facts ?? self.facts(of: file, head: raw)
                blockFacts.offset = place.offset
                facts = blockFacts
                decoder?.decode(raw)
                blockFacts.lines = decoder?.lines
                if showsOrigin { blockFacts.firstLine = 1 + lineFeeds + place.oversizeRecordsBefore }
                if let decoder {
                    lanes.derive(decoder.text.span, blockFacts, isFinal: place.isFinal, through: &merger, into: &sink)
                } else {
                    lanes.derive(raw, blockFacts, isFinal: place.isFinal, through: &merger, into: &sink)
                }
                let taken = Int(lanes.offset - place.offset)
                if showsOrigin { lineFeeds += decoder?.lines.line(ofRaw: taken) ?? raw.extracting(first: taken).occurrences(of: .lineFeed) }
                summary.replacedSequences += decoder?.replacedCount(beforeRaw: taken) ?? 0
                return taken
            }) {
                try output.flushIfFull()
            }
        } catch let error as RecordStream.ReadError {
            throw InputError(file: file, number: error.number)
        }
        summary.add(sink)
        summary.oversizeRecords += stream.oversizeRecords
    }

    /// The records of a file, which are decompressed where it begins as a compressed file does.
    private static func stream(of descriptor: Int32, file: String, unit: CodeUnit) throws -> RecordStream {
        var head = [UInt8](repeating: 0, count: CompressionFormat.headBytes)
        // What cannot be read twice, such as a pipe, is taken as it is.
        guard pread(descriptor, &head, head.count, 0) == head.count, let format = CompressionFormat(head: head.span) else {
            return RecordStream(descriptor: descriptor, unit: unit)
        }
        let content = try DecompressedFile(descriptor: descriptor, format: format)
        return RecordStream(unit: unit) { buffer, range in
            do throws(CompressionError) {
                return try content.read(into: &buffer, range: range)
            } catch {
                if case .unreadable(let number) = error.reason { throw RecordStream.ReadError(number: number) }
                throw AgentError(.failure, "can't decompress \(file): \(error)", hint: "what was derived before that is printed")
            }
        }
    }

    /// - Parameter head: the first block of the file.
    private func facts(of file: String, head: Span<UInt8>) -> BlockFacts {
        let fingerprint = FileOrigin.fingerprint(ofHead: head, isComplete: true) ?? []
        return BlockFacts(
            origin: RecordOrigin(scope: scope, fingerprint: fingerprint, generation: 0), offset: 0,
            nowMilliseconds: nowMilliseconds, sourceName: Array("derive".utf8), sourcePath: Array(file.utf8))
    }
}
