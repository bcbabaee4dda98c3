// What a subject must contain for a pattern, or a whole rule, to match it: a conjunction of clauses, each of which names
// literals of which at least one must occur. It may say less than is true, never more: leaving out a record that would have
// matched is the one mistake that a prefilter must not make.

package struct LiteralRequirement: Hashable, Sendable {
    /// At least one literal of every clause occurs in each subject that matches. No clause: nothing is known.
    package private(set) var clauses: [[RequiredLiteral]]

    /// The most clauses that are kept; more would not help to choose a rare one.
    package static let clausesMax = 32
    /// The most literals in one clause; with more alternatives the clause is left out.
    package static let alternativesMax = 256

    package static let none = LiteralRequirement(clauses: [])

    private init(clauses: [[RequiredLiteral]]) {
        self.clauses = clauses
    }

    /// What every match of a pattern contains, by `PatternParser`. Of a pattern that PCRE2 would refuse it is `none` or meaningless.
    package static func of(pattern: String, options: PatternOptions = PatternOptions()) -> LiteralRequirement {
        var parser = PatternParser(Array(pattern.utf8), utf: options.utf)
        return parser.read().requirement
    }

    /// These bytes occur. Nothing, where they are fewer than `RequiredLiteral.bytesMin`.
    package static func literal(_ bytes: [UInt8], ignoresCase: Bool = false) -> LiteralRequirement {
        bytes.count < RequiredLiteral.bytesMin ? .none : LiteralRequirement(clauses: [[RequiredLiteral(bytes, ignoresCase: ignoresCase)]])
    }

    /// At least one of these holds: one clause with the best one of each. Nothing, where one of them demands nothing.
    package static func anyOf(_ alternatives: [LiteralRequirement]) -> LiteralRequirement {
        guard alternatives.count != 1 else { return alternatives[0] }
        var union: [RequiredLiteral] = []
        var known: Set<RequiredLiteral> = []
        for alternative in alternatives {
            guard let clause = alternative.bestClause else { return .none }
            for literal in clause where known.insert(literal).inserted { union.append(literal) }
            guard union.count <= alternativesMax else { return .none }
        }
        return union.isEmpty ? .none : LiteralRequirement(clauses: [union])
    }

    /// Both hold.
    package func and(_ other: LiteralRequirement) -> LiteralRequirement {
        var both = self
        both.add(other)
        return both
    }

    /// The same, or else these bytes occur, however few: for subjects that may be in the record in another form, which the bytes
    /// betray. A set scans for such a literal too, but does not rank a clause by it.
    package func or(_ bytes: [UInt8]) -> LiteralRequirement {
        bytes.isEmpty ? .none : LiteralRequirement(clauses: clauses.map { $0 + [RequiredLiteral(bytes)] })
    }

    mutating func add(_ other: LiteralRequirement) {
        for clause in other.clauses where clauses.count < Self.clausesMax && !clauses.contains(clause) { clauses.append(clause) }
    }

    /// The clause that looks rarest by itself: the one whose shortest literal is longest, then the one with the fewest.
    private var bestClause: [RequiredLiteral]? {
        clauses.max { left, right in
            let (leftBytes, rightBytes) = (left.bytesToRank, right.bytesToRank)
            return leftBytes == rightBytes ? left.count > right.count : leftBytes < rightBytes
        }
    }
}

extension [RequiredLiteral] {
    /// The literals by which clauses are compared: those too short to be worth a search by themselves are there for every rule alike.
    var toRank: some Sequence<RequiredLiteral> {
        lazy.filter { $0.bytes.count >= RequiredLiteral.bytesMin }
    }

    /// The length of the shortest of these; 0 if there are none.
    var bytesToRank: Int {
        toRank.lazy.map(\.bytes.count).min() ?? 0
    }
}
