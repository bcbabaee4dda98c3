// What one pass over a compressed file's content tells of it: how long it is, and whether it agrees with marks of contents that
// are known. Pure: the content comes in as blocks, and nothing but hashes of it is kept.

import Records

/// A content from its beginning on, as far as it was added.
struct ContentSurvey {
    private(set) var size: UInt64 = 0
    /// The offsets at which marks are wanted, ascending.
    private let wanted: [UInt64]
    /// How many of them were passed.
    private var passed = 0
    private var hashes: [UInt64: UInt64] = [:]
    /// The last bytes that were added, as many as a mark covers.
    private var tail: [UInt8] = []

    init(wanted: Set<UInt64>) {
        self.wanted = wanted.filter { $0 > 0 }.sorted()
    }

    mutating func add(_ block: borrowing Span<UInt8>) {
        while passed < wanted.count, wanted[passed] <= size + UInt64(block.count) {
            hashes[wanted[passed]] = hash(before: Int(wanted[passed] - size), of: block)
            passed += 1
        }
        let kept = FileCheckpoint.Mark.contentBytesMax
        if block.count < kept { tail.removeFirst(max(0, tail.count + block.count - kept)) } else { tail.removeAll() }
        tail.append(contentsOf: block.extracting(last: min(kept, block.count)))
        size += UInt64(block.count)
    }

    /// Whether the content has the marked bytes; nil where that was not asked before they passed, or they have not come.
    func agrees(with mark: FileCheckpoint.Mark) -> Bool? {
        hashes[mark.offset].map { $0 == mark.hash }
    }

    private func hash(before end: Int, of block: borrowing Span<UInt8>) -> UInt64 {
        let fromTail = FileCheckpoint.Mark.contentBytesMax - end
        guard fromTail > 0 else { return ContentHash.of(block.extracting(end - FileCheckpoint.Mark.contentBytesMax..<end)) }
        var bytes = Array(tail.suffix(fromTail))
        bytes.append(contentsOf: block.extracting(first: end))
        return ContentHash.of(bytes.span)
    }
}
