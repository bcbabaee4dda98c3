// Where the lines of a decoded block stand in the bytes that it was decoded from. Positions in logs are those of their bytes.

package struct LineMap: Sendable {
    /// Where each line begins in the text, ascending, and where the text ends.
    private var textStarts: [Int] = []
    /// The same in the bytes.
    private var rawStarts: [Int] = []

    package init() {}

    package mutating func removeAll() {
        textStarts.removeAll(keepingCapacity: true)
        rawStarts.removeAll(keepingCapacity: true)
    }

    /// Adds a line's beginning, or at last the end.
    package mutating func append(text: Int, raw: Int) {
        textStarts.append(text)
        rawStarts.append(raw)
    }

    /// The place in the bytes of the line that begins at `index` in the text, or of the end.
    package func rawIndex(ofText index: Int) -> Int { rawStarts[textStarts.lastIndex(notAbove: index)] }

    /// The place in the text of the line that begins at `index` in the bytes, or of the end.
    package func textIndex(ofRaw index: Int) -> Int { textStarts[line(ofRaw: index)] }

    /// How many lines begin before the one that begins at `index` in the bytes, or before the end.
    package func line(ofRaw index: Int) -> Int { rawStarts.lastIndex(notAbove: index) }
}
