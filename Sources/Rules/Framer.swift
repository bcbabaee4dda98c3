// Finds the records in blocks: of whole lines, as a framing has it, or of entries of a journal, each of which is a record. Where
// every line is a record nothing is done ahead: the ends of the records that matter are searched for when they are asked for.
//
// In the files of container runtimes a record's lines are looked at without their wrapping, and all are of one stream: a line
// of the other stream ends the record, also between the pieces of a line that was cut.

package import Records

package struct Framer: ~Copyable {
    package let framing: Framing
    /// Behind the last complete record of the block.
    package private(set) var end = 0

    private var shape: Shape
    private var groups: LineGroups
    private let reader: LineReader
    /// Where the entries of the block begin, ascending.
    private var entryStarts: [Int] = []

    /// What the records of the block at hand are.
    private enum Shape {
        case lines
        case groups
        case entries
    }

    /// - Parameter recordBytesMax: the longest record of several lines; a longer one is cut after a line.
    package init(_ framing: Framing, recordBytesMax: Int = RecordStream.recordBytesMaxDefault) {
        self.framing = framing
        shape = framing.isByLine ? .lines : .groups
        groups = LineGroups(linesMax: framing.multiline?.linesMax ?? LineGroups.linesMaxDefault, bytesMax: recordBytesMax)
        reader = LineReader(framing)
    }

    /// How many records ended at a limit although the next line belonged to them.
    var cutRecords: Int { groups.cutCount }

    /// Matches of the framing's pattern given up at a limit of PCRE2; such a line begins a record.
    var limitHits: Int { reader.limitHits }

    /// Whether the records of the block are entries of a journal.
    var areEntries: Bool { shape == .entries }

    /// How many of the block's records are complete.
    func recordCount(_ block: Span<UInt8>) -> Int {
        switch shape {
        case .lines:
            let isLastUnended = !block.isEmpty && block[block.count - 1] != .lineFeed
            return block.occurrences(of: .lineFeed) + (isLastUnended ? 1 : 0)
        case .groups: return groups.starts.count
        case .entries: return entryStarts.count
        }
    }

    /// Whether some record of the block is made of several lines without their wrapping.
    var joinsLines: Bool { shape == .groups && !framing.envelopes.isEmpty && groups.lineCount > groups.starts.count }

    /// Turns to the next block of lines, which begins with a record.
    /// - Parameter isFinal: whether no line follows that could belong to the block's last record.
    package mutating func frame(_ block: Span<UInt8>, isFinal: Bool) {
        guard !framing.isByLine else {
            shape = .lines
            end = block.count
            return
        }
        shape = .groups
        let reader = reader
        reader.begin()
        groups.group(block, isFinal: isFinal) { reader.belongs($0) }
        end = groups.end
    }

    /// Turns to the next block of entries, all of which are complete.
    package mutating func frame(_ entries: borrowing EntryBlock) {
        shape = .entries
        // A copy, so that the block stays the only one that holds its memory and can use it again.
        entryStarts.removeAll(keepingCapacity: true)
        entryStarts.append(contentsOf: entries.starts)
        end = entries.bytes.count
    }

    /// Where the record that holds `position` begins.
    func recordStart(_ block: Span<UInt8>, at position: Int) -> Int {
        switch shape {
        case .lines: block.lastIndex(of: .lineFeed, before: position).map { $0 + 1 } ?? 0
        case .groups: groups.starts[groups.starts.lastIndex(notAbove: position)]
        case .entries: entryStarts[entryStarts.lastIndex(notAbove: position)]
        }
    }

    /// Where the record that holds `position` ends: at its last line feed, at the next entry, or at the end of the block.
    func recordEnd(_ block: Span<UInt8>, at position: Int) -> Int {
        switch shape {
        case .lines: return block.firstIndex(of: .lineFeed, from: position) ?? block.count
        case .groups:
            let next = groups.starts.lastIndex(notAbove: position) + 1
            if next < groups.starts.count { return groups.starts[next] - 1 }
            return end > 0 && block[end - 1] == .lineFeed ? end - 1 : end
        case .entries:
            let next = entryStarts.lastIndex(notAbove: position) + 1
            return next < entryStarts.count ? entryStarts[next] : end
        }
    }

    /// Where the record behind the one that ends at `end` begins.
    func recordStart(behind end: Int) -> Int { shape == .entries ? end : end + 1 }

    /// What of a record's range is the record itself: without its carriage return, or without the entry's identity.
    func content(_ block: Span<UInt8>, of range: Range<Int>) -> Range<Int> {
        if shape == .entries { return range.lowerBound + EntryIdentity.byteCount..<range.upperBound }
        let hasReturn = !range.isEmpty && block[range.upperBound - 1] == .carriageReturn
        return range.lowerBound..<(hasReturn ? range.upperBound - 1 : range.upperBound)
    }

    /// Hands the content of each complete record to `body`, with the place of the record's first byte.
    package func forEachRecord(_ block: Span<UInt8>, _ body: (Span<UInt8>, Int) throws -> Void) rethrows {
        var start = 0
        while start < end {
            let recordEnd = recordEnd(block, at: start)
            try body(block.extracting(content(block, of: start..<recordEnd)), start)
            start = recordStart(behind: recordEnd)
        }
    }
}
