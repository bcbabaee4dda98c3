// Fields of JSON records.

import Formats
import Foundation
import RandomSupport
import Testing

@Suite struct JSONRecordTests {
    private let login =
        #"{"user_id": 1, "username": "alice", "ip": "127.0.0.1", "note": "for \"alice\"\nuser_id=999", "event": "order_placed"}"#

    @Test func valuesKeepTheirTypes() {
        let parsed = Parsed(
            #"{"s":"x","n":-1.50e2,"t":true,"f":false,"z":null,"l":[1, 2],"o":{"a": null}}"#, "json",
            ["s", "n", "t", "f", "z", "l", "o", "gone"])
        #expect(parsed.isOfFormat)
        #expect(parsed.kind("s") == .text && parsed["s"] == "x")
        #expect(parsed.kind("n") == .number && parsed["n"] == "-1.50e2")
        #expect(parsed.kind("t") == .boolean && parsed["t"] == "true")
        #expect(parsed.kind("f") == .boolean && parsed["f"] == "false")
        #expect(parsed.kind("z") == .null && parsed["z"] == nil)
        #expect(parsed.kind("l") == .json && parsed["l"] == "[1, 2]")
        #expect(parsed.kind("o") == .json && parsed["o"] == #"{"a": null}"#)
        #expect(parsed.kind("gone") == .missing)
    }

    @Test func aForgedMemberInAStringIsText() {
        let parsed = Parsed(login, "json", ["user_id", "note"])
        #expect(parsed["user_id"] == "1")
        #expect(parsed["note"] == "for \"alice\"\nuser_id=999")
    }

