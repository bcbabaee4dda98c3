// Where the records of a block begin and end: lines at their line feeds, entries of a journal where their block says.

import Records

/// The end of a record leaves out its line feed; the next one begins behind that.
struct RecordBounds {
    /// For each entry the place behind it; nil: the records are lines.
    private let ends: [Int]?

    static let lines = RecordBounds(ends: nil)

    init(ends: [Int]?) {
        self.ends = ends
    }

    var areEntries: Bool { ends != nil }

    /// The beginning of the record that holds `position`.
    func start(at position: Int, _ block: Span<UInt8>) -> Int {
        guard let ends else { return block.lastIndex(of: .lineFeed, before: position).map { $0 + 1 } ?? 0 }
        let index = Self.index(at: position, ends)
        return index == 0 ? 0 : ends[index - 1]
    }

    /// The end of the record that holds `position`.
    func end(at position: Int, _ block: Span<UInt8>) -> Int {
        guard let ends else { return block.firstIndex(of: .lineFeed, from: position) ?? block.count }
        return ends[Self.index(at: position, ends)]
    }

    /// The beginning of the record behind one that ends at `end`.
    func next(behind end: Int) -> Int { ends == nil ? end + 1 : end }

    /// The first entry that ends behind `position`.
    private static func index(at position: Int, _ ends: [Int]) -> Int {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
