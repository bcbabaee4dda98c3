// Filters, one value in and one out: Liquid's documented cases for those that Liquid has, and the cases of logs.

import Testing

@Suite struct FilterTests {
    private func expect(
        _ template: String, _ input: String, gives expected: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let value = try evaluate("{{ \(template) }}", input)
        #expect(value == expected, "\(template) of \(input)", sourceLocation: sourceLocation)
    }

    @Test func appendAddsAtTheEnd() throws {
        try expect(#"v | append: ".html""#, "/my/fancy/url", gives: #""/my/fancy/url.html""#)
        try expect("v | append: v", "ab", gives: #""abab""#)
        try expect(#""site.com" | append: v"#, "/index.html", gives: #""site.com/index.html""#)
        try expect("v | append: 5", "", gives: #""5""#)
    }

    @Test func prependAddsAtTheBeginning() throws {
        try expect(#"v | prepend: "Some fruit: ""#, "apples, oranges, and bananas", gives: #""Some fruit: apples, oranges, and bananas""#)
        try expect(#"v | prepend: source.name"#, "/index.html", gives: #""shop/index.html""#)
    }

    @Test func capitalizeIsForTheFirstCharacterAlone() throws {
        try expect("v | capitalize", "title", gives: #""Title""#)
        try expect("v | capitalize", "my GREAT title", gives: #""My great title""#)
        try expect("v | capitalize", "éCOLE ÉA", gives: #""École éa""#)
        try expect("v | capitalize", "ǆAB", gives: #""ǅab""#)
        try expect("v | capitalize", "", gives: #""""#)
        try expect("v | capitalize", " Ab", gives: #"" ab""#)
    }

    @Test func removeRemovesAll() throws {
        try expect(
            #"v | remove: "rain""#, "I strained to see the train through the rain", gives: #""I sted to see the t through the ""#)
        try expect(#"v | remove: """#, "ab", gives: #""ab""#)
    }

    @Test func replaceFirstReplacesOne() throws {
        try expect(
            #"v | replace_first: "my", "your""#, "Take my protein pills and put my helmet on",
            gives: #""Take your protein pills and put my helmet on""#)
        try expect(#"v | replace_first: "x", "y""#, "ab", gives: #""ab""#)
        try expect(#"v | replace_first: "", "y""#, "ab", gives: #""ab""#)
    }

    @Test func truncateCountsTheEnding() throws {
        let text = "Ground control to Major Tom."
        try expect("v | truncate: 20", text, gives: #""Ground control to...""#)
        try expect(#"v | truncate: 25, ", and so on""#, text, gives: #""Ground control, and so on""#)
        try expect(#"v | truncate: 20, """#, text, gives: #""Ground control to Ma""#)
        try expect("v | truncate: 28", text, gives: #""Ground control to Major Tom.""#)
        try expect("v | truncate: 27", text, gives: #""Ground control to Major ...""#)
        try expect("v | truncate: 2", text, gives: #""...""#)
        try expect("v | truncate", String(repeating: "x", count: 51), gives: "\"\(String(repeating: "x", count: 47))...\"")
        try expect("v | truncate", String(repeating: "x", count: 50), gives: "\"\(String(repeating: "x", count: 50))\"")
        try expect(#"v | truncate: 4, "…""#, "né名👍👍", gives: #""né名…""#)
    }

    @Test func toStringMakesTextOfAnyValue() throws {
        try expect("v | to_number | to_string", "5.0", gives: #""5""#)
        try expect("true | to_string", "", gives: #""true""#)
    }

    @Test func defaultReplacesNothingFalseAndEmptyText() throws {
        try expect(#"v | default: "x""#, "", gives: #""x""#)
        try expect(#"v | default: "x""#, "y", gives: #""y""#)
        try expect(#"v | default: "x""#, " ", gives: #"" ""#)
        try expect("v | default: 2.99", "", gives: "2.99")
        try expect("v | default: true", "", gives: "true")
        try expect("v | to_boolean | default: 5", "no", gives: "5")
        try expect("v | to_number | default: 5", "0", gives: "0")
        try expect("v | to_number | default: 5", "abc", gives: "5")
        try expect("v | default: source.name", "", gives: #""shop""#)
        try expect(#"v | to_number | default: v | append: "!""#, "abc", gives: #""abc!""#)
    }

    @Test func caseIsChangedAsUnicodeDoes() throws {
        try expect("v | downcase", "Parker Moore", gives: #""parker moore""#)
        try expect("v | upcase", "Parker Moore", gives: #""PARKER MOORE""#)
        try expect("v | upcase", "APPLE", gives: #""APPLE""#)
        try expect("v | upcase", "straße é 名", gives: #""STRASSE É 名""#)
        try expect("v | downcase", "ÀÉ Z@[", gives: #""àé z@[""#)
    }

    @Test func stripRemovesWhiteSpaceAtBothEnds() throws {
        try expect("v | strip", "          So much room for activities          ", gives: #""So much room for activities""#)
        try expect("v | strip", "\t\u{B}\u{C} a b \r\t", gives: #""a b""#)
        try expect("v | strip", "   ", gives: #""""#)
        try expect("v | lstrip", "  So much room  ", gives: #""So much room  ""#)
        try expect("v | rstrip", "  So much room  ", gives: #""  So much room""#)
    }

    @Test func replaceReplacesAllThatDoNotOverlap() throws {
        try expect(
            #"v | replace: "my", "your""#, "Take my protein pills and put my helmet on",
            gives: #""Take your protein pills and put your helmet on""#)
        try expect(#"v | replace: "aa", "b""#, "aaaaa", gives: #""bba""#)
        try expect(#"v | replace: "a", """#, "banana", gives: #""bnn""#)
        try expect(#"v | replace: "x", "y""#, "banana", gives: #""banana""#)
        try expect(#"v | replace: "", "y""#, "ab", gives: #""ab""#)
        try expect(#"v | replace: "banana", v"#, "banana", gives: #""banana""#)
    }

    @Test func urlDecodeUndoesPercentAndPlus() throws {
        try expect("v | url_decode", "%27Stop%21%27+said+Fred", gives: #""'Stop!' said Fred""#)
        try expect("v | url_decode", "%E5%90%8D%e5%89%8d", gives: #""名前""#)
        try expect("v | url_decode", "100% %zz %4 %", gives: #""100% %zz %4 %""#)
        try expect("v | url_decode", "%2", gives: #""%2""#)
        try expect("v | url_decode", "a%00%0A%22", gives: #""a\u0000\n\"""#)
        try expect("v | url_decode", "%FF", gives: "\"\u{FFFD}\"")
    }

    @Test func sha256IsTheDigestInHexadecimal() throws {
        try expect("v | sha256", "abc", gives: #""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#)
        try expect("v | sha256", "", gives: #""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#)
    }

    @Test(arguments: ["true", "TRUE", "yes", "on", "1", "t", "Y"])
    func wordsForTrue(word: String) throws {
        try expect("v | to_boolean", word, gives: "true")
    }

    @Test(arguments: ["false", "False", "no", "off", "0", "f", "N"])
    func wordsForFalse(word: String) throws {
        try expect("v | to_boolean", word, gives: "false")
    }

    @Test(arguments: ["", "2", "yess", "truely", " true", "\u{FF}"])
    func otherWordsAreNoBoolean(word: String) throws {
        try expect("v | to_boolean", word, gives: nil)
    }

    @Test func filtersFollowOneAnother() throws {
        try expect(#"v | strip | downcase | replace: "a", "b" | append: "!" | upcase"#, " Banana ", gives: #""BBNBNB!""#)
        try expect("v | to_number | append: 0", "1.50", gives: #""1.50""#)
        try expect("v | to_boolean | upcase", "yes", gives: #""TRUE""#)
    }

    @Test func absentStaysAbsentThroughFilters() throws {
        try expect("v | to_number | append: \"x\" | upcase", "abc", gives: nil)
        try expect("v | append: v", "", gives: #""""#)
    }
}