    @Test func pathsReachIntoObjectsAndLists() {
        let record = #"{"user":{"id":7,"tags":[{"k":"a"},{"k":"b"}]},"items":["x","y"],"@timestamp":"T","a.b":1,"message":"inner"}"#
        let parsed = Parsed(
            record, "json", ["user.id", "user.tags[1].k", "items[0]", "items[2]", #"["@timestamp"]"#, "['user'].id", #"["message"]"#])
        #expect(parsed["user.id"] == "7")
        #expect(parsed["user.tags[1].k"] == "b")
        #expect(parsed["items[0]"] == "x")
        #expect(parsed["items[2]"] == nil)
        #expect(parsed[#"["@timestamp"]"#] == "T")
        #expect(parsed["['user'].id"] == "7")
        #expect(parsed[#"["message"]"#] == "inner")
        #expect(parsed["message"] == record)
    }

    @Test(arguments: [
        #"{"user.id":1,"user":{"id":2}}"#, #"{"user":{"id":2},"user.id":1}"#,
    ]) func theFlatKeyWins(record: String) {
        let parsed = Parsed(record, "json", ["user.id", #"["user"].id"#])
        #expect(parsed["user.id"] == "1")
        #expect(parsed[#"["user"].id"#] == "2")
    }

    @Test func aFlatNullIsNoReasonToLookFurther() {
        #expect(Parsed(#"{"user":{"id":2},"user.id":null}"#, "json", ["user.id"])["user.id"] == nil)
    }

    @Test func ofRepeatedKeysTheFirstCounts() {
        let parsed = Parsed(#"{"id":1,"user":{"x":1},"id":2,"user":{"id":9},"i\u0064":3}"#, "json", ["id", "user.id"])
        #expect(parsed["id"] == "1")
        #expect(parsed["user.id"] == nil)
        #expect(Parsed(#"{"i\u0064":3,"id":4}"#, "json", ["id"])["id"] == "3")
    }

    @Test func surrogatesAreJoinedOrReplaced() {
        let parsed = Parsed(#"{"a":"\ud83d\ude00","b":"\ud83dx","c":"\ude00\ud83d\u00e9","d":"\/\b\f\t\r"}"#, "json", ["a", "b", "c", "d"])
        #expect(parsed["a"] == "😀")
        #expect(parsed["b"] == "\u{FFFD}x")
        #expect(parsed["c"] == "\u{FFFD}\u{FFFD}é")
        #expect(parsed["d"] == "/\u{8}\u{C}\t\r")
    }

    @Test(arguments: [
        "", " ", "[]", "1", "\"x\"", "null", "{", "{}x", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1.}"#,
        #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":tru}"#, #"{"a":NaN}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#, "{\"a\":\"\t\"}",
        #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":1}{"b":2}"#, "{'a':1}", #"{"a":--1}"#, #"{"a":-}"#, #"{a:1}"#,
    ]) func whatIsNoObjectIsUnparsed(record: String) {
        let parsed = Parsed(record, "json", ["a"])
        #expect(!parsed.isOfFormat)
        #expect(parsed["message"] == record)
    }

    @Test func depthIsBounded() {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        }
        #expect(Parsed(nested(JSONScanner.depthMax), "json", ["a"]).isOfFormat)
        #expect(!Parsed(nested(JSONScanner.depthMax + 1), "json", ["a"]).isOfFormat)
        #expect(!Parsed(String(repeating: "[", count: 200_000), "json").isOfFormat)
        #expect(!Parsed(String(repeating: #"{"a":"#, count: 200_000), "json", ["a.a"]).isOfFormat)
    }

    @Test func truncatedRecordsAreUnparsedAndHarmless() {
        let bytes = Array(#"{"user":{"id":-7.5e3,"tags":["a\u00e9",true,null]},"x":"\ud83d\ude00"}"#.utf8)
        for end in 0..<bytes.count {
            #expect(!Parsed(Array(bytes[..<end]), "json", ["user.id", "user.tags[0]", "x"]).isOfFormat)
        }
    }

    @Test(arguments: ["", "a..b", ".a", "a.", "a[", "a[x]", "a[-1]", #"a["b]"#, "a]b", #"a"b"#, "a b", "a[99999999999999999999]"])
    func whatIsNoPathIsRefused(name: String) {
        #expect(FieldNames(RecordFormat(content: .json)).slot(of: name) == nil)
    }

    @Test func theSameNameHasTheSameSlot() {
        let names = FieldNames(RecordFormat(content: .json))
        let slot = names.slot(of: "user.id")
        #expect(names.slot(of: "other") != slot)
        #expect(names.slot(of: "user.id") == slot)
        #expect(names.slot(of: "message") == 0)
    }

    @Test func mergedLayoutsFindTheFieldsOfBoth() {
        let (first, second) = (FieldNames(RecordFormat(content: .json)), FieldNames(RecordFormat(content: .json)))
        _ = first.slot(of: "a.b")
        let secondSlots = ["c", "a.b"].map { second.slot(of: $0)! }
        let merged = FieldLayout(merging: [first.layout, second.layout])
        let slots = merged.slots(of: second.layout)
        var fields = RecordFields()
        let record = Array(#"{"a":{"b":1},"c":2}"#.utf8)
        let isParsed = merged.parse(record.span, into: &fields)
        #expect(isParsed)
        #expect(secondSlots.map { record[fields.fields[slots[$0]].start] } == [UInt8(ascii: "2"), UInt8(ascii: "1")])
    }

    /// Against JSONSerialization: the same texts are objects, and each path leads to the same value.
    @Test(arguments: 0..<40) func fieldsAreThoseThatFoundationFinds(round: Int) throws {
        var random = SeededRandom(seed: UInt64(round))
        for _ in 0..<50 {
            let value = RandomJSON.object(&random, depth: 3)
            let text = RandomJSON.text(value, &random)
            let foundation = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let paths = RandomJSON.paths(value)
            let parsed = Parsed(text, "json", paths.map(\.name))
            #expect(parsed.isOfFormat, "seed \(round): \(text)")
            for path in paths {
                let expected = try #require(path.steps.reduce(foundation as Any?) { RandomJSON.step($0, $1) }, "seed \(round): \(text)")
                let isSame = RandomJSON.isSame(parsed, path.name, expected)
                #expect(isSame, "seed \(round): \(path.name) in \(text)")
            }
        }
    }

    /// One byte of a record changed: what Foundation takes for an object is one here, and the other way round.
    @Test(arguments: 0..<20) func brokenRecordsAreThoseThatFoundationRefuses(round: Int) {
        var random = SeededRandom(seed: 1000 + UInt64(round))
        let marks = Array("{}[]\",:\\u0123456789abeEtrfn-+. x".utf8)
        for _ in 0..<100 {
            var bytes = Array(RandomJSON.text(RandomJSON.object(&random, depth: 2), &random).utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = marks.randomElement(using: &random)!
            guard let text = String(validating: bytes, as: UTF8.self), RandomJSON.isStrictlyComparable(text) else { continue }
            let isObject = (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
            #expect(Parsed(bytes, "json", ["a", "b.c", "d[0]"]).isOfFormat == isObject, "seed \(1000 + round): \(text)")
        }
    }
}
