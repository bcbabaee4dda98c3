// The scan for literals never changes an answer: its calls equal those of rules of which no literal is known, so that every
// rule runs on every record, each record a block of its own.

import Calls
import RandomSupport
import Rules
import Testing

@Suite struct PrefilterTests {
    private let formats = ["plain", "plain", "combined", "syslog", "json", "docker+json", "docker"]
    private let words = ["order", "user", "login", "ord", "err", "500", "αβγ", "a b", "\\.php", "x"]

    @Test(arguments: 1...120 as ClosedRange<UInt64>)
    func callsEqualThoseOfEveryRuleOnEveryRecord(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let format = random.oneOf(formats)
        let rules = (0..<random.number(in: 1...8)).map { _ in RandomRule(format: format, words: words, &random) }
        let fast = try ruleSet(yaml(rules, format: format, isReference: false))
        let reference = try ruleSet(yaml(rules, format: format, isReference: true))
        try #require(reference.rulesWithoutLiteral.count == rules.count)

        let records = (0..<60).map { _ in record(format, &random) }
        let input = Array(records.joined())
        var ends: [Int] = []
        for record in records { ends.append((ends.last ?? 0) + record.count) }
        let slow = derive(reference, input, cuts: ends)
        let whole = derive(fast, input)
        let cut = derive(fast, input, cuts: ends.filter { _ in random.number(in: 0...3) == 0 })
        let rulesText = yaml(rules, format: format, isReference: false)
        #expect(whole.jsons == slow.jsons, "seed \(seed)\n\(rulesText)")
        #expect(cut.jsons == slow.jsons, "seed \(seed)\n\(rulesText)")
        #expect(whole.counters.rules == slow.counters.rules, "seed \(seed)\n\(rulesText)")
    }

