// A pack's tables: `tables: { plans: { p1: Pro, p2: Free } }`, for the filter `lookup`. What a text stands for is found by
// halving the sorted keys.

import BasicContainers
import Documents
import Records

struct LookupTable: Sendable {
    /// Ascending.
    private let keys: [[UInt8]]
    private let values: [ValueSource]

    /// The most entries of one table.
    static let entriesMax = 10_000

    /// The tables of a pack's `tables:`, by name.
    static func tables(_ node: Node?, in problems: ProblemCollector) -> [String: LookupTable] {
        var tables: [String: LookupTable] = [:]
        for entry in node?.entries(of: "`tables`", in: problems) ?? [] {
            tables[entry.name] = read(entry.value, name: entry.name, in: problems)
        }
        return tables
    }

    private static func read(_ node: Node, name: String, in problems: ProblemCollector) -> LookupTable {
        var entries = node.entries(of: "the table \(quoted(name))", in: problems) ?? []
        if entries.count > entriesMax {
            problems.add("the table \(quoted(name)) has \(entries.count) entries; at most \(entriesMax) are allowed", at: node)
            entries = []
        }
        return LookupTable(entries.compactMap { entry in value(entry, in: problems).map { (Array(entry.name.utf8), $0) } })
    }

    private static func value(_ entry: Node.Entry, in problems: ProblemCollector) -> ValueSource? {
        guard let text = entry.value.string(in: problems, what: entry.name) else { return nil }
        return entry.value.plainText.flatMap { Payload.constant($0) } ?? .constant([UInt8](text.utf8), .string)
    }

    private init(_ entries: [(key: [UInt8], value: ValueSource)]) {
        let sorted = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        keys = sorted.map(\.key)
        values = sorted.map(\.value)
    }

    /// What `text` stands for; nil where the table does not have it.
    func value(of text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>) -> ValueSource? {
        switch text.space {
        case .record: value(of: record.extracting(text.range))
        case .scratch: value(of: scratch.span.extracting(text.range))
        }
    }

    private func value(of text: Span<UInt8>) -> ValueSource? {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(keys[middle], text) { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count else { return nil }
        let key = keys[low]
        return key.span.hasSameBytes(as: text) ? values[low] : nil
    }

    private static func precedes(_ key: [UInt8], _ text: Span<UInt8>) -> Bool {
        for index in 0..<min(key.count, text.count) where key[index] != text[index] { return key[index] < text[index] }
        return key.count < text.count
    }
}
