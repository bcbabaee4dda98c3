// From blocks of lines to calls: the block's records, one literal scan over them, PCRE2 on the candidates it yields, and calls
// written straight into the sink. One deriver per source and thread; all its memory is reused, so a record that matches
// nothing costs no allocation and is not even looked at.

package import Calls
import Formats
import Patterns
package import Records

/// What the records of one block have in common.
package struct BlockFacts: Sendable {
    /// Of the file, for message ids.
    package var origin: RecordOrigin
    /// The first byte of the block in its source, the start of a record.
    package var offset: UInt64
    /// Where the lines come from if the block was decoded; `offset` is then where the bytes begin that it was decoded from.
    package var lines: LineMap?
    /// How much of that text lies before the block.
    package var textBefore = 0
    /// The time for records that state none, and for the year of those that state none.
    package var nowMilliseconds: Int64
    package var sourceName: [UInt8]
    package var sourcePath: [UInt8]
    /// The number of the block's first line, from 1, where the lines of calls are wanted; counting them takes time.
    package var firstLine: Int?

    package init(origin: RecordOrigin, offset: UInt64, nowMilliseconds: Int64, sourceName: [UInt8], sourcePath: [UInt8]) {
        self.origin = origin
        self.offset = offset
        self.nowMilliseconds = nowMilliseconds
        self.sourceName = sourceName
        self.sourcePath = sourcePath
    }

    /// The place in the source of the line that begins at `index` in the block, or of the block's end.
    package func offset(ofLineAt index: Int) -> UInt64 {
        guard let lines else { return offset + UInt64(index) }
        return offset + UInt64(lines.rawIndex(ofText: textBefore + index))
    }
}

