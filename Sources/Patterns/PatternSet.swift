// Many members (rules), one scan: for each member it picks one clause of its requirement, gathers the distinct literals of
// all, and builds one database that finds them all at once. Which members a hit makes candidates, the caller looks up here.
//
// The set never changes and is shared by all threads; each thread scans with a `LiteralScanner` of its own.

package final class PatternSet: Sendable {
    /// Bounds on a set and on one scan.
    package struct Limits: Hashable, Sendable {
        /// Distinct literals. Default 50 000.
        package var literalsMax: Int
        /// The bytes of all of them. Default 2 MiB.
        package var literalBytesMax: Int
        /// Hits of one scan. Default 65 536, which are 1.5 MiB.
        package var hitsMax: Int

        package init(literalsMax: Int = 50_000, literalBytesMax: Int = 2 * 1_048_576, hitsMax: Int = 65_536) {
            self.literalsMax = literalsMax
            self.literalBytesMax = literalBytesMax
            self.hitsMax = hitsMax
        }
    }

    /// What does the scanning.
    package enum Engine: Hashable, Sendable {
        /// Our own search.
        case scalar
        /// Vectorscan's literal matcher; not there without the package trait, or on a machine that it does not support.
        case vectorscan
    }

    enum Database: Sendable {
        case scalar(ScalarSearch)
        #if Vectorscan
            case vectorscan(VectorscanDatabase)
        #endif
    }

    package let limits: Limits
    /// The distinct literals that are scanned for.
    package let literals: [RequiredLiteral]
    /// The members, ascending, for which no literal is known: candidates for every record.
    package let alwaysCandidates: [Int]

    /// Per member the indices of its literals.
    private let literalsOfMember: [[Int]]
    /// Per literal its members, ascending.
    private let membersOfLiteral: [[Int]]
    let database: Database

    /// - Parameters:
    ///   - members: what each member requires; a member is known by its index here.
    ///   - engine: nil for the fastest there is; where the one asked for is not there, our own search takes its place.
    ///   - measured: how often the literals occur in the data, where that is known.
    /// - Throws: if the literals exceed the limits.
    package init(
        _ members: [LiteralRequirement], limits: Limits = Limits(), engine: Engine? = nil, measured: LiteralFrequencies? = nil
    ) throws(PatternError) {
        let clauses = Self.clauses(of: members, measured)
        var literals: [RequiredLiteral] = []
        var indices: [RequiredLiteral: Int] = [:]
        var literalsOfMember: [[Int]] = []
        var membersOfLiteral: [[Int]] = []
        for (member, clause) in clauses.enumerated() {
            literalsOfMember.append([])
            for literal in clause {
                let index = indices[literal] ?? literals.count
                if index == literals.count {
                    indices[literal] = index
                    literals.append(literal)
                    membersOfLiteral.append([])
                }
                if membersOfLiteral[index].last != member {
                    membersOfLiteral[index].append(member)
                    literalsOfMember[member].append(index)
                }
            }
        }
        let byteCount = literals.reduce(0) { $0 + $1.bytes.count }
        guard literals.count <= limits.literalsMax, byteCount <= limits.literalBytesMax else {
            throw PatternError(
                message: "the patterns have \(literals.count) literals of \(byteCount) bytes; at most \(limits.literalsMax) of"
                    + " \(limits.literalBytesMax) bytes are allowed", offset: 0, hint: "use fewer rules for one source")
        }
        self.limits = limits
        self.literals = literals
        self.literalsOfMember = literalsOfMember
        self.membersOfLiteral = membersOfLiteral
        alwaysCandidates = literalsOfMember.indices.filter { literalsOfMember[$0].isEmpty }
        database = Self.database(of: literals, engine: engine)
    }

    /// The engine that scans.
    package var engine: Engine {
        switch database {
        case .scalar: .scalar
        #if Vectorscan
            case .vectorscan: .vectorscan
        #endif
        }
    }

    /// The literals of which one must occur for a member to be a candidate; nil for one that always is.
    package func literal(of member: Int) -> [RequiredLiteral]? {
        let indices = literalsOfMember[member]
        return indices.isEmpty ? nil : indices.map { literals[$0] }
    }

    /// The members, ascending, that a hit of this literal makes candidates.
    package func members(of literal: Int) -> ArraySlice<Int> {
        membersOfLiteral[literal][...]
    }

    /// Per member the literals to scan for, of which each of its matches holds one; none for a member that is always a candidate.
    private static func clauses(of members: [LiteralRequirement], _ measured: LiteralFrequencies?) -> [[RequiredLiteral]] {
        let choice = ClauseChoice(members, measured: measured)
        let chosen = members.map { choice.clause(of: $0) ?? [] }
        let distinct = Array(Set(chosen.joined()))
        let cut = Dictionary(uniqueKeysWithValues: zip(distinct, CrowdedTails.cut(distinct)))
        return chosen.map { $0.map { cut[$0]! } }
    }

    /// A set that scans for what is rarer in data such as was measured; nil where that would make less than half as many candidates.
    package static func better(than current: LiteralFrequencies?, for members: [LiteralRequirement], _ measured: LiteralFrequencies)
        -> PatternSet?
    {
        let now = ClauseChoice(members, measured: current).expectedCandidates(members, measured)
        let then = ClauseChoice(members, measured: measured).expectedCandidates(members, measured)
        return 2 * then < now ? try? PatternSet(members, measured: measured) : nil
    }

    private static func database(of literals: [RequiredLiteral], engine: Engine?) -> Database {
        #if Vectorscan
            if engine != .scalar, let vectorscan = VectorscanDatabase(literals) { return .vectorscan(vectorscan) }
        #endif
        return .scalar(ScalarSearch(literals))
    }
}
