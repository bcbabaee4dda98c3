// The one thing that a prefilter must not do, on random patterns: call for a literal that a matching line does not have.

import Patterns
import RandomSupport
import Testing

struct RequirementPropertyTests {
    @Test func aLineThatMatchesHasALiteralOfEveryClause() {
        let seed = Property.seed
        var rng = SeededRandom(seed: seed)
        let matcher = Matcher(limits: MatchLimits(stepsMax: 5_000))
        var (compiled, demanding, matched) = (0, 0, 0)
        let rounds = Property.rounds(12_000)
        for _ in 0..<rounds {
            let patternSeed = rng.next()
            let random = RandomPattern(seed: patternSeed)
            guard let pattern = try? Pattern(random.part.text, options: PatternOptions(utf: random.utf)) else { continue }
            compiled += 1
            let requirement = pattern.requirement
            guard !requirement.clauses.isEmpty else { continue }
            demanding += 1
            for _ in 0..<12 {
                var line = random.part.write(&rng)
                for _ in 0..<[0, 0, 0, 1, 1, 2].randomElement(using: &rng)! { mutate(&line, around: requirement, &rng) }
                if Int.random(in: 0..<4, using: &rng) == 0 { line = [0x7E, 0x20] + line + [0x20, 0x7E] }
                guard matcher.match(pattern, line.span) == .matched else { continue }
                matched += 1
                let missing = requirement.clauses.first { !$0.contains { $0.firstPlace(in: line) != nil } }
                if let missing {
                    Issue.record(
                        """
                        \(random.part.text.debugDescription) (utf: \(random.utf)) matches \(String(decoding: line, as: UTF8.self).debugDescription) \
                        without any of \(missing.map { String(decoding: $0.bytes, as: UTF8.self).debugDescription }); \
                        EVENTAIL_PROPERTY_SEED=\(seed)
                        """)
                    return
                }
            }
        }
        // Not vacuous: most patterns are valid, many require something, and their lines match.
        #expect(
            compiled > rounds / 3 && demanding > rounds / 8 && matched > rounds / 2, "\(compiled), \(demanding), \(matched) of \(rounds)")
        print("requirements: \(compiled) patterns, \(demanding) with literals, \(matched) matches; EVENTAIL_PROPERTY_SEED=\(seed)")
    }

    /// No text, valid or not, may crash the parser or make it slow.
    @Test func anyTextIsRead() {
        let seed = Property.seed
        var rng = SeededRandom(seed: seed)
        let pieces =
            Array(#"abcé()[]{}|?*+.^$\QExoNgkcpP0123<>'"=!:#&-, /CRiJx"#).map(String.init) + [
                "(?", "(*", "\\Q", "[[:", "(?(", "\\x{", "{1,",
            ]
        for _ in 0..<Property.rounds(6_000) {
            let text = (0..<Int.random(in: 0...20, using: &rng)).map { _ in pieces.randomElement(using: &rng)! }.joined()
            for utf in [false, true] {
                let requirement = LiteralRequirement.of(pattern: text, options: PatternOptions(utf: utf))
                if let pattern = try? Pattern(text, options: PatternOptions(utf: utf)) { #expect(pattern.requirement == requirement) }
            }
        }
    }

    /// Spoils the line near a literal that is called for, so that a wrong call shows as a match without it.
    private func mutate(_ line: inout [UInt8], around requirement: LiteralRequirement, _ rng: inout SeededRandom) {
        guard !line.isEmpty else { return }
        var place = Int.random(in: line.indices, using: &rng)
        let literal = requirement.clauses.randomElement(using: &rng)!.randomElement(using: &rng)!
        if let found = literal.firstPlace(in: line) { place = found + Int.random(in: 0..<literal.bytes.count, using: &rng) }
        switch Int.random(in: 0..<8, using: &rng) {
        case 0, 1: line.remove(at: place)
        case 2: line.insert([0x20, 0x61, 0x0A, 0xC3, 0x2E].randomElement(using: &rng)!, at: place)
        case 3: line[place] ^= 0x20
        case 4: line.insert(line[place], at: place)
        case 5: line.replaceSubrange(place...place, with: Array(["\u{212A}", "ſ", "b", "é", ""].randomElement(using: &rng)!.utf8))
        case 6: line.removeSubrange(place..<Swift.min(line.count, place + literal.bytes.count))
        default: line = Array(line[place...])
        }
    }
}
