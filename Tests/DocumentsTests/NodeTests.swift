// Reading YAML: what becomes which node, and where it stands.

import Documents
import Testing

@Suite struct NodeTests {
    @Test func nothingAndCommentsAreANullNode() throws {
        for text in ["", "\n\n", "# only a comment\n", "---\n", "\u{FEFF}", "~", "null"] {
            let node = try document(text)
            #expect(node.isNull, "\(text.debugDescription)")
        }
    }

    @Test func scalarsStayTheTextThatWasWritten() throws {
        let node = try document("[no, on, True, 0x1F, 1_000, 012, 1e3, .inf, 2024-01-01, NULL, '~', \"null\", !!str 5]")
        let problems = ProblemCollector()
        let items = try #require(node.strings(in: problems, what: "x"))
        #expect(items == ["no", "on", "True", "0x1F", "1_000", "012", "1e3", ".inf", "2024-01-01", "NULL", "~", "null", "5"])
        #expect(problems.isEmpty)
    }

    @Test func onlyPlainTildeAndNullAreNull() throws {
        let node = try document("{a: ~, b: null, c: , d: '', e: '~'}")
        #expect(node["a"]?.isNull == true)
        #expect(node["b"]?.isNull == true)
        #expect(node["c"]?.isNull == true)
        #expect(node["d"]?.text == "")
        #expect(node["e"]?.text == "~")
    }

    @Test func keysAreTextWhateverTheyLookLike() throws {
        let node = try document("null: 1\ntrue: 2\n~: 3\n5: 4\n")
        #expect(node["null"]?.text == "1")
        #expect(node["true"]?.text == "2")
        #expect(node["~"]?.text == "3")
        #expect(node["5"]?.text == "4")
    }

    @Test func everyNodeHasThePlaceWhereItIsWritten() throws {
        let node = try document("a:\n  b: [x, 'y z']\n  c:\n  - {d: \"e\"}\n")
        #expect(node["a", "b"]?.place.description == "f.yaml:2:6")
        #expect(node["a", "b"]?.length == 1)
        let list = try #require(node["a", "b"]?.list(in: ProblemCollector(), what: "b"))
        #expect(list.map(\.place.description) == ["f.yaml:2:7", "f.yaml:2:10"])
        #expect(list.map(\.length) == [1, 5])
        let nested = try #require(node["a", "c"]?.list(in: ProblemCollector(), what: "c").flatMap(\.first))
        #expect(nested["d"]?.place.description == "f.yaml:4:9")
    }

    @Test func columnsCountCharactersNotCodePoints() throws {
        let node = try document("{'e\u{301}👨‍👩‍👧': x, b: y}")
        #expect(node["b"]?.place.column == 14)
    }

    @Test func anAbsentValueStandsAtItsKey() throws {
        let node = try document("a: 1\nbcd:\ne: 2\n")
        #expect(node["bcd"]?.place.description == "f.yaml:2:1")
        #expect(node["bcd"]?.length == 3)
    }

    @Test func linesAreCountedAsTheParserCountsThem() throws {
        let node = try document("a: 1\r\nb: 2\rc: 3\n\nd: 4\u{85}e: 5")
        #expect(node["b"]?.place.line == 2)
        #expect(node["c"]?.place.line == 3)
        #expect(node["d"]?.place.line == 5)
        #expect(node["e"]?.place.line == 6)
        #expect(node["e"]?.place.excerpt == "e: 5")
    }

    @Test func aByteOrderMarkDoesNotMoveColumns() throws {
        #expect(try document("\u{FEFF}a: 1")["a"]?.place.column == 4)
    }

    @Test func placesInsidePlainAndSingleQuotedScalarsAreExact() throws {
        let node = try document("a: abcdef\nb:   'it''s [x'\nc: \"a\\tb\"\nd: |\n  text\ne: one\n  two\n")
        #expect(node["a"]?.place(atOffset: 3).description == "f.yaml:1:7")
        #expect(node["a"]?.place(atOffset: 6).description == "f.yaml:1:10")
        #expect(node["b"]?.place(atOffset: 0).description == "f.yaml:2:7")
        // it's [x: the bracket is the sixth character of the text, and one further right in the line for the doubled quote.
        #expect(node["b"]?.place(atOffset: 5).description == "f.yaml:2:13")
        #expect(node["b"]?.place(atOffset: 99) == node["b"]?.place)
        for key in ["c", "d", "e"] {
            #expect(node[key]?.place(atOffset: 2) == node[key]?.place, "\(key)")
        }
    }

    @Test func aLongLineIsReadInTimeThatGrowsWithItsLength() throws {
        // With a cost of the square of the length this would take hours.
        let item = "{k: 'ä', l: x}"
        let node = try document("[" + Array(repeating: item, count: 20_000).joined(separator: ", ") + "]")
        #expect(node.list(in: ProblemCollector(), what: "x")?.count == 20_000)
    }

    @Test func laterDocumentsMergeOverEarlierOnes() throws {
        let first = try Node.parse("a: {b: 1, c: 2}\nd: [1, 2]\ne: x\n", file: "one.yaml")
        let later = try Node.parse("d: [3]\na: {c: 5, f: 6}\ng: {h: 1}\n", file: "two.yaml")
        let merged = first.merging(later)
        #expect(merged["a", "b"]?.place.description == "one.yaml:1:8")
        #expect(merged["a", "c"]?.text == "5")
        #expect(merged["a", "c"]?.place.file == "two.yaml")
        #expect(merged["d"]?.strings(in: ProblemCollector(), what: "d") == ["3"])
        #expect(merged["e"]?.text == "x")
        let entries = try #require(merged.entries(of: "it", in: ProblemCollector()))
        #expect(entries.map(\.name) == ["a", "d", "e", "g"])
    }
}
