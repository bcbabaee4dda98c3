// Blocks of whole lines, from another encoding into UTF-8. Each line is decoded by itself, so that what is wrong in one line leaves
// the others alone, and a line gives the same text wherever reading begins.

package import Records

/// Confined to one thread; its memory is used again for each block.
package final class LineDecoder {
    package let encoding: TextEncoding
    /// What was decoded last; lines end as they did.
    package private(set) var text: [UInt8] = []
    /// Where its lines come from.
    package private(set) var lines = LineMap()

    private let converter: Converter
    /// How many sequences that are no characters were replaced before each line, and in all.
    private var replacedBefore: [Int] = []

    package init(_ encoding: TextEncoding) {
        self.encoding = encoding
        guard let converter = Converter(from: encoding.name, to: "UTF-8") else {
            preconditionFailure("an encoding that was known is not known any more")
        }
        self.converter = converter
    }

    /// Decodes a block that begins with a line. What is no character becomes U+FFFD.
    package func decode(_ block: Span<UInt8>) {
        let unit = encoding.unit
        text.removeAll(keepingCapacity: true)
        lines.removeAll()
        replacedBefore.removeAll(keepingCapacity: true)
        var (start, replaced) = (0, 0)
        while start < block.count {
            lines.append(text: text.count, raw: start)
            replacedBefore.append(replaced)
            let end = block.firstIndex(of: .lineFeed, in: unit, from: start)
            let lineStart = text.count
            converter.convert(block.extracting(start..<(end ?? block.count)), into: &text) { isEnd in
                replaced += 1
                return isEnd ? .max : unit.width
            }
            // A line feed that is written in another way ends no line.
            while let index = text.span.firstIndex(of: .lineFeed, from: lineStart) { text[index] = UInt8(ascii: " ") }
            if end != nil { text.append(.lineFeed) }
            start = end.map { $0 + unit.width } ?? block.count
        }
        lines.append(text: text.count, raw: block.count)
        replacedBefore.append(replaced)
    }

    /// How many sequences were replaced before the line that begins at `index` in the bytes, or before their end.
    package func replacedCount(beforeRaw index: Int) -> Int { replacedBefore[lines.line(ofRaw: index)] }
}
