// Cuts a block that begins at a record's start: how many bytes of it are whole lines, none too long, and what comes next.
// Looks for a line feed only at every `recordBytesMax`-th byte, since a line that is too long covers one of them.

package import Records

/// Where the whole lines of a block end.
package struct LineCut: Hashable, Sendable {
    package enum Rest: Hashable, Sendable {
        /// The block ends with its last line.
        case none
        /// A line that has no end yet and may become a record.
        case unfinished
        /// A line that is too long. `bytes` counts it with its line feed, or is nil when the block does not hold its end.
        case oversize(bytes: Int?)
    }

    /// The bytes up to and with the line feed of the last whole line before `rest`.
    package var wholeBytes: Int
    /// What begins at `wholeBytes`.
    package var rest: Rest

    package init(wholeBytes: Int, rest: Rest) {
        self.wholeBytes = wholeBytes
        self.rest = rest
    }

    /// - Parameters:
    ///   - unit: what the ends of lines are written in.
    ///   - recordBytesMax: the longest line, without its line feed and one carriage return before it.
    ///   - isFinal: whether nothing will follow the block, so that what comes after the last line feed is a line, too.
    package init(block: borrowing Span<UInt8>, unit: CodeUnit = .byte, recordBytesMax: Int, isFinal: Bool) {
        // The fewest whole units that are more.
        let stride = recordBytesMax + unit.width - recordBytesMax % unit.width
        var probe = 0
        while probe < block.count {
            let start = block.lastIndex(of: UInt8.lineFeed, in: unit, before: probe).map { $0 + unit.width } ?? 0
            let end = block.firstIndex(of: UInt8.lineFeed, in: unit, from: probe)
            // A unit at the end of which the rest is still to come may be anything.
            let length = (end ?? block.count - block.count % unit.width) - start
            if length > stride || (length > recordBytesMax && !block.has(UInt8.carriageReturn, in: unit, before: start + length)) {
                wholeBytes = start
                rest = .oversize(bytes: end.map { $0 + unit.width - start })
                return
            }
            guard let end else { break }
            probe = (end / stride + 1) * stride
        }
        wholeBytes = isFinal ? block.count : block.lastIndex(of: UInt8.lineFeed, in: unit, before: block.count).map { $0 + unit.width } ?? 0
        rest = wholeBytes == block.count ? .none : .unfinished
    }
}
