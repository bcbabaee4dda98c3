// Finds the records in blocks of whole lines, as a framing has it. Where every line is a record nothing is done ahead: the ends
// of the records that matter are searched for when they are asked for.
//
// In the files of container runtimes a record's lines are looked at without their wrapping, and all are of one stream: a line
// of the other stream ends the record, also between the pieces of a line that was cut.

import Records

package struct Framer: ~Copyable {
    package let framing: Framing
    /// Behind the last complete record of the block.
    package private(set) var end = 0

    private var groups: LineGroups
    private let reader: LineReader

    /// - Parameter recordBytesMax: the longest record; a longer one is cut after a line.
    package init(_ framing: Framing, recordBytesMax: Int = RecordStream.recordBytesMaxDefault) {
        self.framing = framing
        groups = LineGroups(linesMax: framing.multiline?.linesMax ?? LineGroups.linesMaxDefault, bytesMax: recordBytesMax)
        reader = LineReader(framing)
    }

    /// How many records ended at a limit although the next line belonged to them.
    var cutRecords: Int { groups.cutCount }

    /// Matches of the framing's pattern given up at a limit of PCRE2; such a line begins a record.
    var limitHits: Int { reader.limitHits }

    /// How many of the block's records are complete.
    func recordCount(_ block: Span<UInt8>) -> Int {
        guard framing.isByLine else { return groups.starts.count }
        let isLastUnended = !block.isEmpty && block[block.count - 1] != .lineFeed
        return block.occurrences(of: .lineFeed) + (isLastUnended ? 1 : 0)
    }

    /// Whether some record of the block is made of several lines without their wrapping.
    var joinsLines: Bool { !framing.envelopes.isEmpty && groups.lineCount > groups.starts.count }

    /// Turns to the next block, which begins with a record.
    /// - Parameter isFinal: whether no line follows that could belong to the block's last record.
    package mutating func frame(_ block: Span<UInt8>, isFinal: Bool) {
        guard !framing.isByLine else {
            end = block.count
            return
        }
        let reader = reader
        reader.begin()
        groups.group(block, isFinal: isFinal) { reader.belongs($0) }
        end = groups.end
    }

    /// Where the record that holds `position` begins.
    func recordStart(_ block: Span<UInt8>, at position: Int) -> Int {
        if framing.isByLine { return block.lastIndex(of: .lineFeed, before: position).map { $0 + 1 } ?? 0 }
        return groups.starts[groups.record(at: position)]
    }

    /// Where the record that holds `position` ends: at its last line feed, or at the end of the block.
    func recordEnd(_ block: Span<UInt8>, at position: Int) -> Int {
        if framing.isByLine { return block.firstIndex(of: .lineFeed, from: position) ?? block.count }
        let next = groups.record(at: position) + 1
        if next < groups.starts.count { return groups.starts[next] - 1 }
        return end > 0 && block[end - 1] == .lineFeed ? end - 1 : end
    }

    /// Hands each complete record to `body`, without its line ending, with its first byte's place.
    package func forEachRecord(_ block: Span<UInt8>, _ body: (Span<UInt8>, Int) throws -> Void) rethrows {
        var start = 0
        while start < end {
            let recordEnd = recordEnd(block, at: start)
            let hasReturn = recordEnd > start && block[recordEnd - 1] == .carriageReturn
            try body(block.extracting(start..<(hasReturn ? recordEnd - 1 : recordEnd)), start)
            start = recordEnd + 1
        }
    }
}
