// Framing and literal scan together: the calls are those of every rule on each record alone, whatever the blocks.

import RandomSupport
import Records
import Rules
import Testing

@Suite struct MultilinePropertyTests {
    private static let heads = [
        "multiline: { starts_with: '^[12]' }", "multiline: { continues_with: '^ |^$', max_lines: 3 }",
        "format: docker", "format: docker\nmultiline: { continues_with: '^ ' }",
        "format: cri\nmultiline: { starts_with: '^1', max_lines: 4 }",
    ]

    private static let rules = #"""

        rules:
          - { name: word, match: 'order (?<id>\d+)', track: { userId: u, event: word } }
          - { name: joint, match: '(?<a>\d)\n (?<b>order)', track: { userId: u, event: joint } }
          - { name: piece, match: 'lon(?<id>g) word', track: { userId: u, event: piece } }
          - { name: any, match: '^(?<first>[^ ]?)', where: { message: { regex: 'xyz$' } }, track: { userId: u, event: '{{ message }}' } }
          - { name: all, match: '(?s)^(?<all>[12].*)', track: { userId: u, event: '{{ all }}' } }
        """#

    private static func line(_ head: String, _ random: inout SeededRandom) -> [UInt8] {
        let start = random.oneOf(["1 ", "2 ", " ", " ", "", "x"])
        let text = start + random.oneOf(["order 7", "order ", "long word", "lon", "g word", "xyz", "", "user"])
        let end = random.oneOf(["\n", "\n", "\r\n"])
        let stream = random.oneOf(["stdout", "stdout", "stdout", "stderr"])
        let isPiece = random.number(in: 0...3) == 0
        guard head.contains("format"), random.number(in: 0...9) > 0 else { return Array((text + end).utf8) }
        if head.contains("docker") {
            return Array("{\"log\":\"\(text)\(isPiece ? "" : "\\n")\",\"stream\":\"\(stream)\"}\(end)".utf8)
        }
        return Array("2026-11-23T06:57:32.578177Z \(stream) \(isPiece ? "P" : "F") \(text)\(end)".utf8)
    }

    /// The calls are those of the same rules without literals on each record alone, whatever the blocks.
    @Test(arguments: 1...150 as ClosedRange<UInt64>)
    func callsEqualThoseOfEveryRuleOnEachRecordAlone(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let head = random.oneOf(Self.heads)
        let set = try ruleSet(head + Self.rules)
        let reference = try ruleSet(
            head
                + Self.rules.replacing(#/match: '([^']*)'/#) { "match: '(?:\($0.output.1)|(?!))'" }
                .replacing("{ message: { regex: 'xyz$' } }", with: "{ none: [{ none: [{ message: { regex: 'xyz$' } }] }] }"))
        try #require(reference.rulesWithoutLiteral.count == reference.rules.count)
        let lines = (0..<random.number(in: 0...80)).map { _ in Self.line(head, &random) }
        let input = Array(lines.joined())

        var framer = Framer(set.framing)
        framer.frame(input.span, isFinal: true)
        var starts: [Int] = []
        framer.forEachRecord(input.span) { _, start in starts.append(start) }
        let slow = derive(reference, input, cuts: Array(starts.dropFirst()))
        #expect(slow.counters.records == starts.count)

        let whole = derive(set, input)
        let offered = Self.offer(lines, to: set, &random)
        #expect(whole.jsons == slow.jsons, "seed \(seed)")
        #expect(offered.jsons == slow.jsons, "seed \(seed)")
        #expect(offered.counters.rules == slow.counters.rules, "seed \(seed)")
        #expect(offered.counters.records == slow.counters.records, "seed \(seed)")
        #expect(offered.counters.cutRecords == whole.counters.cutRecords, "seed \(seed)")
    }

    /// Derives as from a file that grows by some lines at a time.
    private static func offer(_ lines: [[UInt8]], to set: RuleSet, _ random: inout SeededRandom) -> Derived {
        var deriver = Deriver(set, version: "test")
        var derived = Derived()
        var (held, offset): ([UInt8], UInt64) = ([], 0)
        func facts() -> BlockFacts {
            BlockFacts(
                origin: origin, offset: offset, nowMilliseconds: noonMilliseconds, sourceName: Array("shop".utf8),
                sourcePath: Array("/var/log/shop.log".utf8))
        }
        for line in lines {
            held += line
            guard random.number(in: 0...2) == 0 else { continue }
            let taken = deriver.derive(held.span, facts(), isFinal: false, into: &derived)
            held.removeFirst(taken)
            offset += UInt64(taken)
        }
        deriver.derive(held.span, facts(), isFinal: true, into: &derived)
        derived.counters = deriver.takeCounters()
        return derived
    }
}
