// Finds a key among those that rules ask for. Most keys of a record are none of them, and nearly all of those are told by their
// length alone.

import Records

struct KeyTable: Sendable {
    private struct Entry {
        var start: Int
        var length: Int
        var value: Int
    }

    private let bytes: [UInt8]
    /// By length.
    private let entries: [Entry]
    /// For each length the first entry of at least that length; longer keys share the last.
    private let starts: [Int]

    private static let lengthMax = 64

    static let empty = KeyTable([])

    init(_ keys: [(bytes: [UInt8], value: Int)]) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for key in keys.sorted(by: { $0.bytes.count < $1.bytes.count }) {
            entries.append(Entry(start: bytes.count, length: key.bytes.count, value: key.value))
            bytes += key.bytes
        }
        self.bytes = bytes
        self.entries = entries
        starts = (0...Self.lengthMax).map { length in entries.firstIndex { $0.length >= length } ?? entries.count }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The value of `key`; nil where no rule asks for it.
    func value(of key: Span<UInt8>) -> Int? {
        var index = starts[min(key.count, Self.lengthMax)]
        while index < entries.count, entries[index].length <= key.count {
            let entry = entries[index]
            if entry.length == key.count, bytes.span.extracting(entry.start..<entry.start + entry.length).hasSameBytes(as: key) {
                return entry.value
            }
            index += 1
        }
        return nil
    }
}
