// A literal that looks rare in the rules and stands in every record is replaced while the program runs, and no call changes by it.

import Rules
import Testing

struct ScanTuningTests {
    private static let rules = """
        rules:
          - { name: a, match: 'status=completed-successfully .*buyer=(?<userId>\\w+)', track: A }
          - { name: b, match: 'successfully took=\\d+ms seller=(?<userId>\\w+)', track: B }

        """

    /// About 128 KiB of lines, in some of which somebody buys or sells.
    private static func block(_ number: Int) -> [UInt8] {
        var text = ""
        for line in 0..<2000 {
            text += "worker-\(line % 7) status=completed-successfully took=\(line)ms"
            if line == number { text += " buyer=u\(number)" }
            if line % 500 == number % 500 { text += " seller=s\(line)" }
            text += " and a little more\n"
        }
        return Array(text.utf8)
    }

    @Test func whatIsFrequentInTheDataIsReplacedAndNoCallIsLost() throws {
        let (set, reference) = (
            try ruleSet(Self.rules),
            try ruleSet(Self.rules.replacing("match: '", with: "match: '(?:").replacing("\\w+)'", with: "\\w+)|(?!))'"))
        )
        try #require(reference.rulesWithoutLiteral.count == 2)
        var deriver = Deriver(set, version: "test")
        #expect(deriver.literals == [[Array("status=completed-successfully ".utf8)], [Array("successfully took=".utf8)]])
        var (tuned, expected) = (Derived(), Derived())
        var slow = Deriver(reference, version: "test")
        var offset: UInt64 = 0
        for number in 0..<60 {
            let block = Self.block(number)
            let facts = BlockFacts(
                origin: origin, offset: offset, nowMilliseconds: noonMilliseconds, sourceName: [], sourcePath: [])
            deriver.derive(block.span, facts, into: &tuned)
            slow.derive(block.span, facts, into: &expected)
            offset += UInt64(block.count)
        }
        #expect(deriver.literals == [[Array("buyer=".utf8)], [Array("ms seller=".utf8)]])
        #expect(tuned.jsons == expected.jsons && tuned.made.count == 60 * 4)
    }

    /// Where every hit is a match there is nothing to gain.
    @Test func literalsThatMatchAreLeftAlone() throws {
        let set = try ruleSet("rules: [{ name: a, match: 'took=(?<userId>\\w+)ms', track: A }]")
        var deriver = Deriver(set, version: "test")
        let before = deriver.literals
        var sink = Derived()
        for number in 0..<60 {
            let facts = BlockFacts(
                origin: origin, offset: 0, nowMilliseconds: noonMilliseconds, sourceName: [], sourcePath: [])
            deriver.derive(Self.block(number).span, facts, into: &sink)
        }
        #expect(deriver.literals == before && sink.made.count == 60 * 2000)
    }
}
