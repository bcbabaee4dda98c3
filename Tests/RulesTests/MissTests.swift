// Which records a sink that wants misses is told of: exactly those that no rule matched, and that nothing else changes by it.

import Calls
import RandomSupport
import Records
import Rules
import Testing

struct MissTests {
    private struct Observer: CallSink {
        var wantsMisses: Bool
        var calls: [String] = []
        var missed: [UInt64: String] = [:]

        mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
            calls.append(String(decoding: [UInt8](copying: call), as: UTF8.self))
        }

        mutating func miss(_ record: Span<UInt8>, offset: UInt64) {
            #expect(missed.updateValue(String(decoding: [UInt8](copying: record), as: UTF8.self), forKey: offset) == nil)
        }
    }

    /// The second rule matches without a call, for nobody is named; the third has no literal where `withoutLiteral`.
    private func rules(withoutLiteral: Bool) throws -> RuleSet {
        try ruleSet(
            #"""
            rules:
              - { name: a, match: '^user=(?<userId>\w+) did (?<n>\d+)$', track: T }
              - { name: b, match: '^user=(?<userId>x*) left$', track: L }
            """# + (withoutLiteral ? "\n  - { name: c, match: '^(?<userId>[0-9]{2})$', track: N }" : ""))
    }

    private func observe(_ set: RuleSet, _ text: String, wantsMisses: Bool) -> Observer {
        var deriver = Deriver(set, version: "test")
        var observer = Observer(wantsMisses: wantsMisses)
        let bytes = Array(text.utf8)
        let facts = BlockFacts(
            origin: origin, offset: 1000, nowMilliseconds: noonMilliseconds, sourceName: Array("shop".utf8),
            sourcePath: Array("/var/log/shop.log".utf8))
        deriver.derive(bytes.span, facts, into: &observer)
        return observer
    }

    @Test(arguments: [false, true]) func exactlyTheRecordsThatNoRuleMatchedAreMissed(_ withoutLiteral: Bool) throws {
        let set = try rules(withoutLiteral: withoutLiteral)
        var random = SeededRandom(seed: 0x7a9)
        // With the literals of a rule and without, and whether a rule matches.
        let lines: [(text: String, isMatched: Bool)] = [
            ("user=u1 did 7", true), ("user=u1 did it", false), ("user= left", true), ("user=y left", false), ("", false),
            ("42", withoutLiteral), ("nothing of the kind", false), (" did  left user=", false),
        ]
        for _ in 0..<300 {
            var (text, expected) = ("", [UInt64: String]())
            for _ in 0..<random.number(in: 1...12) {
                let line = random.oneOf(lines)
                if !line.isMatched { expected[1000 + UInt64(text.utf8.count)] = line.text }
                text += line.text + "\n"
            }
            let observed = observe(set, text, wantsMisses: true)
            #expect(observed.missed == expected, "seed \(random.seed): \(text)")
            let unobserved = observe(set, text, wantsMisses: false)
            #expect(unobserved.missed.isEmpty && unobserved.calls == observed.calls, "seed \(random.seed): \(text)")
        }
    }

    @Test func aRecordWithMoreHitsThanAScanKeepsIsMissedOnce() throws {
        let text = String(repeating: " did  left user=", count: 100_000)
        let observed = observe(try rules(withoutLiteral: false), text + "\nuser=u1 did 7\n", wantsMisses: true)
        #expect(observed.missed == [1000: text] && observed.calls.count == 1)
    }
}
