// What is scanned for: literals that are told apart quickly, and, once data was seen, those that are rare in it.

import Patterns
import Testing

struct ClauseChoiceTests {
    private func text(_ set: PatternSet, _ member: Int) -> [String]? {
        set.literal(of: member)?.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func aTailThatCrowdsShareIsCutOffAsFarAsTellsThemApart() throws {
        let crowd = (0..<200).map { " event=kind\($0)_created user=\"" }
        let set = try PatternSet(crowd.map { .literal(Array($0.utf8)) })
        for (index, whole) in crowd.enumerated() {
            let kept = try #require(text(set, index)?.first)
            #expect(whole.hasPrefix(kept) && kept.count < whole.count && kept.contains("kind\(index)"), "\(kept)")
        }
        let tails = Dictionary(grouping: set.literals) { $0.bytes.suffix(8) }
        #expect(tails.values.allSatisfy { $0.count <= 32 })
    }

    @Test func aTailThatFewShareIsKept() throws {
        let few = (0..<32).map { " event=kind\($0) user=\"" }
        let set = try PatternSet(few.map { .literal(Array($0.utf8)) })
        #expect(few.indices.map { text(set, $0) } == few.map { [$0] })
    }

    /// Cut down to what the scan compares at once they would still end alike, so nothing is gained by cutting.
    @Test func aTailThatCannotBeCutShortEnoughIsKept() throws {
        let alike = (0..<200).map { "\($0) and then a text that all have in common, longer than is cut" }
        let set = try PatternSet(alike.map { .literal(Array($0.utf8)) })
        #expect(alike.indices.map { text(set, $0) } == alike.map { [$0] })
    }

    @Test func whatWasMeasuredDecidesBetweenClauses() throws {
        let members = ["status=completed-successfully .*buyer=", "took=", "GET /checkout"].map { LiteralRequirement.of(pattern: $0) }
        let sample = Array(String(repeating: "status=completed-successfully took=took=took=7 GET /\n", count: 100).utf8)
        let frequencies = LiteralFrequencies(members, sample: sample.span, records: 100)
        let measured = try #require(frequencies)
        let better = try #require(PatternSet.better(than: nil, for: members, measured))
        #expect(text(better, 0) == ["buyer="])
        // More often than records: cheaper to try on each.
        #expect(text(better, 1) == nil)
        #expect(text(better, 2) == ["GET /checkout"])
        #expect(PatternSet.better(than: measured, for: members, measured) == nil)
    }
}
