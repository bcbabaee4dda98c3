// Every form of `where`.

import Rules
import Testing

@Suite struct ConditionTests {
    /// Which of the lines `KEY VALUE` pass, where the value may be missing.
    private func passing(_ condition: String, _ lines: [String]) throws -> [String] {
        let yaml = """
            rules:
              - name: r
                match: '^(?<line>(?<key>\\w+)(?: (?<v>.*))?)$'
                where: \(condition)
                track: { event: '{{ line }}', userId: u }
            """
        return try derive(yaml, lines.map { $0 + "\n" }.joined()).made.map {
            String($0.json.firstMatch(of: #/"event":"([^"]*)"/#)!.output.1)
        }
    }

    @Test func textMustBeTheWholeField() throws {
        #expect(try passing("{ v: abc }", ["a abc", "b abcd", "c ABC", "d", "e xabc"]) == ["a abc"])
        #expect(try passing("{ v: '' }", ["a", "b ", "c x"]) == ["b "])
        #expect(try passing("{ v: true }", ["a true", "b 1"]) == ["a true"])
    }

    @Test func listIsAnyOfItsTexts() throws {
        #expect(try passing("{ v: [abc, '404', ok] }", ["a abc", "b 404", "c ok", "d abc404", "e"]) == ["a abc", "b 404", "c ok"])
    }

    @Test func allFieldsMustHold() throws {
        #expect(try passing("{ key: a, v: x }", ["a x", "a y", "b x"]) == ["a x"])
    }

    @Test func regexIsUnanchored() throws {
        #expect(try passing("{ v: { regex: '[45]0\\d' } }", ["a 404", "b x503y", "c 40", "d"]) == ["a 404", "b x503y"])
    }

    @Test(arguments: [
        (">= 500", ["500", "500.0", "501", "1e3", " 500 "]), ("> 500", ["501", "1e3"]),
        ("<= 500", ["-1", "499.99", "500", "500.0", " 500 "]),
        ("< 500", ["-1", "499.99"]), ("!= 500", ["-1", "499.99", "501", "1e3"]),
    ])
    func comparisonsAreOfNumbers(sign: String, values: [String]) throws {
        let all = ["-1", "499.99", "500", "500.0", "501", "1e3", " 500 ", "x500", "", "0x1F5", "nan", "inf"]
        #expect(try passing("{ v: '\(sign)' }", all.map { "k \($0)" } + ["k"]) == values.map { "k \($0)" })
    }

    @Test func decimalFractionsCompareAsWritten() throws {
        for text in ["0.1", "0.3", "0.7", "19.9", "1.1", "4.35", "123456789.123456789", "1e-7", "0.1e22", "9007199254740993"] {
            #expect(try passing("{ v: '<= \(text)' }", ["k \(text)"]).count == 1, "\(text)")
            #expect(try passing("{ v: '>= \(text)' }", ["k \(text)"]).count == 1, "\(text)")
            #expect(try passing("{ v: '!= \(text)' }", ["k \(text)"]).isEmpty, "\(text)")
        }
    }

    @Test func existsAsksForTheFieldAlone() throws {
        #expect(try passing("{ v: { exists: true } }", ["a x", "b ", "c"]) == ["a x", "b "])
        #expect(try passing("{ v: { exists: false } }", ["a x", "b ", "c"]) == ["c"])
    }

    @Test func notHoldsForAbsentFieldsToo() throws {
        #expect(try passing("{ v: { not: x } }", ["a x", "b y", "c"]) == ["b y", "c"])
        #expect(try passing("{ v: { not: [x, y] } }", ["a x", "b y", "c z"]) == ["c z"])
        #expect(try passing("{ v: { not: { regex: '^x' } } }", ["a xx", "b y"]) == ["b y"])
        #expect(try passing("{ v: { not: '>= 5' } }", ["a 5", "b 4", "c t"]) == ["b 4", "c t"])
        #expect(try passing("{ v: { not: { not: x } } }", ["a x", "b y", "c"]) == ["a x"])
    }

    @Test func anyAndNoneNest() throws {
        #expect(try passing("{ any: [{ key: a }, { key: b, v: x }] }", ["a q", "b x", "b y", "c x"]) == ["a q", "b x"])
        #expect(try passing("{ none: [{ key: a }, { key: b, v: x }] }", ["a q", "b x", "b y", "c x"]) == ["b y", "c x"])
        #expect(try passing("{ key: [a, b], any: [{ none: [{ v: x }] }, { key: b }] }", ["a x", "a y", "b x", "c y"]) == ["a y", "b x"])
    }

    @Test func listQuotesWhatLooksLikeAComparison() throws {
        #expect(try passing("{ v: ['>= 5'] }", ["a >= 5", "b 6"]) == ["a >= 5"])
    }

    @Test func whereAloneDecidesWithoutAPattern() throws {
        let yaml = """
            format: combined
            rules:
              - name: r
                where: { status: '>= 400', method: [GET, POST], remote_user: { exists: true } }
                track: { event: '{{ path }}', userId: '{{ remote_user }}' }
            """
        let lines = [
            ("anna", "GET /a", 404), ("-", "GET /b", 404), ("anna", "PUT /c", 404), ("bob", "POST /d", 399), ("bob", "POST /e", 503),
        ]
        .map { #"192.0.2.1 - \#($0.0) [23/Nov/2026:06:55:25 +0000] "\#($0.1) HTTP/1.1" \#($0.2) 17 "-" "curl""# + "\n" }.joined()
        #expect(
            try briefs(yaml, lines)
                == [#"{"type":"track","userId":"anna","event":"/a"}"#, #"{"type":"track","userId":"bob","event":"/e"}"#])
    }

    @Test func namesOfSourceAndHostCanBeAsked() throws {
        #expect(try passing("{ source.name: shop, host.name: web-1, source.path: { regex: log$ } }", ["a x"]) == ["a x"])
        #expect(try passing("{ source.name: other }", ["a x"]).isEmpty)
    }
}
