// How often the literals that a set could scan for occur in a piece of real data. What looks rare in a pattern may stand in every line.

package struct LiteralFrequencies: Sendable {
    /// Of the sample.
    package let records: Int
    private var counts: [RequiredLiteral: Int] = [:]

    /// A sample that holds more literals than this is no sample to choose by.
    private static let hitsMax = 1 << 20
    /// More distinct literals than this are not measured: to compile them would take longer than it could save.
    private static let literalsMax = 10_000

    /// Counts every literal of every clause. Nil where there are too many of them, or of their occurrences.
    /// - Parameter records: how many records the sample holds.
    package init?(_ members: [LiteralRequirement], sample: Span<UInt8>, records: Int) {
        self.records = records
        let literals = Array(Set(members.flatMap(\.clauses).flatMap { Array($0.toRank) }))
        guard !literals.isEmpty, literals.count <= Self.literalsMax else { return nil }
        let each = literals.map { LiteralRequirement.literal($0.bytes, ignoresCase: $0.ignoresCase) }
        guard let set = try? PatternSet(each, limits: PatternSet.Limits(hitsMax: Self.hitsMax)) else { return nil }
        var hits: [LiteralHit] = []
        guard LiteralScanner(set).scan(sample, into: &hits) else { return nil }
        for hit in hits {
            for member in set.members(of: hit.literal) { counts[literals[member], default: 0] += 1 }
        }
    }

    func hits(of clause: [RequiredLiteral]) -> Int {
        clause.reduce(0) { $0 + (counts[$1] ?? 0) }
    }
}