    /// Vector code may treat the bytes near a boundary differently, so the same records are put at every place of two vectors.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func callsAreTheSameAtEveryBlockOffset(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let format = random.oneOf(formats)
        let rules = (0..<random.number(in: 1...8)).map { _ in RandomRule(format: format, words: words, &random) }
        let (fast, reference) = (
            try ruleSet(yaml(rules, format: format, isReference: false)), try ruleSet(yaml(rules, format: format, isReference: true))
        )
        let input = Array((0..<40).map { _ in record(format, &random) }.joined())
        let expected = derive(reference, input).briefs
        for offset in 0..<130 {
            let padding = Array(repeating: UInt8(ascii: "~"), count: offset) + [10]
            let made = derive(fast, padding + input).made.filter { $0.facts.recordOffset > offset }
            #expect(made.map(\.brief) == expected, "seed \(seed), offset \(offset)")
        }
    }

    @Test func rulesOfTheSeedsMatchOftenEnoughToMeanSomething() throws {
        var (calls, withLiteral) = (0, 0)
        for seed in UInt64(1)...120 {
            var random = SeededRandom(seed: seed)
            let format = random.oneOf(formats)
            let rules = (0..<random.number(in: 1...8)).map { _ in RandomRule(format: format, words: words, &random) }
            let set = try ruleSet(yaml(rules, format: format, isReference: false))
            calls += derive(set, Array((0..<60).map { _ in record(format, &random) }.joined())).made.count
            withLiteral += rules.count - set.rulesWithoutLiteral.count
        }
        #expect(calls > 500 && withLiteral > 80, "\(calls) calls, \(withLiteral) rules with a literal")
    }

    /// More hits than one scan keeps: the block is halved, down to single records.
    @Test(arguments: ["", "  - { name: empty, match: '^$', track: { event: E, userId: u } }"])
    func moreHitsThanAScanKeepsChangeNothing(ruleWithoutLiteral: String) throws {
        let rules = #"""
            rules:
              - { name: abc, match: 'abc(?<id>\d+)', track: { event: E, userId: u } }
              - { name: end, match: 'end$', track: { event: E, userId: u } }
              - { name: other, match: '^xyz', track: { event: E, userId: u } }

            """# + ruleWithoutLiteral
        let reference = try ruleSet(rules.replacing(#/match: '([^']*)'/#) { "match: '(?:\($0.output.1)|(?!))'" })
        try #require(reference.rulesWithoutLiteral.count == reference.rules.count)
        let set = try ruleSet(rules)
        let dense = String(repeating: "abc", count: 30)
        let inputs = [
            // Many records with many hits, the last without a line feed.
            (0..<5000).map { "\(dense)\($0)\n" }.joined() + "xyz end",
            // One record that alone has too many, between others.
            "xyz\n" + String(repeating: "abc", count: 70_000) + "7 end\nxyz\nabc1\n",
            // Nothing but that record.
            "xyz" + String(repeating: "abc", count: 70_000) + "7 end\n",
            "xyz" + String(repeating: "abc", count: 70_000) + "7 end",
            String(repeating: "abc", count: 70_000) + "7 end\nxyz",
            String(repeating: "\n", count: 100) + String(repeating: "abc", count: 70_000) + "\n\n\nabc8\n",
        ]
        for (index, input) in inputs.enumerated() {
            let (fast, slow) = (derive(set, Array(input.utf8)), derive(reference, Array(input.utf8)))
            #expect(fast.jsons == slow.jsons && !fast.made.isEmpty, "input \(index)")
            #expect(fast.counters.rules == slow.counters.rules, "input \(index)")
        }
    }

    /// The bytes of a value with escapes are not in the record: no literal of it may be looked for there.
    @Test(arguments: [
        "where: { user_agent: login-page }", "where: { user_agent: { regex: login } }", "where: { user_agent: [login-page, other] }",
        "where: { any: [{ user_agent: login-page }, { path: /nowhere }] }", "where: { user_agent: login-page, status: '200' }",
        "{ field: user_agent, match: login }", "{ field: user_agent, match: ['nowhere', '^(?:login)-page$'] }",
        "{ field: user_agent, match: 'page', where: { user_agent: { regex: login } } }",
    ])
    func escapedValuesAreFound(condition: String) throws {
        let keys = condition.hasPrefix("{") ? String(condition.dropFirst().dropLast()) : condition
        let yaml = "format: combined\nrules: [{ name: r, \(keys), track: { event: E, userId: u } }]"
        let line = #"192.0.2.1 - - [23/Nov/2026:06:55:25 +0000] "GET / HTTP/1.1" 200 17 "-" ""#
        for agent in ["login-page", #"\x6cogin-page"#, #"l\x6Fgi\x6e-p\x61ge"#] {
            #expect(try briefs(yaml, "noise\n" + line + agent + "\"\nnoise\n").count == 1, "\(agent)")
        }
    }

    // MARK: - Random rules and records

    private func yaml(_ rules: [RandomRule], format: String, isReference: Bool) -> String {
        "format: \(format)\nnobody: []\nrules:\n"
            + rules.enumerated().map { $1.yaml(name: "rule-\($0)", isReference: isReference) }.joined()
    }

    private func record(_ format: String, _ random: inout SeededRandom) -> [UInt8] {
        let end: [UInt8] = random.oneOf([[10], [10], [10], [13, 10]])
        switch format {
        case "combined" where random.number(in: 0...9) > 0:
            let (user, path, agent) = (text(&random, escapes: true), text(&random, escapes: true), text(&random, escapes: true))
            let path2 = path.filter { $0 != 0x20 }
            return Array("192.0.2.1 - ".utf8) + (user.isEmpty ? [0x2D] : user) + Array(" [23/Nov/2026:06:55:25 +0000] \"GET /".utf8) + path2
                + Array(" HTTP/1.1\" \(random.oneOf(["200", "500"])) 17 \"-\" \"".utf8) + agent + [0x22] + end
        case "json" where random.number(in: 0...9) > 0: return object(&random) + end
        case "docker+json" where random.number(in: 0...9) > 0: return docker(object(&random), &random) + end
        case "docker" where random.number(in: 0...9) > 0: return docker(text(&random, escapes: false), &random) + end
        case "syslog" where random.number(in: 0...9) > 0:
            return Array("Nov 23 06:37:03 web \(random.oneOf(["order", "login", "cron"])): ".utf8) + text(&random, escapes: false) + end
        default: return text(&random, escapes: false) + end
        }
    }

    private func object(_ random: inout SeededRandom) -> [UInt8] {
        let (event, inner) = (text(&random, escapes: false), text(&random, escapes: false))
        return Array(#"{"event": ""#.utf8) + jsonText(event, &random) + Array(#"", "a": {"b":""#.utf8) + jsonText(inner, &random)
            + Array(#""}}"#.utf8)
    }

    private func docker(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        Array(#"{"log":""#.utf8) + jsonText(line, &random) + Array(#"\n","stream":"stdout"}"#.utf8)
    }

    /// The text between the quotes of a JSON string, with escapes that are needed and some that are not.
    private func jsonText(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        let escapesMuch = random.number(in: 0...2) == 0
        return text.flatMap { byte -> [UInt8] in
            if byte < 0x20 || byte < 0x7F && escapesMuch && random.number(in: 0...4) == 0 {
                let hex = String(byte, radix: 16, uppercase: Bool.random(using: &random))
                return Array("\\u00\(hex.count < 2 ? "0" : "")\(hex)".utf8)
            }
            return byte == 0x22 || byte == 0x5C ? [0x5C, byte] : [byte]
        }
    }

    private func text(_ random: inout SeededRandom, escapes: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.number(in: 0...6) {
            switch random.number(in: 0...9) {
            case 0: bytes += escapes ? [] : random.bytes(random.number(in: 1...3)).filter { $0 != 10 }
            case 1: bytes += Array("\(random.number(in: 0...1000))".utf8)
            case 2: bytes += Array(" ".utf8)
            case 3: bytes += Array(random.oneOf(words).uppercased().utf8)
            case 4: bytes += Array(random.oneOf(words).utf8.dropLast())
            case 5 where escapes:
                for byte in random.oneOf(words).utf8 {
                    let hex = String(byte, radix: 16, uppercase: Bool.random(using: &random))
                    bytes += Array("\\x\(hex.count < 2 ? "0" : "")\(hex)".utf8)
                }
            default: bytes += Array(random.oneOf(words).replacing("\\", with: "").utf8)
            }
        }
        return bytes
    }
}

/// A rule that may or may not have literals.
private struct RandomRule {
    var field: String?
    var patterns: [String] = []
    var conditions: [String] = []
    var isFinal: Bool

    init(format: String, words: [String], _ random: inout SeededRandom) {
        let fields =
            switch format {
            case "combined": ["message", "path", "user_agent", "remote_user", "status"]
            case "syslog": ["message", "program", "host"]
            case "json", "docker+json": ["message", "a.b", "event"]
            default: ["message"]
            }
        isFinal = random.number(in: 0...5) == 0
        let shape = random.number(in: 0...5)
        if shape != 0 {
            field = random.oneOf([nil, "raw"] + fields)
            patterns = (0..<random.oneOf([1, 1, 1, 2, 3])).map { _ in Self.pattern(words, &random) }
        }
        if shape <= 2 {
            let field = random.oneOf(fields)
            let (one, other) = (random.oneOf(words), random.oneOf(words))
            conditions.append(
                random.oneOf([
                    "\(field): { regex: '\(Self.pattern(words, &random))' }", "\(field): { not: { regex: '\(one)' } }",
                    "\(field): ['\(one)', '\(other)', 'order']",
                    "any: [{ \(field): { regex: '\(one)' } }, { message: { regex: '\(other)' } }]",
                    "none: [{ \(field): '\(one)' }]", "\(field): { exists: true }", "\(field): 'login'",
                ]))
        }
    }

    private static func pattern(_ words: [String], _ random: inout SeededRandom) -> String {
        var pattern = random.oneOf(["", "", "", "^", "(?i)"])
        for _ in 0..<random.number(in: 1...3) {
            let (one, other) = (random.oneOf(words), random.oneOf(words))
            let isASCII = one.utf8.allSatisfy { $0 < 0x80 }
            pattern += random.oneOf([
                isASCII || !pattern.hasPrefix("(?i)") ? one : "order", "(?:login|user)", "\\d+", "(?:order)?", ".*", "[ou]r", "(?i:user)",
                "(?=order)",
                "(?<!x)", "\\x6frd", "o\\Qrd\\E", "(?:\(isASCII ? one : "err"){1,2})",
                "\(other.utf8.allSatisfy { $0 < 0x80 } ? other : "lo")*", "(?:|500)",
            ])
        }
        return pattern + random.oneOf(["", "", "(?:\\w*)", "$"])
    }

    /// - Parameter isReference: whether to write the rule so that it means the same and no literal is known of it: an
    ///   alternative that never matches demands nothing, and neither does what stands under `not`.
    func yaml(name: String, isReference: Bool) -> String {
        var yaml = "  - name: \(name)\n"
        if !patterns.isEmpty {
            if let field { yaml += "    field: \(field)\n" }
            let written = patterns.map { isReference ? "'(?:\($0)|(?!))'" : "'\($0)'" }
            yaml += "    match: [\(written.joined(separator: ", "))]\n"
        }
        if !conditions.isEmpty {
            let all = conditions.joined(separator: ", ")
            yaml += "    where: { \(isReference ? "none: [{ none: [{ \(all) }] }]" : all) }\n"
        }
        if isFinal { yaml += "    final: true\n" }
        return yaml + "    track: { event: '{{ message }}', userId: u }\n"
    }
}
