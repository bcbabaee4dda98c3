// Filters that calculate: the cases of Liquid's documentation, exactness, what has no result, and a comparison with integers.

import RandomSupport
import Testing

@Suite struct NumberFilterTests {
    private func expect(_ template: String, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try evaluate("{{ \(template) }}", "x") == expected, "\(template)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ("-17 | abs", "17"), ("4 | abs", "4"), (#""-19.86" | abs"#, "19.86"), ("0 | abs", "0"),
        ("1.2 | ceil", "2"), ("2.0 | ceil", "2"), ("183.357 | ceil", "184"), (#""3.5" | ceil"#, "4"), ("-1.5 | ceil", "-1"),
        ("1.2 | floor", "1"), ("2.0 | floor", "2"), ("183.357 | floor", "183"), (#""3.5" | floor"#, "3"), ("-1.5 | floor", "-2"),
        ("1.2 | round", "1"), ("2.7 | round", "3"), ("183.357 | round: 2", "183.36"), ("2.5 | round", "3"), ("-2.5 | round", "-3"),
        ("-2.4 | round", "-2"), ("4.5612 | round: 3", "4.561"), ("4.3 | round: 5", "4.3"), ("1251 | round: -2", "1300"),
        ("1250 | round: -2", "1300"), ("-1250 | round: -2", "-1300"), ("1249.9 | round: -2", "1200"), ("0.04 | round: 1", "0"),
        ("4 | plus: 2", "6"), ("16 | plus: 4", "20"), ("183.357 | plus: 12", "195.357"),
        ("4 | minus: 2", "2"), ("16 | minus: 4", "12"), ("183.357 | minus: 12", "171.357"), ("2 | minus: 5", "-3"),
        ("3 | times: 2", "6"), ("24 | times: 7", "168"), ("183.357 | times: 12", "2200.284"),
        ("16 | divided_by: 4", "4"), ("5 | divided_by: 3", "1"), ("20 | divided_by: 7", "2"),
        ("20 | divided_by: 7.0", "2.857142857142857"), ("-5 | divided_by: 3", "-2"), ("5 | divided_by: -3", "-2"),
        ("-6 | divided_by: 3", "-2"),
        ("3 | modulo: 2", "1"), ("24 | modulo: 7", "3"), ("183.357 | modulo: 12", "3.357"), ("-5 | modulo: 3", "1"),
        ("5 | modulo: -3", "-1"),
    ])
    func asLiquidCalculates(template: String, expected: String) throws {
        try expect(template, expected)
    }

    @Test func decimalFractionsAreExact() throws {
        try expect("0.1 | plus: 0.2", "0.3")
        try expect("1.1 | times: 3", "3.3")
        try expect("0.3 | divided_by: 3", "0.1")
        try expect("19.99 | times: 100", "1999")
        try expect("1.1 | minus: 1.1", "0")
        try expect("0.3 | modulo: 0.1", "0")
        try expect("2.675 | round: 2", "2.68")
        try expect("1e3 | plus: 0.5", "1000.5")
        try expect("5e-3 | times: 2", "0.01")
        try expect("-0.5 | plus: 0.25", "-0.25")
    }

    /// A total of 5.00 must divide as one of 5.50 does, also when its canonical form is that of an integer.
    @Test func whatIsWrittenAsAFractionDividesAsOne() throws {
        try expect(#""5.00" | divided_by: 2"#, "2.5")
        try expect(#""5.00" | to_number | divided_by: 2"#, "2.5")
        try expect(#""5" | to_number | divided_by: 2"#, "2")
        try expect(#""5.00" | to_integer | divided_by: 2"#, "2")
        try expect("5.0 | plus: 1 | divided_by: 4", "1.5")
        try expect("5.7 | round | divided_by: 4", "1")
        #expect(try evaluate("{{ v | divided_by: 2 }}", "5.00", types: "{ v: number }") == "2.5")
    }

    @Test func integersKeepAllDigits() throws {
        try expect("9007199254740993 | plus: 0", "9007199254740993")
        try expect("9223372036854775806 | plus: 1", "9223372036854775807")
        try expect("-9223372036854775807 | minus: 1", "-9223372036854775808")
        try expect("9007199254740993 | times: 3", "27021597764222979")
        try expect("9007199254740993 | divided_by: 1", "9007199254740993")
    }

    @Test func whatIsTooLongForThatIsADouble() throws {
        try expect("9223372036854775807 | plus: 1", "9.223372036854776e18")
        try expect("1e200 | times: 1e100", "1e300")
        try expect("0.12345678901234567890123 | plus: 1", "1.1234567890123457")
        try expect("1.23456789012 | times: 9.87654321098", "12.193263113658588")
        try expect("1e200 | round: 2", "1e200")
    }

    @Test func whatHasNoResultIsAbsent() throws {
        for template in [
            "v | plus: 1", "1 | plus: v", "v | abs", "v | round", "v | times: v", "1e300 | times: 1e300", "-1e300 | times: 1e300",
            #""NaN" | plus: 1"#, #""Infinity" | plus: 1"#, #""1,5" | plus: 1"#, #""" | plus: 1"#, #""0x10" | plus: 1"#,
        ] {
            try expect(template, nil)
        }
        #expect(try evaluate("{{ 5 | divided_by: v }}", "0") == nil)
        #expect(try evaluate("{{ 5.5 | modulo: v }}", "0.0") == nil)
        #expect(try evaluate("{{ 5 | round: v }}", "1.5") == nil)
        #expect(try evaluate("{{ 5 | divided_by: v | default: 1 }}", "0") == "1")
    }

    @Test func resultsAreNumbersAndInTextTheirText() throws {
        #expect(try evaluate("{{ v | times: 2 }} EUR", "1.50") == #""3 EUR""#)
        #expect(try evaluate("{{ v | times: 2 | append: '!' }}", "1.50") == #""3!""#)
        #expect(try evaluate("{{ v | plus: v }}", " 7 ") == "14")
    }

    /// What the four operations give for pairs of numbers, one rule for all; nil where there is no result.
    private func results(_ pairs: [(String, String)]) throws -> [[String]] {
        let filters = ["plus", "minus", "times", "divided_by", "modulo"]
        let set = try ruleSet(
            """
            rules:
              - name: r
                match: '^(?<a>\\S+) (?<b>\\S+)$'
                track: { userId: u, event: e, properties: { \(filters.map { "\($0): '{{ a | \($0): b }}'" }.joined(separator: ", ")) } }
            """)
        return derive(set, Array(pairs.map { "\($0.0) \($0.1)\n" }.joined().utf8)).briefs.map { call in
            filters.map { filter in
                String(call.firstMatch(of: try! Regex("\"\(filter)\":([^,}]*)")).map { $0.output[1].substring! } ?? "absent")
            }
        }
    }

    @Test func integersAgreeWithSwiftsOwn() throws {
        var random = SeededRandom(seed: 0x1D0)
        let pairs = (0..<2000).map { _ in (random.number(in: -1_000_000...1_000_000), random.number(in: -50...50)) }
        let results = try results(pairs.map { ("\($0)", "\($1)") })
        for ((left, right), result) in zip(pairs, results) {
            let quotient = right == 0 ? 0 : Int((Double(left) / Double(right)).rounded(.down))
            let division = right == 0 ? ["absent", "absent"] : ["\(quotient)", "\(left - quotient * right)"]
            #expect(result == ["\(left + right)", "\(left - right)", "\(left * right)"] + division, "\(left) \(right)")
        }
    }

    /// Amounts in cents, so that integers tell what the fractions must be.
    @Test func decimalsAgreeWithCents() throws {
        var random = SeededRandom(seed: 0x1D1)
        let pairs = (0..<2000).map { _ in (random.number(in: -9_999_999...9_999_999), random.number(in: -9_999...9_999)) }
        let results = try results(pairs.map { (amount($0, digits: 2), amount($1, digits: 2)) })
        for ((left, right), result) in zip(pairs, results) {
            #expect(result[0] == canonical(left + right, digits: 2), "\(left) \(right)")
            #expect(result[1] == canonical(left - right, digits: 2), "\(left) \(right)")
            #expect(result[2] == canonical(left * right, digits: 4), "\(left) \(right)")
            guard right != 0 else { continue }
            let quotient = Int((Double(left) / Double(right)).rounded(.down))
            #expect(result[4] == canonical(left - quotient * right, digits: 2), "\(left) \(right)")
            #expect(abs(try #require(Double(result[3])) - Double(left) / Double(right)) <= (Double(left) / Double(right)).ulp)
        }
    }

    /// `units` / 10^`digits` with all digits.
    private func amount(_ units: Int, digits: Int) -> String {
        let text = String(units.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return (units < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    private func canonical(_ units: Int, digits: Int) -> String {
        var text = amount(units, digits: digits)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
