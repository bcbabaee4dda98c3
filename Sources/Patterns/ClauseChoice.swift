// Which of a member's clauses to scan for: the one whose literals the fewest other members share, then the one whose shortest
// literal is longest, then the one with the fewest literals. A literal that all rules share (` user=`) would make all of them
// candidates at once.

struct ClauseChoice {
    /// How many members have the literal in any of their clauses.
    private var memberCounts: [RequiredLiteral: Int] = [:]

    init(_ members: [LiteralRequirement]) {
        for member in members {
            for literal in Set(member.clauses.joined()) { memberCounts[literal, default: 0] += 1 }
        }
    }

    /// Nil where no clause is worth a scan.
    func clause(of requirement: LiteralRequirement) -> [RequiredLiteral]? {
        requirement.clauses
            .filter { $0.bytesToRank > 0 }
            .map { clause in (clause: clause, sharedBy: clause.toRank.map { memberCounts[$0] ?? 0 }.max() ?? 0, bytes: clause.bytesToRank) }
            .min { ($0.sharedBy, -$0.bytes, $0.clause.count) < ($1.sharedBy, -$1.bytes, $1.clause.count) }?
            .clause
    }
}
