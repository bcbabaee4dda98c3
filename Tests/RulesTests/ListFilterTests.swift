// Filters of lists and objects: those that `split` makes, those of records, and those that `parse_json` finds in a text.

import Testing

@Suite struct ListFilterTests {
    private let beatles = #""John, Paul, George, Ringo" | split: ", ""#

    private func expect(_ template: String, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expect(template, "x", expected, sourceLocation: sourceLocation)
    }

    private func expect(
        _ template: String, _ input: String, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try evaluate("{{ \(template) }}", input) == expected, "\(template) of \(input)", sourceLocation: sourceLocation)
    }

    /// The property `x` with `template`, of a JSON record that holds `value` under `v`.
    private func property(_ template: String, of value: String) throws -> String? {
        let call = try briefs(
            """
            format: json
            rules: [{ name: r, where: { e: { exists: true } }, track: { event: e, userId: u, properties: { x: '{{ \(template) }}' } } }]
            """, "{\"e\":1,\"v\":\(value)}\n")[0]
        let start = #"{"type":"track","userId":"u","event":"e","properties":{"x":"#
        return call.hasPrefix(start) ? String(call.dropFirst(start.count).dropLast(2)) : nil
    }

    @Test func splitGivesAList() throws {
        try expect(beatles, #"["John","Paul","George","Ringo"]"#)
        try expect(#"v | split: ",""#, "a,b,,c,,", #"["a","b","","c"]"#)
        try expect(#"v | split: ",""#, ",a", #"["","a"]"#)
        try expect(#"v | split: ",""#, ",,", "[]")
        try expect(#"v | split: ",""#, "", "[]")
        try expect(#"v | split: ",""#, "abc", #"["abc"]"#)
        try expect(#"v | split: " ""#, "  a \t b  c ", #"["a","b","c"]"#)
        try expect(#"v | split: """#, "aé名", #"["a","é","名"]"#)
        try expect(#"v | split: "ab""#, "xabaaby", #"["x","a","y"]"#)
        try expect(#"v | split: v"#, "a", "[]")
        try expect(#"v | split: ",""#, #"a",{"b":1"#, #"["a\"","{\"b\":1"]"#)
    }

    @Test func joinIsTheReverse() throws {
        try expect(beatles + #" | join: " and ""#, #""John and Paul and George and Ringo""#)
        try expect(beatles + " | join", #""John Paul George Ringo""#)
        try expect(#"v | join: ",""#, "text", #""text""#)
        #expect(
            try property(#"v | join: "-""#, of: #"[1.50, "a\u00e9\"", true, null, [2, [3]], {"k": 1}]"#)
                == #""1.5-aé\"-true--2-3-{\"k\": 1}""#)
        #expect(try property("v | join", of: "[]") == #""""#)
    }

    @Test func firstAndLastKeepTheType() throws {
        try expect(#""Ground control to Major Tom." | split: " " | first"#, #""Ground""#)
        try expect(#""Ground control to Major Tom." | split: " " | last"#, #""Tom.""#)
        #expect(try property("v | first", of: #"[ 7.50, "b" ]"#) == "7.5")
        #expect(try property("v | last", of: #"[1,{"a": [ 2 ]}]"#) == #"{"a":[2]}"#)
        #expect(try property("v | last", of: "[1,true]") == "true")
        #expect(try property("v | last", of: "[1,null]") == nil)
        #expect(try property("v | first", of: "[]") == nil)
        #expect(try property("v | first", of: #""text""#) == nil)
        #expect(try property("v | first", of: #"{"a":1}"#) == nil)
        #expect(try property("v | first | first | plus: 1", of: "[[41]]") == "42")
    }

    @Test func sizeCountsElementsMembersOrCharacters() throws {
        try expect(#""Ground control to Major Tom." | size"#, "28")
        try expect(#""apples, oranges, peaches, plums" | split: ", " | size"#, "4")
        try expect("v | size", "né名👍", "4")
        try expect("v | size", "", "0")
        #expect(try property("v | size", of: "[ ]") == "0")
        #expect(try property("v | size", of: #"{"a":[1,2],"b,":"}"}"#) == "2")
        #expect(try property("v | size", of: "1.50") == "3")
    }

    @Test func sliceTakesCharactersOrElements() throws {
        try expect(#""Liquid" | slice: 0"#, #""L""#)
        try expect(#""Liquid" | slice: 2"#, #""q""#)
        try expect(#""Liquid" | slice: 2, 5"#, #""quid""#)
        try expect(#""Liquid" | slice: -3, 2"#, #""ui""#)
        try expect(#""Liquid" | slice: -7, 2"#, #""""#)
        try expect(#""Liquid" | slice: 6, 2"#, #""""#)
        try expect(#""Liquid" | slice: 7, 2"#, #""""#)
        try expect(#""Liquid" | slice: 2, 0"#, #""""#)
        try expect("v | slice: 1, 2", "né名👍", #""é名""#)
        try expect(beatles + " | slice: 1, 2", #"["Paul","George"]"#)
        try expect(beatles + " | slice: -2, 2", #"["George","Ringo"]"#)
        try expect(beatles + " | slice: 3", #"["Ringo"]"#)
        try expect(beatles + " | slice: 1, 9223372036854775807 | size", "3")
        try expect(beatles + " | slice: -9223372036854775807, 1 | size", "0")
        try expect(beatles + " | slice: 9", "[]")
        try expect("v | slice: v", "abc", nil)
    }

    @Test func mapTakesAMemberOfEachElement() throws {
        let items = #"[{"sku":"a","price":{"eur":1.50}},{"sku":"b"},{"SKU":"c"},{"sku":null},[{"sku":{"x": 1}}],7,"sku"]"#
        #expect(try property(#"v | map: "sku""#, of: items) == #"["a","b",{"x":1}]"#)
        #expect(try property(#"v | map: "price.eur""#, of: items) == "[1.5]")
        #expect(try property(#"v | map: "sku" | join: ",""#, of: items) == #""a,b,{\"x\": 1}""#)
        #expect(try property(#"v | map: "a.b""#, of: #"{"a":{"b":1},"a.b":2}"#) == "[2]")
        #expect(try property(#"v | map: "k" | first"#, of: #"{"k":1,"k":2,"\u006b":3}"#) == "1")
        #expect(try property(#"v | map: "k" | first"#, of: #"{"\u006b":3,"k":1}"#) == "3")
        #expect(try property(#"v | map: "k" | size"#, of: #""k""#) == nil)
    }

    @Test func parseJSONFindsAValueInAText() throws {
        let body = #" {"id": 7, "user": {"name": "Ann\u00e9"}, "tags": ["x"]} "#
        try expect("v | parse_json", body, #"{"id":7,"user":{"name":"Anné"},"tags":["x"]}"#)
        try expect(#"v | parse_json | map: "user.name" | first"#, body, #""Anné""#)
        try expect(#"v | parse_json | map: "tags" | first | first | upcase"#, body, #""X""#)
        try expect("v | parse_json", " 1.50 ", "1.5")
        try expect("v | parse_json", "true", "true")
        try expect("v | parse_json", #""te\"xt""#, #""te\"xt""#)
        try expect("v | parse_json", "99999999999999999999", #""99999999999999999999""#)
        for text in ["null", "", "{", "{}}", "[1,]", "nul", "'a'", "{\"a\":1} x", String(repeating: "[", count: 5000)] {
            try expect("v | parse_json", text, nil)
        }
    }

    @Test func jsonIsTheTextOfAValue() throws {
        try expect("v | json", #"a"b"#, #""\"a\\\"b\"""#)
        try expect(#"v | split: "," | json"#, "a,b", #""[\"a\",\"b\"]""#)
        try expect("1.50 | json", #""1.5""#)
        try expect("true | json", #""true""#)
        #expect(try property("v | json", of: #"{ "a": [ 1, null ], "b": null }"#) == #""{\"a\":[1]}""#)
        #expect(try property("v | json | parse_json", of: #"{ "a": [ 1 ] }"#) == #"{"a":[1]}"#)
    }

    @Test func listsArePropertiesAndTextsAlike() throws {
        #expect(try evaluate(#"items: {{ v | split: "," }}"#, "a,b") == #""items: [\"a\",\"b\"]""#)
        try expect(#"v | split: "," | default: "none""#, "", #""none""#)
        try expect(#"v | split: ";" | map: "a" | default: "none""#, "a;b", #""none""#)
    }

    @Test(arguments: ["\u{0}", "\u{1F}\"\\", "a\u{7F}b"]) func hostileTextStaysInsideItsElement(text: String) throws {
        let value = try #require(try evaluate(#"{{ v | split: "," | first }}"#, text + ",b"))
        #expect(value == (try evaluate("{{ v }}", text)))
    }
}
