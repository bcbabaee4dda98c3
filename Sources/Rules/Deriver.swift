// From blocks of records to calls: one literal scan over the block, PCRE2 on the candidates it yields, and calls written
// straight into the sink. One deriver per source and thread; all its memory is reused, so a record that matches nothing
// costs no allocation and is not even looked at.

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
}

/// Derives the calls of one source's records.
package struct Deriver: ~Copyable {
    package let set: RuleSet
    package private(set) var counters: DeriverCounters

    private let scanner: LiteralScanner
    private var hits: [LiteralHit] = []
    private var candidates: CandidateSet
    private var maker: CallMaker
    private var lineCounter: LineCounter?
    private var bounds = RecordBounds.lines

    /// - Parameter version: this program's version, which every call names.
    package init(_ set: RuleSet, version: String, callBytesMax: Int = CallLimits.callBytesMax) {
        self.set = set
        counters = DeriverCounters(ruleCount: set.rules.count)
        scanner = LiteralScanner(set.patternSet)
        candidates = CandidateSet(count: set.rules.count)
        maker = CallMaker(set, version: version, callBytesMax: callBytesMax)
    }

    /// Hands the calls of the block's records to `sink`, in the order of records, rules and call types.
    ///
    /// - Parameter block: whole records, each ended by a line feed; the last one may lack it.
    package mutating func derive(_ block: Span<UInt8>, _ facts: BlockFacts, into sink: inout some CallSink) {
        counters.records += block.occurrences(of: .lineFeed)
        if !block.isEmpty, block[block.count - 1] != .lineFeed { counters.records += 1 }
        bounds = .lines
        maker.begin(facts)
        lineCounter = facts.firstLine.map { LineCounter(line: $0) }
        derive(block, 0..<block.count, into: &sink)
    }

    /// The same for entries of a journal; the offsets of their calls are their times in microseconds since 1970.
    package mutating func derive(_ entries: borrowing EntryBlock, _ facts: BlockFacts, into sink: inout some CallSink) {
        counters.records += entries.ends.count
        bounds = RecordBounds(ends: entries.ends)
        maker.begin(facts)
        lineCounter = nil
        derive(entries.bytes.span, 0..<entries.bytes.count, into: &sink)
    }

    /// What happened since this was last asked.
    package mutating func takeCounters() -> DeriverCounters {
        let taken = counters
        counters = DeriverCounters(ruleCount: set.rules.count)
        return taken
    }

    /// Derives from `portion` of the block. One that has more hits than a scan keeps is halved at a record.
    private mutating func derive(_ block: Span<UInt8>, _ portion: Range<Int>, into sink: inout some CallSink) {
        guard !portion.isEmpty else { return }
        if scanner.scan(block.extracting(portion), into: &hits) {
            if set.rulesWithoutLiteral.isEmpty {
                visitCandidates(block, portion, into: &sink)
            } else {
                visitAll(block, portion, into: &sink)
            }
            return
        }
        let middle = portion.lowerBound + portion.count / 2
        let start = bounds.start(at: middle, block)
        let boundary = start > portion.lowerBound ? start : bounds.next(behind: recordEnd(block, from: middle, portion))
        if boundary >= portion.upperBound {
            for rule in set.rules.indices { candidates.insert(rule) }
            flush(block, portion.lowerBound..<recordEnd(block, from: portion.lowerBound, portion), into: &sink)
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
                record = max(bounds.start(at: start, block), portion.lowerBound)..<recordEnd(block, from: start, portion)
            }
            insert(hits[index], portion, recordEnd: record.upperBound)
        }
        flush(block, record, into: &sink)
    }

    /// Looks at every record, for some rules have no literal to be found by.
    private mutating func visitAll(_ block: Span<UInt8>, _ portion: Range<Int>, into sink: inout some CallSink) {
        var (start, hit) = (portion.lowerBound, 0)
        while start < portion.upperBound {
            let end = recordEnd(block, from: start, portion)
            while hit < hits.count, portion.lowerBound + hits[hit].start < end {
                insert(hits[hit], portion, recordEnd: end)
                hit += 1
            }
            for rule in set.rulesWithoutLiteral { candidates.insert(rule) }
            flush(block, start..<end, into: &sink)
            start = bounds.next(behind: end)
        }
    }

    /// A literal that reaches beyond its record is none: no pattern sees two records.
    private mutating func insert(_ hit: LiteralHit, _ portion: Range<Int>, recordEnd: Int) {
        guard portion.lowerBound + hit.end <= recordEnd else { return }
        for rule in set.patternSet.members(of: hit.literal) { candidates.insert(rule) }
    }

    private func recordEnd(_ block: Span<UInt8>, from start: Int, _ portion: Range<Int>) -> Int {
        min(bounds.end(at: start, block), portion.upperBound)
    }

    /// Runs the candidate rules on the record that ends before `range.upperBound`, its line feed.
    private mutating func flush(_ block: Span<UInt8>, _ range: Range<Int>, into sink: inout some CallSink) {
        guard !candidates.isEmpty else { return }
        maker.make(block, place(of: range, block), &candidates, &counters, into: &sink)
    }

    private mutating func place(of range: Range<Int>, _ block: Span<UInt8>) -> RecordPlace {
        guard bounds.areEntries else {
            let line = lineCounter?.line(at: range.lowerBound, block)
            return RecordPlace(content: content(of: range, block), offset: maker.blockOffset + UInt64(range.lowerBound), line: line)
        }
        let identity = range.lowerBound..<range.lowerBound + EntryIdentity.byteCount
        return RecordPlace(
            content: identity.upperBound..<range.upperBound,
            offset: EntryIdentity(block.extracting(identity)).realtimeMicroseconds, identity: identity)
    }

    /// The record without its carriage return and, at the start of a source, its byte order mark.
    private func content(of range: Range<Int>, _ block: Span<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        if end > start, block[end - 1] == .carriageReturn { end -= 1 }
        if start == 0, maker.blockOffset == 0, end >= 3, block[0] == 0xEF, block[1] == 0xBB, block[2] == 0xBF { start = 3 }
        return start..<end
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
