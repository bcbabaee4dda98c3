// Scans blocks for the literals of one `PatternSet`, on one thread.

/// One per thread and set: not `Sendable`.
package final class LiteralScanner {
    package let set: PatternSet

    /// The longest block, in bytes: Vectorscan counts in 32 bits.
    package static let blockBytesMax = Int(UInt32.max)

    #if Vectorscan
        private var scratch: VectorscanScratch?
    #endif

    package init(_ set: PatternSet) {
        self.set = set
        #if Vectorscan
            if case .vectorscan(let database) = set.database { scratch = VectorscanScratch(for: database) }
        #endif
    }

    /// Replaces the hits by every occurrence of every literal in the bytes, overlapping ones too, ascending by `start`, those with one
    /// start ascending by `literal`. Allocates only while the array grows to what a block needs.
    ///
    /// - Returns: false where there are more than `PatternSet.Limits.hitsMax`. There are no hits then: scan the records in smaller
    ///   portions, and take every member as a candidate for a record that alone has so many.
    package func scan(_ bytes: Span<UInt8>, into hits: inout [LiteralHit]) -> Bool {
        precondition(bytes.count <= Self.blockBytesMax)
        hits.removeAll(keepingCapacity: true)
        let isComplete: Bool
        switch set.database {
        case .scalar(let search):
            isComplete = search.scan(bytes, into: &hits, hitsMax: set.limits.hitsMax)
        #if Vectorscan
            case .vectorscan(let database):
                isComplete = scratch!.scan(bytes, with: database, into: &hits, hitsMax: set.limits.hitsMax)
                if isComplete { hits.sortByStart() }
        #endif
        }
        if !isComplete { hits.removeAll(keepingCapacity: true) }
        return isComplete
    }
}
