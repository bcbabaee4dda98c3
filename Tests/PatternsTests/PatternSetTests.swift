// Which literals a set scans for, and that both engines find each of them wherever it stands.

import Patterns
import RandomSupport
import Testing

struct PatternSetTests {
    static let engines: [PatternSet.Engine] = {
        #if Vectorscan
            [.scalar, .vectorscan]
        #else
            [.scalar]
        #endif
    }()

    @Test func theFastestEngineIsTakenUnlessAnotherIsAskedFor() throws {
        let members = [LiteralRequirement.of(pattern: "abc")]
        #expect(try PatternSet(members).engine == Self.engines.last)
        #expect(try PatternSet(members, engine: .scalar).engine == .scalar)
    }

    @Test func theLiteralThatFewestMembersShareIsChosenThenTheLongest() throws {
        let set = try PatternSet(
            ["app=shop .*cart", "app=shop .*order .*paid", "app=shop ", "a.b", "app=shop .*order .*login", "abc.defg.hij"]
                .map { .of(pattern: $0) })
        #expect(texts(set, 0) == ["cart"])
        #expect(texts(set, 1) == ["paid"])
        #expect(texts(set, 2) == ["app=shop "])
        #expect(texts(set, 3) == nil)
        #expect(texts(set, 4) == ["login"])
        #expect(texts(set, 5) == ["defg"])
        #expect(set.alwaysCandidates == [3])
    }

    @Test func membersMayShareALiteral() throws {
        let set = try PatternSet(["(abc|def)", "x", "def", "def.", "(?i)def"].map { .of(pattern: $0) })
        #expect(set.literals.count == 3)
        let index = try #require(set.literals.firstIndex(of: RequiredLiteral([UInt8]("def".utf8))))
        #expect(Array(set.members(of: index)) == [0, 2, 3])
        #expect(set.members(of: 2).elementsEqual([4]))
    }

    /// A backslash that betrays an escape is scanned for, and leaves the choice between the clauses alone.
    @Test(arguments: engines)
    func aShortLiteralBesideALongOneIsFoundAndNotRanked(_ engine: PatternSet.Engine) throws {
        let set = try PatternSet(
            ["app=shop.*cart", "app=shop.*login", "a"].map { LiteralRequirement.of(pattern: $0).or([0x5C]) }, engine: engine)
        #expect(texts(set, 0) == ["cart", "\\"])
        #expect(texts(set, 1) == ["login", "\\"])
        #expect(set.alwaysCandidates == [2])
        #expect(hits(set, [UInt8](#"\ cart \"#.utf8))?.map { Array(set.members(of: $0.literal)) } == [[0, 1], [0], [0, 1]])
    }

    @Test func tooManyLiteralsAreAnError() {
        let members = (0..<10).map { LiteralRequirement.of(pattern: "literal\($0)") }
        #expect(throws: PatternError.self) { try PatternSet(members, limits: .init(literalsMax: 9)) }
        #expect(throws: PatternError.self) { try PatternSet(members, limits: .init(literalBytesMax: 79)) }
        #expect(throws: Never.self) { try PatternSet(members, limits: .init(literalsMax: 10, literalBytesMax: 80)) }
    }

    @Test(arguments: engines)
    func noMembersAndNoLiteralsFindNothing(_ engine: PatternSet.Engine) throws {
        for patterns in [[], ["a", "."]] {
            let set = try PatternSet(patterns.map { .of(pattern: $0) }, engine: engine)
            #expect(hits(set, [UInt8]("abcabc".utf8)) == [])
            #expect(hits(set, []) == [])
        }
    }

