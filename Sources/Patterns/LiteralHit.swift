// One place where a literal of a `PatternSet` occurs in the bytes that were scanned.

package struct LiteralHit: Hashable, Sendable {
    /// The literal's first byte.
    package let start: Int
    /// The byte behind its last one.
    package let end: Int
    /// Which literal: an index into `PatternSet.literals`.
    package let literal: Int

    package init(start: Int, end: Int, literal: Int) {
        self.start = start
        self.end = end
        self.literal = literal
    }
}

extension [LiteralHit] {
    /// Orders by `start`, then by `literal`, what is nearly in that order, without allocating. A hit is out of place by no more
    /// than the hits within one literal's length, unless the log was written to be slow to sort; then the general sort takes over.
    mutating func sortByStart() {
        var movesLeft = 8 * count + 64
        for index in indices.dropFirst() {
            let hit = self[index]
            var place = index
            while place > 0, hit.precedes(self[place - 1]) {
                self[place] = self[place - 1]
                place -= 1
            }
            self[place] = hit
            movesLeft -= index - place
            if movesLeft < 0 { return sort { $0.precedes($1) } }
        }
    }
}

extension LiteralHit {
    fileprivate func precedes(_ other: LiteralHit) -> Bool {
        start == other.start ? literal < other.literal : start < other.start
    }
}
