// From blocks to calls: line endings, offsets, lines, hostile bytes, block boundaries, counters.

import Calls
import RandomSupport
import Records
import Rules
import Testing

@Suite struct DeriverTests {
    private let order =
        #"rules: [{ name: order, match: '^order (?<id>.*)$', track: { event: E, userId: u, properties: { id: '{{ id }}' } } }]"#

    private func ids(_ input: [UInt8]) throws -> [String] {
        derive(try ruleSet(order), input).made.map {
            $0.brief.replacing(#"{"type":"track","userId":"u","event":"E","properties":{"id":"#, with: "").dropLast(2).description
        }
    }

    private func ids(_ input: String) throws -> [String] { try ids(Array(input.utf8)) }

    @Test func oneCarriageReturnBeforeTheLineFeedGoes() throws {
        #expect(try ids("order 1\r\norder 2\r\r\norder 3\r") == [#""1""#, #""2\r""#, #""3""#])
    }

    @Test func byteOrderMarkGoesAtTheStartOfTheSourceAlone() throws {
        #expect(try ids("\u{FEFF}order 1\n\u{FEFF}order 2\norder 3\n") == [#""1""#, #""3""#])
        let set = try ruleSet(order)
        let later = derive(set, Array("x\n\u{FEFF}order 1\n".utf8), cuts: [2])
        #expect(later.made.isEmpty)
    }

    @Test func lastRecordNeedsNoLineFeed() throws {
        #expect(try ids("order 1\norder 2") == [#""1""#, #""2""#])
    }

    @Test func zeroBytesAndBrokenUTF8AreText() throws {
        #expect(try ids(Array("order a\0b".utf8) + [0xFF, 0xE5, 0x90, 0x0A]) == ["\"a\\u0000b\u{FFFD}\u{FFFD}\""])
    }

    @Test func emptyLinesAreRecords() throws {
        let set = try ruleSet("rules: [{ name: r, match: '^$', track: { event: E, userId: u } }]")
        let derived = derive(set, Array("\n\nx\n\r\n".utf8))
        #expect(derived.made.map(\.facts.recordOffset) == [0, 1, 4])
        #expect(derived.counters.records == 4)
        #expect(derive(set, []).counters.records == 0)
    }

    @Test func literalsOverTwoRecordsAreInNeither() throws {
        #expect(try ids("ord\ner 1\n or\nder 2\norder") == [])
    }

    @Test func recordsAreCountedWithTheLastOneThatLacksItsLineFeed() throws {
        let set = try ruleSet(order)
        #expect(derive(set, Array("a\nb\nc".utf8)).counters.records == 3)
        #expect(derive(set, Array("a\nb\nc\n".utf8), cuts: [2, 4]).counters.records == 3)
    }

    @Test func takenCountersBeginAnew() throws {
        var deriver = Deriver(try ruleSet(order), version: "test")
        var derived = Derived()
        let facts = BlockFacts(origin: origin, offset: 0, nowMilliseconds: 0, sourceName: [], sourcePath: [])
        let block = Array("order 1\nx\n".utf8)
        for _ in 1...2 {
            deriver.derive(block.span, facts, into: &derived)
            let counters = deriver.takeCounters()
            #expect(counters.records == 2 && counters.rules[0].matched == 1 && counters.rules[0].calls == 1)
        }
        #expect(deriver.takeCounters().records == 0)
    }

    @Test func callsSayWhereTheirRecordStands() throws {
        let rules =
            "rules: [{ name: a, match: order, track: { event: E, userId: u } }, { name: b, match: '\\d', track: { event: E, userId: u } }]"
        for yaml in [order, rules] {
            var deriver = Deriver(try ruleSet(yaml), version: "test")
            var derived = Derived()
            var facts = BlockFacts(origin: origin, offset: 1000, nowMilliseconds: 0, sourceName: [], sourcePath: [])
            facts.firstLine = 41
            let block = Array("order 1\n\nxyz\norder 2\norder 3\n".utf8)
            deriver.derive(block.span, facts, into: &derived)
            let places = Set(derived.made.map { [Int($0.facts.recordOffset), $0.facts.recordLine ?? 0] })
            #expect(places == [[1000, 41], [1013, 44], [1021, 45]])
        }
    }

    @Test func linesAreNotCountedUnlessAsked() throws {
        #expect(derive(try ruleSet(order), Array("order 1\n".utf8)).made[0].facts.recordLine == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func blockBoundariesChangeNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let set = try ruleSet(order + "\n")
        let lines = (0..<40).map { _ in
            random.oneOf(["order 1", "order x\0\u{FF}", "ord", "", "er 2", "order 3\r", "noise order 5"]) + "\n"
        }
        let input = Array(lines.joined().utf8)
        let ends = input.indices.filter { input[$0] == 10 }.map { $0 + 1 }
        let whole = derive(set, input)
        let cut = derive(set, input, cuts: ends.filter { _ in Bool.random(using: &random) })
        #expect(cut.jsons == whole.jsons && !whole.made.isEmpty, "seed \(seed)")
        #expect(cut.counters.rules == whole.counters.rules && cut.counters.records == whole.counters.records, "seed \(seed)")
    }
}
