// Scan on against scan off, on patterns with every construct of PCRE2's syntax, wherever in a block their lines stand: vector code may
// treat the bytes near a boundary differently.

import Patterns
import RandomSupport
import Testing

struct BlockOffsetTests {
    /// Two of the longest vectors, and what they overlap with.
    private static let offsets = 0..<130

    private struct Line {
        var range: Range<Int>
        var matchingMembers: [Int]
    }

    @Test(arguments: PatternSetTests.engines)
    func whatMatchesIsACandidateAtEveryOffset(_ engine: PatternSet.Engine) throws {
        let seed = Property.seed
        var rng = SeededRandom(seed: seed)
        var (scanned, matched, byLiteral) = (0, 0, 0)
        for _ in 0..<Property.rounds(60) {
            let randoms = (0..<12).map { _ in RandomPattern(seed: rng.next()) }
            let members = randoms.compactMap { random in
                (try? Pattern(random.part.text, options: PatternOptions(utf: random.utf))).map { (random, $0) }
            }
            let set = try PatternSet(members.map(\.1.requirement), engine: engine)
            let (text, lines) = block(members, &rng)
            matched += lines.reduce(0) { $0 + $1.matchingMembers.count }
            byLiteral += members.count - set.alwaysCandidates.count
            let scanner = LiteralScanner(set)
            var hits: [LiteralHit] = []
            for offset in Self.offsets {
                let padded = [UInt8](repeating: 0x7E, count: offset) + text
                try #require(scanner.scan(padded.span, into: &hits))
                scanned += 1
                for line in lines {
                    let place = line.range.lowerBound + offset..<line.range.upperBound + offset
                    var candidates = Set(set.alwaysCandidates)
                    for hit in hits where hit.start >= place.lowerBound && hit.end <= place.upperBound {
                        candidates.formUnion(set.members(of: hit.literal))
                    }
                    let missed = line.matchingMembers.filter { !candidates.contains($0) }
                    guard let first = missed.first else { continue }
                    Issue.record(
                        """
                        \(members[first].0.part.text.debugDescription) matches a line at \(place) and is no candidate; \
                        EVENTAIL_PROPERTY_SEED=\(seed)
                        """)
                    return
                }
            }
        }
        // Not vacuous.
        #expect(matched > scanned / 20 && byLiteral > 100, "\(matched) matches, \(byLiteral) patterns with literals")
    }

    /// Lines that the patterns are likely to match, each with the patterns that do.
    private func block(_ members: [(RandomPattern, Pattern)], _ rng: inout SeededRandom) -> ([UInt8], [Line]) {
        let matcher = Matcher(limits: MatchLimits(stepsMax: 5_000))
        var (text, lines): ([UInt8], [Line]) = ([], [])
        for (random, _) in members + members {
            let content = random.part.write(&rng).filter { $0 != 0x0A }
            let matching = members.indices.filter { matcher.match(members[$0].1, content.span) == .matched }
            lines.append(Line(range: text.count..<text.count + content.count, matchingMembers: matching))
            text += content + [0x0A]
        }
        return (text, lines)
    }
}