    @Test(arguments: engines)
    func hitsAreOrderedAndOverlap(_ engine: PatternSet.Engine) throws {
        let set = try PatternSet(["bcde", "abcdef", "cde", "bcd", "(?i)BCDE"].map { .of(pattern: $0) }, engine: engine)
        let found = hits(set, [UInt8]("zabcdef BCDE".utf8))
        #expect(
            found == [
                LiteralHit(start: 1, end: 7, literal: 1), LiteralHit(start: 2, end: 6, literal: 0),
                LiteralHit(start: 2, end: 5, literal: 3),
                LiteralHit(start: 2, end: 6, literal: 4), LiteralHit(start: 3, end: 6, literal: 2),
                LiteralHit(start: 8, end: 12, literal: 4),
            ])
        let repeats = try PatternSet([.of(pattern: "aaa")], engine: engine)
        #expect(hits(repeats, [UInt8]("aaaaa".utf8))?.map(\.start) == [0, 1, 2])
    }

    @Test(arguments: engines)
    func moreHitsThanTheLimitGiveNone(_ engine: PatternSet.Engine) throws {
        let set = try PatternSet([.of(pattern: "aaa")], limits: .init(hitsMax: 100), engine: engine)
        #expect(hits(set, [UInt8](repeating: UInt8(ascii: "a"), count: 102))?.count == 100)
        #expect(hits(set, [UInt8](repeating: UInt8(ascii: "a"), count: 103)) == nil)
        #expect(hits(set, [UInt8]("aaa".utf8))?.count == 1)
    }

    @Test(arguments: engines)
    func everyLiteralIsFoundAtEveryOffset(_ engine: PatternSet.Engine) throws {
        let literals = [
            RequiredLiteral([UInt8]("abc".utf8)), RequiredLiteral([UInt8](" user=".utf8)), RequiredLiteral([0, 0, 0]),
            RequiredLiteral([0xFF, 0xC3, 0xA9, 0x41], ignoresCase: true), RequiredLiteral([UInt8]("[@`{".utf8)),
            RequiredLiteral([UInt8]((0..<64).map { 0x30 + $0 })), RequiredLiteral([UInt8]("orderCompleted".utf8), ignoresCase: true),
            RequiredLiteral([UInt8]("\n\r\n\t".utf8)),
        ]
        let set = try PatternSet(literals.map { .literal($0.bytes, ignoresCase: $0.ignoresCase) }, engine: engine)
        #expect(set.literals == literals)
        var rng = SeededRandom(seed: 7)
        for (index, literal) in literals.enumerated() {
            for offset in 0..<150 {
                let before = (0..<offset).map { _ in UInt8.random(in: 0x80...0xBF, using: &rng) }
                let text = literal.bytes.map { literal.ignoresCase && Bool.random(using: &rng) ? upperCased($0) : $0 }
                for padding in [0, 1, 40] {
                    let block = before + text + [UInt8](repeating: 0x9F, count: padding)
                    let expected = LiteralHit(start: offset, end: offset + text.count, literal: index)
                    #expect(hits(set, block)?.contains(expected) == true, "offset \(offset), padding \(padding)")
                }
                // All but the last byte is no hit.
                #expect(hits(set, before + text.dropLast())?.contains { $0.literal == index } == false)
            }
        }
    }

    @Test func enginesAgreeWithANaiveSearchOnRandomLiteralsAndBlocks() throws {
        let seed = Property.seed
        var rng = SeededRandom(seed: seed)
        let alphabet = [UInt8]("abcABC 0=\n[{".utf8) + [0, 0x80, 0xC3, 0xFF]
        for round in 0..<Property.rounds(150) {
            let letters = Array(alphabet.shuffled(using: &rng).prefix(.random(in: 2...alphabet.count, using: &rng)))
            let longest = [5, 12, 64].randomElement(using: &rng)!
            let requirements = (0..<Int.random(in: 1...60, using: &rng)).map { _ in
                let bytes = (0..<Int.random(in: 3...longest, using: &rng)).map { _ in letters.randomElement(using: &rng)! }
                let requirement = LiteralRequirement.literal(bytes, ignoresCase: Int.random(in: 0..<4, using: &rng) == 0)
                let isShort = Int.random(in: 0..<20, using: &rng) == 0
                return isShort ? requirement.or(Array(bytes.prefix(.random(in: 1...2, using: &rng)))) : requirement
            }
            let sets = try Self.engines.map { try PatternSet(requirements, limits: .init(hitsMax: 1_000_000), engine: $0) }
            let literals = sets[0].literals
            for _ in 0..<4 {
                var block: [UInt8] = []
                while block.count < .random(in: 0...400, using: &rng) {
                    if Bool.random(using: &rng) {
                        block += literals.randomElement(using: &rng)!.bytes.map { Bool.random(using: &rng) ? upperCased($0) : $0 }
                    } else {
                        block.append(letters.randomElement(using: &rng)!)
                    }
                }
                let expected = naiveHits(literals, block)
                for set in sets {
                    #expect(hits(set, block) == expected, "\(set.engine), seed \(seed), round \(round)")
                }
            }
        }
    }

    @Test func aSetServesManyThreads() async throws {
        let set = try PatternSet(["abc", "(?i)def", "[0-9]"].map { .of(pattern: $0) })
        let block = Array(repeatElement([UInt8]("xabcDEF7".utf8), count: 500).joined())
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { hits(set, block)?.count ?? -1 } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [1_000, 1_000, 1_000, 1_000])
    }

    private func texts(_ set: PatternSet, _ member: Int) -> [String]? {
        set.literal(of: member)?.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

private func hits(_ set: PatternSet, _ block: [UInt8]) -> [LiteralHit]? {
    var hits = [LiteralHit(start: 9, end: 9, literal: 9)]
    let isComplete = LiteralScanner(set).scan(block.span, into: &hits)
    #expect(isComplete || hits.isEmpty)
    return isComplete ? hits : nil
}

private func naiveHits(_ literals: [RequiredLiteral], _ block: [UInt8]) -> [LiteralHit] {
    block.indices.flatMap { start in
        literals.indices.compactMap { index in
            let literal = literals[index]
            guard start + literal.bytes.count <= block.count, literal.occurs(in: block, at: start) else { return nil }
            return LiteralHit(start: start, end: start + literal.bytes.count, literal: index)
        }
    }
}

private func upperCased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
}