/// Derives the calls of one source's records.
package struct Deriver: ~Copyable {
    package let set: RuleSet
    package private(set) var counters: DeriverCounters

    /// What the scan looks for: at first what the set does, then what is rare in the data.
    private var patternSet: PatternSet
    private var scanner: LiteralScanner
    /// What the choice was made by.
    private var measured: LiteralFrequencies?
    private var tuning = ScanTuning()
    private var hits: [LiteralHit] = []
    private var candidates: CandidateSet
    private var maker: CallMaker
    private var framer: Framer
    private var lineCounter: LineCounter?
    /// What the framer had counted when counters were last taken.
    private var told = (cut: 0, limitHits: 0)

    /// - Parameters:
    ///   - version: this program's version, which every call names.
    ///   - recordBytesMax: the longest record of several lines; a longer one is cut after a line.
    package init(
        _ set: RuleSet, version: String, callBytesMax: Int = CallLimits.callBytesMax,
        recordBytesMax: Int = RecordStream.recordBytesMaxDefault
    ) {
        self.set = set
        framer = Framer(set.framing, recordBytesMax: recordBytesMax)
        counters = DeriverCounters(ruleCount: set.rules.count)
        patternSet = set.patternSet
        scanner = LiteralScanner(set.patternSet)
        candidates = CandidateSet(count: set.rules.count)
        maker = CallMaker(set, version: version, callBytesMax: callBytesMax)
    }

    /// Hands the calls of the block's records to `sink`, in the order of records, rules and call types.
    ///
    /// - Parameters:
    ///   - block: whole lines, each ended by a line feed; the last one may lack it. It begins with a record.
    ///   - isFinal: whether no line follows that could belong to the block's last record. Else that record may be left, for
    ///     the caller to offer it again together with what follows.
    /// - Returns: the bytes of the records that were derived from. All of them, where every line is a record.
    @discardableResult
    package mutating func derive(
        _ block: Span<UInt8>, _ facts: BlockFacts, isFinal: Bool = true, into sink: inout some CallSink
    ) -> Int {
        framer.frame(block, isFinal: isFinal)
        begin(block, facts)
        derive(block, 0..<framer.end, into: &sink)
        tuneIfDue(block.extracting(0..<framer.end))
        return framer.end
    }

    /// The same for entries of a journal, which are records as they are; the offsets of their calls are their times in microseconds
    /// since 1970.
    package mutating func derive(_ entries: borrowing EntryBlock, _ facts: BlockFacts, into sink: inout some CallSink) {
        framer.frame(entries)
        begin(entries.bytes.span, facts)
        derive(entries.bytes.span, 0..<framer.end, into: &sink)
        tuneIfDue(entries.bytes.span.extracting(0..<framer.end))
    }

    /// For each rule the texts of which the scan finds one in each record that the rule can match; none: it looks at every record.
    package var literals: [[[UInt8]]] {
        self.set.rules.indices.map { (patternSet.literal(of: $0) ?? []).map(\.bytes) }
    }

    private mutating func tuneIfDue(_ sample: Span<UInt8>) {
        guard tuning.isDue(matches: maker.matches), !sample.isEmpty else { return }
        let members = set.rules.map(\.requirement)
        guard let measured = LiteralFrequencies(members, sample: sample, records: framer.recordCount(sample)),
            let better = PatternSet.better(than: self.measured, for: members, measured)
        else { return }
        self.measured = measured
        patternSet = better
        scanner = LiteralScanner(better)
    }

    /// What happened since this was last asked.
    package mutating func takeCounters() -> DeriverCounters {
        var taken = counters
        counters = DeriverCounters(ruleCount: set.rules.count)
        (taken.cutRecords, taken.framingLimitHits) = (framer.cutRecords - told.cut, framer.limitHits - told.limitHits)
        told = (framer.cutRecords, framer.limitHits)
        return taken
    }

    private mutating func begin(_ block: Span<UInt8>, _ facts: BlockFacts) {
        counters.records += framer.recordCount(block)
        maker.begin(facts)
        lineCounter = facts.firstLine.map { LineCounter(line: $0) }
    }

    /// Derives from `portion` of the block. One that has more hits than a scan keeps is halved at a record.
    private mutating func derive(_ block: Span<UInt8>, _ portion: Range<Int>, into sink: inout some CallSink) {
        guard !portion.isEmpty else { return }
        let isComplete = scanner.scan(block.extracting(portion), into: &hits)
        tuning.add(bytes: portion.count, hits: isComplete ? hits.count : patternSet.limits.hitsMax)
        if isComplete {
            if patternSet.alwaysCandidates.isEmpty, !framer.joinsLines, !sink.wantsMisses {
                visitCandidates(block, portion, into: &sink)
            } else {
                visitAll(block, portion, into: &sink)
            }
            return
        }
        let middle = portion.lowerBound + portion.count / 2
        let start = framer.recordStart(block, at: middle)
        let boundary = start > portion.lowerBound ? start : framer.recordStart(behind: framer.recordEnd(block, at: middle))
        if boundary >= portion.upperBound {
            for rule in set.rules.indices { candidates.insert(rule) }
            let record = portion.lowerBound..<framer.recordEnd(block, at: portion.lowerBound)
            if !flush(block, record, into: &sink), sink.wantsMisses { miss(block, record, into: &sink) }
        } else {
            derive(block, portion.lowerBound..<boundary, into: &sink)
            derive(block, boundary..<portion.upperBound, into: &sink)
        }
    }

    /// Looks only at the records that hold a literal.
    private mutating func visitCandidates(_ block: Span<UInt8>, _ portion: Range<Int>, into sink: inout some CallSink) {
        var record = portion.lowerBound..<portion.lowerBound
        for index in hits.indices {
            let start = portion.lowerBound + hits[index].start
            if start >= record.upperBound {
                flush(block, record, into: &sink)
                record = framer.recordStart(block, at: start)..<framer.recordEnd(block, at: start)
            }
            insert(hits[index], portion, recordEnd: record.upperBound)
        }
        flush(block, record, into: &sink)
    }

    /// Looks at every record, for some rules have no literal to be found by, some records are not what stands in the block, or those
    /// that nothing matches are wanted.
    private mutating func visitAll(_ block: Span<UInt8>, _ portion: Range<Int>, into sink: inout some CallSink) {
        let wantsMisses = sink.wantsMisses
        var (start, hit) = (portion.lowerBound, 0)
        while start < portion.upperBound {
            let end = framer.recordEnd(block, at: start)
            while hit < hits.count, portion.lowerBound + hits[hit].start < end {
                insert(hits[hit], portion, recordEnd: end)
                hit += 1
            }
            for rule in patternSet.alwaysCandidates { candidates.insert(rule) }
            // What lines without their wrapping say together, none of them need say.
            if framer.joinsLines, block.extracting(start..<end).firstIndex(of: .lineFeed) != nil {
                for rule in set.rules.indices { candidates.insert(rule) }
            }
            if !flush(block, start..<end, into: &sink), wantsMisses { miss(block, start..<end, into: &sink) }
            start = framer.recordStart(behind: end)
        }
    }

    /// A literal that reaches beyond its record is none: no pattern sees two records.
    private mutating func insert(_ hit: LiteralHit, _ portion: Range<Int>, recordEnd: Int) {
        guard portion.lowerBound + hit.end <= recordEnd else { return }
        for rule in patternSet.members(of: hit.literal) { candidates.insert(rule) }
    }

    /// Runs the candidate rules on the record that ends before `range.upperBound`, its line feed.
    /// - Returns: whether one matched.
    @discardableResult
    private mutating func flush(_ block: Span<UInt8>, _ range: Range<Int>, into sink: inout some CallSink) -> Bool {
        guard !candidates.isEmpty else { return false }
        return maker.make(block, place(of: range, block), &candidates, &counters, into: &sink)
    }

    private mutating func miss(_ block: Span<UInt8>, _ range: Range<Int>, into sink: inout some CallSink) {
        let place = place(of: range, block)
        sink.miss(block.extracting(place.content), offset: place.offset)
    }

    private mutating func place(of range: Range<Int>, _ block: Span<UInt8>) -> RecordPlace {
        let content = framer.content(block, of: range)
        if framer.areEntries {
            let identity = range.lowerBound..<content.lowerBound
            let time = EntryIdentity(block.extracting(identity)).realtimeMicroseconds
            return RecordPlace(content: content, offset: time, identity: identity)
        }
        let line = lineCounter?.line(at: range.lowerBound, block)
        let offset = maker.offset(ofLineAt: range.lowerBound)
        let start = content.lowerBound + (offset == 0 && beginsWithByteOrderMark(block, content) ? 3 : 0)
        return RecordPlace(content: start..<content.upperBound, offset: offset, line: line)
    }

    /// Whether a source that begins with these bytes begins with a mark that belongs to no record.
    private func beginsWithByteOrderMark(_ block: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.lowerBound == 0 && range.count >= 3 && block[0] == 0xEF && block[1] == 0xBB && block[2] == 0xBF
    }
}

/// Where a record lies in its block.
struct RecordPlace {
    /// Without byte order mark and line ending, or without the entry's identity.
    var content: Range<Int>
    /// In its source; of an entry its time.
    var offset: UInt64
    /// The number of its first line in its source, where lines are counted.
    var line: Int?
    /// Of an entry of a journal.
    var identity: Range<Int>?
}

/// Numbers lines while positions ascend.
private struct LineCounter {
    var line: Int
    var index = 0

    init(line: Int) {
        self.line = line
    }

    mutating func line(at position: Int, _ block: Span<UInt8>) -> Int {
        line += block.extracting(index..<position).occurrences(of: .lineFeed)
        index = position
        return line
    }
}
