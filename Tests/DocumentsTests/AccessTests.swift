// Typed access: values, and what is said when they are something else.

import Documents
import Testing

@Suite struct AccessTests {
    private let problems = ProblemCollector()

    private func node(_ text: String) throws -> Node { try document(text) }
    private var told: [String] { problems.problems.map(\.brief) }
    private var hints: [String?] { problems.problems.map(\.hint) }

    @Test func aStringIsAnyScalar() throws {
        #expect(try node("5").string(in: problems, what: "match") == "5")
        #expect(problems.isEmpty)
        #expect(try node("[a]").string(in: problems, what: "match") == nil)
        #expect(try node("a: 1").string(in: problems, what: "match") == nil)
        #expect(try node("").string(in: problems, what: "match") == nil)
        #expect(
            told == [
                "1:1 expected a string for `match`, found a list", "1:1 expected a string for `match`, found a map",
                "1:1 expected a string for `match`, found nothing",
            ])
    }

    @Test func numbersArePlainAndInRange() throws {
        #expect(try node("-12").integer(in: problems, what: "n") == -12)
        #expect(try node("1e3").number(in: problems, what: "n") == 1000)
        #expect(problems.isEmpty)
        #expect(try node("'12'").integer(in: problems, what: "n") == nil)
        #expect(try node("1.5").integer(in: problems, what: "n") == nil)
        #expect(try node("99999999999999999999").integer(in: problems, what: "n") == nil)
        #expect(try node("65").integer(in: problems, what: "n", range: 1...64) == nil)
        #expect(try node("inf").number(in: problems, what: "n") == nil)
        #expect(try node("0x10").number(in: problems, what: "n") == nil)
        #expect(
            told == [
                "1:1 expected a whole number for `n`, found `12`", "1:1 expected a whole number for `n`, found `1.5`",
                "1:1 expected a whole number for `n`, found `99999999999999999999`", "1:1 `n` is out of range: `65`",
                "1:1 expected a number for `n`, found `inf`", "1:1 expected a number for `n`, found `0x10`",
            ])
        #expect(hints == ["write it without quotes", nil, nil, "64 is the most it can be", nil, nil])
    }

    @Test func onlyPlainTrueAndFalseAreBooleans() throws {
        #expect(try node("true").bool(in: problems, what: "b") == true)
        #expect(try node("false").bool(in: problems, what: "b") == false)
        #expect(problems.isEmpty)
        for text in ["yes", "'true'", "True", "1"] { #expect(try node(text).bool(in: problems, what: "b") == nil) }
        #expect(told.count == 4)
        #expect(hints == ["only `true` and `false` are booleans", "write it without quotes", nil, nil])
    }

    @Test func aLoneStringIsAListOfOne() throws {
        #expect(try node("a").strings(in: problems, what: "files") == ["a"])
        #expect(try node("[a, b]").strings(in: problems, what: "files") == ["a", "b"])
        #expect(problems.isEmpty)
        #expect(try node("[a, [b], c]").strings(in: problems, what: "files") == ["a", "c"])
        #expect(told == ["1:5 expected a string for `files`, found a list"])
    }

    @Test(arguments: [("250ms", 250), ("5s", 5_000), ("10m", 600_000), ("2h", 7_200_000), ("7d", 604_800_000), ("0s", 0)])
    func durationsAreMilliseconds(text: String, milliseconds: Int) throws {
        #expect(try node(text).duration(in: problems, what: "d") == milliseconds)
    }

    @Test(arguments: ["5", "s", "1.5s", "-1s", "5 s", "5S", "1h30m", "99999999999999999999d", "9999999999999999d", "[5s]", "٥s"])
    func otherDurationsAreRefused(text: String) throws {
        #expect(try node(text).duration(in: problems, what: "d") == nil)
        #expect(hints == ["a whole number and its unit: 250ms, 5s, 10m, 2h or 7d"])
    }

    @Test(arguments: [("64KiB", 65_536), ("500KB", 500_000), ("1GiB", 1 << 30), ("475000", 475_000), ("10B", 10)])
    func sizesAreBytes(text: String, bytes: Int) throws {
        #expect(try node(text).byteSize(in: problems, what: "s") == bytes)
    }

    @Test(arguments: ["1kb", "KiB", "1.5MB", "9999999999TiB", "-1", "1 KB"])
    func otherSizesAreRefused(text: String) throws {
        #expect(try node(text).byteSize(in: problems, what: "s") == nil)
        #expect(told == ["1:1 expected a size for `s`, found `\(text)`"])
    }

    @Test func sharesAreHundredths() throws {
        #expect(try node("10%").percent(in: problems, what: "p") == 10)
        #expect(try node("100%").percent(in: problems, what: "p") == 100)
        #expect(problems.isEmpty)
        for text in ["10", "x%", "1.5%", "101%"] { #expect(try node(text).percent(in: problems, what: "p") == nil) }
        #expect(told.first == "1:1 expected a share for `p`, found `10`" && told.last == "1:1 `p` is out of range: `101%`")
    }

    @Test func aChoiceSuggestsTheNearest() throws {
        #expect(try node("us").oneOf(["us", "eu"], in: problems, what: "region") == "us")
        #expect(try node("custmerio").oneOf(["customerio", "segment"], in: problems, what: "kind") == nil)
        #expect(try node("mars").oneOf(["us", "eu"], in: problems, what: "region") == nil)
        #expect(told == ["1:1 `kind` can't be `custmerio`", "1:1 `region` can't be `mars`"])
        #expect(hints == ["did you mean `customerio`?", "known here: `us`, `eu`"])
    }

    @Test func unknownAndMissingKeysAreTold() throws {
        let map = try #require(
            node("name: x\nmacth: y\nzzzzzz: 1\n").mapping(of: "a rule", keys: ["name", "match", "track"], in: problems))
        #expect(map["name"]?.text == "x")
        #expect(map["match"] == nil)
        #expect(map.entries.map(\.name) == ["name"])
        #expect(map.required("track") == nil)
        #expect(
            told == ["2:1 unknown key `macth` in a rule", "3:1 unknown key `zzzzzz` in a rule", "1:1 `track` is missing in a rule"])
        #expect(hints == ["did you mean `match`?", "known here: `name`, `match`, `track`", nil])
        #expect(problems.problems[0].length == 5)
    }

    @Test func somethingElseThanAMapIsTold() throws {
        #expect(try node("[x]").mapping(of: "a rule", keys: ["name"], in: problems) == nil)
        #expect(told == ["1:1 expected a map for a rule, found a list"])
    }

    @Test func nearestCountsSlips() {
        let keys = ["match", "userId", "max_bytes", "id", "track"]
        #expect(nearest("mtach", among: keys) == "match")
        #expect(nearest("userid", among: keys) == "userId")
        #expect(nearest("max-bytes", among: keys) == "max_bytes")
        #expect(nearest("tracks", among: keys) == "track")
        #expect(nearest("ix", among: keys) == "id")
        #expect(nearest("xx", among: keys) == nil)
        #expect(nearest("properties", among: keys) == nil)
        #expect(nearest("", among: keys) == nil)
        #expect(nearest(String(repeating: "x", count: 1_000_000), among: keys) == nil)
    }
}
