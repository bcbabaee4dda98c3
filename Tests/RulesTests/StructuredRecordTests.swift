// Rules over records whose fields are named freely or wrapped: json, logfmt, docker, and one in the other.

import Documents
import Rules
import Testing

@Suite struct StructuredRecordTests {
    /// One track call with the properties `properties`, of each line in which `where` holds.
    private func calls(_ format: String, where condition: String = "e: { exists: true }", _ properties: String, _ input: String) throws
        -> [String]
    {
        let brief = try briefs(
            """
            format: \(format)
            rules:
              - name: r
                where: { \(condition) }
                track: { userId: u, event: e, properties: { \(properties) } }
            """, input + "\n")
        let start = #"{"type":"track","userId":"u","event":"e","#
        return brief.map { $0.hasPrefix(start) ? String($0.dropFirst(start.count + #""properties":"#.count).dropLast()) : $0 }
    }

    @Test func valuesOfJSONKeepTheirTypes() throws {
        let record = #"{"e":1,"n":19.90,"big":9007199254740993,"t":true,"z":null,"s":"7","esc":"a\"\u00e9","user":{"id":7}}"#
        let properties =
            "n: '{{ n }}', big: '{{ big }}', t: '{{ t }}', z: '{{ z }}', s: '{{ s }}', esc: '{{ esc }}', id: '{{ user.id }}', text: 'n={{ n }}'"
        #expect(
            try calls("json", properties, record)
                == [#"{"n":19.9,"big":9007199254740993,"t":true,"s":"7","esc":"a\"é","id":7,"text":"n=19.9"}"#])
    }

    @Test(arguments: ["99999999999999999999", "1e999", "-1e400", "9e307000000"]) func numbersThatReceiversWouldLoseAreText(number: String)
        throws
    {
        #expect(
            try calls("json", "n: '{{ n }}', l: '{{ l }}'", "{\"e\":1,\"n\":\(number),\"l\":[\(number)]}") == [
                "{\"n\":\"\(number)\",\"l\":[\"\(number)\"]}"
            ])
    }

    @Test func listsAndObjectsAreWrittenAsTheAPITakesThem() throws {
        let record = """
            {"e":1,"o": { "a" : null , "b" : [ 1 , null , {"x":"\\ud800 \\u00e9\\n"} ] , "b" : 2, "\\u0062": 3, "c":{ } , "d":[], "t" : true , "f":-1.50 } }
            """
        #expect(try calls("json", "o: '{{ o }}'", record) == [#"{"o":{"b":[1,{"x":"\#u{FFFD} é\n"}],"c":{},"d":[],"t":true,"f":-1.5}}"#])
        #expect(try calls("json", "o: '{{ o }}'", #"{"e":1,"o":{"z":null,"a":1}}"#) == [#"{"o":{"a":1}}"#])
        #expect(try calls("json", "o: [ '{{ l[1] }}', '{{ l }}' ]", #"{"e":1,"l":[[ 1 ],[ 2 ]]}"#) == [#"{"o":[[2],[[1],[2]]]}"#])
    }

    @Test func conditionsSeeTheTextOfTheRecord() throws {
        let records = [
            #"{"e":"login","status":200,"ok":true}"#, #"{"e":"log\u0069n","status":201,"ok":true}"#,
            #"{"e":"login","status":404,"ok":true}"#,
            #"{"e":"login","status":200,"ok":false}"#, #"{"e":"logout","status":200,"ok":true}"#, #"{"x":"login","status":200,"ok":true}"#,
        ]
        #expect(
            try calls("json", where: "e: login, status: '< 300', ok: 'true'", "s: '{{ status }}'", records.joined(separator: "\n"))
                == [#"{"s":200}"#, #"{"s":201}"#])
    }

    @Test func namesOfTheProgramAreReachedInBrackets() throws {
        let properties =
            #"own: '{{ host.name }}', host: '{{ ["host.name"] }}', nested: '{{ ["host"].name }}', odd: '{{ ["a: b, c | d"] | upcase }}', message: '{{ ["message"] }}'"#
        let record = #"{"e":1,"host":{"name":"n"},"host.name":"flat","a: b, c | d":"x","message":"inner"}"#
        #expect(
            try calls("json", properties, record) == [#"{"own":"web-1","host":"flat","nested":"n","odd":"X","message":"inner"}"#])
    }

    @Test func aNameThatIsNoPathIsRefused() {
        let yaml = """
            format: json
            rules:
              - name: r
                where: { 'a..b': x }
                track: { userId: u, event: e, properties: { x: '{{ a[x] }}' } }
            """
        #expect(
            refusals(yaml) == [
                "4:14: `a..b` is no name of a field\n  hint: write user.id, items[0].sku, or [\"any name\"]",
                "5:56: `a[x]` is no name of a field\n  hint: write user.id, items[0].sku, or [\"any name\"]",
            ])
    }

    @Test func logfmtGivesText() throws {
        #expect(
            try calls("logfmt", where: "e: login", "id: '{{ user.id }}', n: '{{ n }}', r: '{{ r }}'", #"e=login user.id=7 n="a \"b\"" r"#)
                == [#"{"id":"7","n":"a \"b\"","r":""}"#])
    }

    @Test func jsonInDockerMakesCalls() throws {
        let record =
            #"{"log":"{\"e\":\"login\",\"o\":{\"k\": [\"\\u00e9\\\"\"]},\"n\":1}\n","stream":"stderr","time":"2026-11-23T06:57:32.5781Z"}"#
        let derived = try derive(
            """
            format: docker+json
            rules:
              - name: r
                where: { e: login, docker.stream: stderr }
                track: { userId: u, event: e, properties: { o: '{{ o }}', n: '{{ n }}', m: '{{ message }}' } }
            """, record + "\n" + #"{"log":"no json\n","stream":"stderr","time":"2026-11-23T06:57:32.5781Z","e":"login"}"# + "\n")
        #expect(derived.made.map(\.timestamp) == ["2026-11-23T06:57:32.578Z"])
        #expect(
            derived.briefs == [
                #"{"type":"track","userId":"u","event":"e","properties":{"o":{"k":["é\""]},"n":1,"m":"{\"e\":\"login\",\"o\":{\"k\": [\"\\u00e9\\\"\"]},\"n\":1}"}}"#
            ])
        #expect(derived.counters.unparsed == 1)
    }

    @Test func aRecordIsUnparsedWhereNoPackThatLooksAtItHasItsFormat() throws {
        let rule = "rules: [{ name: NAME, where: { e: login }, track: { userId: u, event: e } }]"
        let packs = try ["json", "logfmt"].map { format in
            try pack("format: \(format)\n" + rule.replacing("NAME", with: format), file: "rules/\(format).yaml")
        }
        let lines = #"{"e":"login"}"# + "\ne=login\nlogin\nno match\n"
        let derived = derive(try RuleSet(packs), Array(lines.utf8))
        #expect(derived.made.count == 2)
        #expect(derived.counters.unparsed == 1)
    }

    @Test func packsOfOneFormatShareTheFieldsButNotTheSlots() throws {
        func yaml(_ name: String, _ fields: [String]) -> String {
            """
            format: json
            rules:
              - name: \(name)
                where: { \(fields[0]): { exists: true } }
                track: { userId: '{{ \(fields[1]) }}', event: '{{ \(fields[2]) }}', properties: {} }
            """
        }
        let packs = [
            try pack(yaml("one", ["a", "b.c", "d"]), file: "rules/one.yaml"),
            try pack(yaml("two", ["d", "a", "b.c"]), file: "rules/two.yaml"),
        ]
        let derived = derive(try RuleSet(packs), Array("{\"a\":\"A\",\"b\":{\"c\":\"BC\"},\"d\":\"D\"}\n".utf8))
        #expect(
            derived.briefs == [#"{"type":"track","userId":"BC","event":"D"}"#, #"{"type":"track","userId":"A","event":"BC"}"#])
    }

    /// Whatever escapes a writer of JSON chooses, the literal scan finds the record.
    @Test func escapedValuesAreFoundByTheScan() throws {
        let values = ["/admin/login", "say \"hi there\"", "back\\slash", "tab\there"]
        for value in values {
            let spellings = [
                value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\t" ? "\\t" : "\($0)" }.joined(),
                value.map { $0 == "/" ? "\\/" : $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\t" ? "\\u0009" : "\($0)" }.joined(),
                value.utf8.map { unit in "\\u00" + (unit < 16 ? "0" : "") + String(unit, radix: 16) }.joined(),
            ]
            for spelling in spellings {
                let quoted = value.replacing("'", with: "''")
                #expect(try calls("json", where: "e: '\(quoted)'", "x: 1", "{\"e\":\"\(spelling)\"}") == [#"{"x":1}"#], "\(spelling)")
                let twice = "{\"e\":\"\(spelling)\"}".replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                #expect(
                    try calls("docker+json", where: "e: '\(quoted)'", "x: 1", "{\"log\":\"\(twice)\\n\"}") == [#"{"x":1}"#], "\(twice)")
            }
        }
    }
}
