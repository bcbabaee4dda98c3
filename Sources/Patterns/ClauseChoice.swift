// Which of a member's clauses to scan for: the one whose literals the fewest other members share, then the one whose shortest
// literal is longest, then the one with the fewest literals. A literal that all rules share (` user=`) would make all of them
// candidates at once. Once it was measured how often the literals occur, the clause that occurs least comes first; and a member whose
// every clause occurs several times in each record is better tried on every record.

struct ClauseChoice {
    /// How many members have the literal in any of their clauses.
    private var memberCounts: [RequiredLiteral: Int] = [:]
    private let measured: LiteralFrequencies?

    /// More hits than so many for each record cost more than to try the member on each.
    static let hitsPerRecordMax = 2

    init(_ members: [LiteralRequirement], measured: LiteralFrequencies? = nil) {
        self.measured = measured
        for member in members {
            for literal in Set(member.clauses.joined()) { memberCounts[literal, default: 0] += 1 }
        }
    }

    /// Nil where no clause is worth a scan.
    func clause(of requirement: LiteralRequirement) -> [RequiredLiteral]? {
        let best = requirement.clauses.filter { $0.bytesToRank > 0 }.map { ($0, rank($0)) }.min { $0.1 < $1.1 }?.0
        guard let best, let measured, measured.hits(of: best) > Self.hitsPerRecordMax * measured.records else { return best }
        return nil
    }

    private func rank(_ clause: [RequiredLiteral]) -> (Int, Int, Int, Int) {
        let sharedBy = clause.toRank.map { memberCounts[$0] ?? 0 }.max() ?? 0
        return (measured?.hits(of: clause) ?? 0, sharedBy, -clause.bytesToRank, clause.count)
    }

    /// How often members become candidates in data such as was measured.
    func expectedCandidates(_ members: [LiteralRequirement], _ measured: LiteralFrequencies) -> Int {
        members.reduce(0) { $0 + (clause(of: $1).map { measured.hits(of: $0) } ?? measured.records) }
    }
}
