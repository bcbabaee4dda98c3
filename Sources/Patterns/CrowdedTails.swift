// Literals that end alike are slow to tell apart: where one may have occurred, Vectorscan compares its last eight bytes, and then the
// text with each literal that ends in them. Five hundred rules that all go on with ` user="` would be compared one after the other
// wherever that stands. So a tail that very many literals share is cut off as far as it takes to tell them apart; what is left is
// still in every match.

enum CrowdedTails {
    /// What the scan compares at once.
    static let windowBytes = 8
    /// So many literals with one tail cost little.
    static let crowdMax = 32
    /// The most that is cut off; literals that share more keep it.
    static let cutBytesMax = 32

    /// The literals, each without as much of its end as keeps the crowds small.
    static func cut(_ literals: [RequiredLiteral]) -> [RequiredLiteral] {
        var cut = literals
        for crowd in crowds(of: literals.indices.filter { literals[$0].bytes.count > windowBytes }, literals, without: 0) {
            var members = crowd
            for count in 1...cutBytesMax where members.count > crowdMax {
                members.removeAll { literals[$0].bytes.count - count <= windowBytes }
                let small = groups(of: members, literals, without: count).filter { $0.count <= crowdMax }.joined()
                for index in small {
                    cut[index] = RequiredLiteral(Array(literals[index].bytes.dropLast(count)), ignoresCase: literals[index].ignoresCase)
                }
                members.removeAll { small.contains($0) }
            }
        }
        return cut
    }

    private static func crowds(of indices: [Int], _ literals: [RequiredLiteral], without count: Int) -> [[Int]] {
        groups(of: indices, literals, without: count).filter { $0.count > crowdMax }
    }

    /// The literals by the last bytes before the last `count`.
    private static func groups(of indices: [Int], _ literals: [RequiredLiteral], without count: Int) -> [[Int]] {
        Array(Dictionary(grouping: indices) { literals[$0].bytes.dropLast(count).suffix(windowBytes) }.values)
    }
}
