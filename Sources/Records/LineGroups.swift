// Records of several lines: groups the lines of a block, within limits. Which lines belong to the one before, the caller says.
//
// The first line of a block begins a record whatever it looks like, and where a limit cuts a record the next line begins one.
// So the records from any record's start on depend on nothing before it, and a position is all that a restart needs. The last
// record of a block stays open, because the next line might belong to it, unless the block is known to be final. A record's
// bytes are those of its lines as they stand in the block, line feeds and carriage returns between them included; only the
// ending of its last line does not count.

package struct LineGroups: Sendable {
    /// How many lines a record has at most.
    package let linesMax: Int
    /// How many bytes a record has at most; a single line may have more.
    package let bytesMax: Int
    /// Where the records that are complete begin, ascending.
    package private(set) var starts: [Int] = []
    /// Behind the last record that is complete.
    package private(set) var end = 0
    /// How many lines the complete records have in all.
    package private(set) var lineCount = 0
    /// How many records ended at a limit although the next line belonged to them, over all blocks.
    package private(set) var cutCount = 0

    package static let linesMaxDefault = 500

    package init(linesMax: Int = Self.linesMaxDefault, bytesMax: Int) {
        precondition(linesMax > 0 && bytesMax > 0)
        self.linesMax = linesMax
        self.bytesMax = bytesMax
    }

    /// Finds the records of `block`, which consists of whole lines and begins with a record.
    /// - Parameters:
    ///   - isFinal: whether no line follows that could belong to the last record.
    ///   - belongs: whether a line, given without its ending, belongs to the record of the line before. Asked of every line in
    ///     turn; for the first one the answer does not count.
    package mutating func group(_ block: Span<UInt8>, isFinal: Bool, belongs: (Span<UInt8>) -> Bool) {
        starts.removeAll(keepingCapacity: true)
        lineCount = 0
        var linesOfLast = 0
        var start = 0
        while start < block.count {
            let lineEnd = block.firstIndex(of: .lineFeed, from: start) ?? block.count
            let contentEnd = lineEnd > start && block[lineEnd - 1] == .carriageReturn ? lineEnd - 1 : lineEnd
            let isPart = belongs(block.extracting(start..<contentEnd)) && !starts.isEmpty
            if isPart, linesOfLast < linesMax, contentEnd - starts[starts.count - 1] <= bytesMax {
                linesOfLast += 1
            } else {
                if isPart { cutCount += 1 }
                lineCount += linesOfLast
                linesOfLast = 1
                starts.append(start)
            }
            start = lineEnd + 1
        }
        if isFinal {
            lineCount += linesOfLast
            end = block.count
        } else {
            end = starts.popLast() ?? 0
        }
    }
}
