// What a stretch of a pattern puts into every subject that it matches, in a form that can be joined with what stands before
// and behind it. A stretch is either one *whole* run of known bytes, or it begins with a known run (`head`), ends with one
// (`tail`) and has something unknown between, in which whatever `inner` requires occurs.

struct LiteralStretch {
    /// One byte of a run.
    struct Unit: Hashable {
        var byte: UInt8
        /// Whether the other case of the letter also matches.
        var ignoresCase = false
    }

    private(set) var head: [Unit]
    private(set) var tail: [Unit] = []
    private(set) var inner = LiteralRequirement.none
    private(set) var isWhole: Bool
    /// How many ways there may be to match one and the same text by choosing other branches, as a power of two.
    private(set) var choiceBits = 0.0

    /// Matches the empty string: an anchor, an assertion, nothing at all.
    static let empty = LiteralStretch(head: [], isWhole: true)
    /// Matches something unknown.
    static let gap = LiteralStretch(head: [], isWhole: false)

    private init(head: [Unit], isWhole: Bool) {
        self.head = head
        self.isWhole = isWhole
    }

    init(_ run: [Unit]) {
        self.init(head: run, isWhole: true)
    }

    /// Any one of the branches.
    init(anyOf branches: [LiteralStretch]) {
        if branches.count == 1 {
            self = branches[0]
        } else {
            self = .gap
            inner = .anyOf(branches.map(\.requirement))
            choiceBits = branches.map(\.choiceBits).max() ?? 0
            if Self.mayShareTexts(branches) { choiceBits += Double(branches.count).logarithm2 }
        }
    }

    /// The same, of which nothing is known but that it may be empty (`empty`) or anything (`gap`).
    func forgotten(leaving known: LiteralStretch) -> LiteralStretch {
        var result = known
        result.choiceBits = choiceBits
        return result
    }

    mutating func append(_ next: LiteralStretch) {
        choiceBits += next.choiceBits
        switch (isWhole, next.isWhole) {
        case (true, true):
            head += next.head
        case (false, true):
            tail += next.head
        case (true, false):
            head += next.head
            (tail, inner, isWhole) = (next.tail, next.inner, false)
        case (false, false):
            inner.add(Self.requirement(of: tail + next.head))
            inner.add(next.inner)
            tail = next.tail
        }
    }

    /// This stretch `countMin` to `countMax` times in a row; nil: any number of times.
    func repeated(atLeast countMin: Int, atMost countMax: Int?) -> LiteralStretch {
        var result = run(atLeast: countMin, atMost: countMax)
        // PCRE2 copies what is repeated so often, and makes a loop of the rest.
        result.choiceBits = choiceBits * Double(Swift.max(1, countMin, countMax ?? 1))
        return result
    }

    private func run(atLeast countMin: Int, atMost countMax: Int?) -> LiteralStretch {
        if countMin == 0 { return .gap }
        // The first time follows what stands before, the last time precedes what stands behind: head, tail and inner hold as they are.
        guard isWhole, !head.isEmpty, countMin != 1 || countMax != 1 else { return self }
        let fitting = Swift.max(1, Swift.min(countMin, RequiredLiteral.bytesMax / head.count))
        let run = Array(repeatElement(head, count: fitting).joined())
        if fitting == countMin, countMax == countMin { return LiteralStretch(run) }
        var result = LiteralStretch.gap
        result.head = run
        result.tail = run
        return result
    }

    /// Whether two branches may match at one place: not if what they begin with differs.
    private static func mayShareTexts(_ branches: [LiteralStretch]) -> Bool {
        let beginnings = branches.map { $0.head.map { $0.byte.asciiLowercased } }.sorted { $0.lexicographicallyPrecedes($1) }
        return zip(beginnings, beginnings.dropFirst()).contains { $1.starts(with: $0) }
    }

    /// What it requires with nothing known around it.
    var requirement: LiteralRequirement {
        var all = Self.requirement(of: head)
        all.add(inner)
        if !isWhole { all.add(Self.requirement(of: tail)) }
        return all
    }

    /// A run of which a part ignores case requires less than it could: that all of it occurs in any case.
    private static func requirement(of run: [Unit]) -> LiteralRequirement {
        .literal(run.map(\.byte), ignoresCase: run.contains(where: \.ignoresCase))
    }
}

extension Double {
    /// The binary logarithm of a number of branches, rounded up.
    fileprivate var logarithm2: Double {
        self <= 1 ? 0 : Double((self - 1).exponent + 1)
    }
}
