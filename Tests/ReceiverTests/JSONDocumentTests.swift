// The reader of the judge against RFC 8259 and the rules that go beyond it.

import Receiver
import Testing

struct JSONDocumentTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-0.0", "10", "1e5", "1E+5", "1e-5", "0.5", "123456789012345678901234567890", "1e-400",
        #""""#, #""a""#, #""\" \\ \/ \b \f \n \r \t \u0041 \u0000""#, #""😀 é""#, #""\ud83d\ude00""#, "\"\u{7F}\"", "\"\u{10FFFF}\"",
        "[]", "{}", " [ 1 , [ ] , { } ] \r\n\t", #"{"a":{"a":[{"a":1}]},"b":1}"#, #"{"":1}"#,
        #"{"é":1,"e\u0301":2}"#,
    ])
    func validTextsAreRead(_ text: String) throws {
        _ = try JSONDocument(Array(text.utf8))
    }

    @Test(arguments: [
        ("", "the text ends where a value is expected at byte 0"),
        ("  ", "the text ends where a value is expected at byte 2"),
        ("[1,]", "expected a value at byte 3"),
        ("[,1]", "expected a value at byte 1"),
        ("[1 2]", "expected , or ] in an array at byte 3"),
        ("[1", "expected , or ] in an array at byte 2"),
        ("[", "the text ends where a value is expected at byte 1"),
        ("{", "expected a key in quotes at byte 1"),
        (#"{"a":1,}"#, "expected a key in quotes at byte 7"),
        (#"{a:1}"#, "expected a key in quotes at byte 1"),
        (#"{"a" 1}"#, "expected : after a key at byte 5"),
        (#"{"a":}"#, "expected a value at byte 5"),
        (#"{"a":1 "b":2}"#, "expected , or } in an object at byte 7"),
        (#"{"a":1]"#, "expected , or } in an object at byte 6"),
        ("1 1", "something after the end of the value at byte 2"),
        ("[]]", "something after the end of the value at byte 2"),
        ("NaN", "expected a value at byte 0"), ("Infinity", "expected a value at byte 0"), ("-Infinity", "expected a digit at byte 1"),
        ("nul", "expected a value at byte 0"), ("True", "expected a value at byte 0"), ("'a'", "expected a value at byte 0"),
        ("+1", "expected a value at byte 0"), (".5", "expected a value at byte 0"), ("1.", "expected a digit at byte 2"),
        ("01", "a number with a leading zero at byte 0"), ("-01", "a number with a leading zero at byte 0"),
        ("1e", "expected a digit at byte 2"),
        ("0x10", "something after the end of the value at byte 1"), ("-", "expected a digit at byte 1"),
        ("1e400", "a number beyond the range of a double at byte 0"), ("[-1e400]", "a number beyond the range of a double at byte 1"),
        (#"""#, "a string without an end at byte 0"), (#""\"#, "an unknown escape at byte 1"), (#""\x41""#, "an unknown escape at byte 1"),
        (#""\u12g4""#, "expected a hexadecimal digit at byte 5"), ("\"a\nb\"", "a raw control character in a string at byte 2"),
        ("\"a\u{0}b\"", "a raw control character in a string at byte 2"),
        (#""\ud83d""#, "a lone surrogate at byte 1"), (#""\ude00""#, "a lone surrogate at byte 1"),
        (#""\ud83d\u0041""#, "a lone surrogate at byte 1"), (#""\ud83dx""#, "a lone surrogate at byte 1"),
        (#""\ude00\ud83d""#, "a lone surrogate at byte 1"),
        (#"{"a":1,"a":2}"#, "a key that its object has already at byte 7"),
        (#"{"a":1,"\u0061":2}"#, "a key that its object has already at byte 7"),
        (#"[{"x":{"b":0,"a":1,"b":2}}]"#, "a key that its object has already at byte 19"),
        ("\u{FEFF}{}", "a byte order mark at byte 0"), ("// c\n1", "expected a value at byte 0"), ("\u{A0}1", "expected a value at byte 0"),
    ])
    func faultsAreFoundWhereTheyStand(_ text: String, _ fault: String) {
        #expect(throws: JSONFault.self) { try JSONDocument(Array(text.utf8)) }
        do throws(JSONFault) { _ = try JSONDocument(Array(text.utf8)) } catch { #expect(error.description == fault) }
    }

    @Test func exactlyTheShortestFormOfEveryScalarIsUTF8() {
        // Every sequence of two bytes, and of three and four bytes around the edges, against the standard library's verdict.
        let edges: [UInt8] = [
            0x00, 0x22, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF,
        ]
        let leads = Array(UInt8(0x80)...0xFF)
        var texts: [[UInt8]] = leads.flatMap { lead in (UInt8.min...UInt8.max).map { [lead, $0] } }
        for lead in leads where lead >= 0xE0 {
            for second in edges {
                for third in edges {
                    texts.append([lead, second, third])
                    texts += edges.map { [lead, second, third, $0] }
                }
            }
        }
        for text in texts where text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
            let isValid = String(validating: text, as: UTF8.self) != nil
            #expect(((try? JSONDocument([0x22] + text + [0x22])) != nil) == isValid, "\(text)")
        }
    }

    @Test func depthIsBoundedAndNotByTheStack() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(throws: Never.self) { try JSONDocument(nested(JSONDocument.depthMax)) }
        #expect(throws: JSONFault("more than 64 containers within each other", at: 64)) { try JSONDocument(nested(65)) }
        #expect(throws: JSONFault.self) { try JSONDocument(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
    }

    @Test func valuesAreFoundByTheirPlaces() throws {
        let text = #" {"a": [1, {"x":[]}, "s"], "b\n" : {"c":null}, "é":"\ud83d\ude00\u00e9\/"} "#
        let document = try JSONDocument(Array(text.utf8))
        func part(_ value: JSONDocument.Value) -> String {
            String(decoding: document.bytes[document.range(of: value)], as: UTF8.self)
        }
        let members = document.members(of: document.root)
        #expect(members.map { String(decoding: document.content(of: $0.key), as: UTF8.self) } == ["a", "b\n", "é"])
        #expect(members.map { part($0.value) } == [#"[1, {"x":[]}, "s"]"#, #"{"c":null}"#, #""\ud83d\ude00\u00e9\/""#])
        #expect(document.elements(of: members[0].value).map(part) == ["1", #"{"x":[]}"#, #""s""#])
        #expect(document.content(of: members[2].value) == Array("😀é/".utf8))
        #expect(document.firstNull(in: members[0].value) == nil)
        #expect(document.firstNull(in: members[1].value).map(part) == "null")
        #expect(document.kind(of: document.root) == .object)
    }

    @Test func everyCutOfATextIsRefused() throws {
        let text = Array(#"{"a":[1.5e3,"\u00e9é",{"b":true}],"c":{}}"#.utf8)
        _ = try JSONDocument(text)
        for count in text.indices {
            #expect(throws: JSONFault.self, "cut at \(count)") { try JSONDocument(Array(text[..<count])) }
        }
    }
}
