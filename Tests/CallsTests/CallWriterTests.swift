// What the writer makes of members, objects and lists.

import Calls
import Testing

@Suite struct CallWriterTests {
    private static let head = #"{"type":"track","messageId":"00000000000000000000000000","timestamp":"1970-01-01T00:00:00.000Z""#

    private func written(_ write: (inout CallWriter) -> Void) -> String {
        var writer = CallWriter(version: "1.2.3")
        writer.begin(.track, id: MessageID(high: 0, low: 0), time: CallTime(milliseconds: 0))
        write(&writer)
        writer.end()
        return String(decoding: writer.call, as: UTF8.self)
    }

    @Test func callBeginsWithTypeIdAndTime() {
        #expect(written { _ in } == Self.head + "}")
        for type in CallType.allCases {
            var writer = CallWriter(version: "1")
            writer.begin(type, id: MessageID(high: 0, low: 0), time: CallTime(milliseconds: 0))
            #expect(String(decoding: writer.call, as: UTF8.self).hasPrefix("{\"type\":\"\(type.rawValue)\",\"messageId\":\""))
        }
    }

    @Test func membersAreSeparatedByCommas() {
        let call = written { writer in
            writer.text("userId", "u1")
            let properties = writer.open(JSONKey("properties"), .object)
            writer.json("total", "19.9")
            let items = writer.open(JSONKey("items"), .list)
            writer.stringElement("a")
            writer.jsonElement("1")
            let object = writer.openElement(.object)
            writer.json("ok", "true")
            writer.close(object)
            let list = writer.openElement(.list)
            writer.jsonElement("2")
            writer.close(list)
            writer.close(items)
            writer.text("last", "")
            writer.close(properties)
            let context = writer.open(JSONKey("context"), .object)
            writer.libraryMember()
            writer.close(context)
        }
        #expect(
            call == Self.head + #","userId":"u1","properties":{"total":19.9,"items":["a",1,{"ok":true},[2]],"last":""},"#
                + #""context":{"library":{"name":"eventail","version":"1.2.3"}}}"#)
    }

    @Test func objectsAndListsThatTurnOutEmptyAreLeftOutAtEveryDepth() {
        let call = written { writer in
            let properties = writer.open(JSONKey("properties"), .object)
            let outer = writer.open(JSONKey("outer"), .object)
            let inner = writer.open(JSONKey("inner"), .list)
            writer.close(writer.openElement(.object))
            writer.close(writer.openElement(.list))
            writer.close(inner)
            writer.close(outer)
            writer.close(properties)
            writer.text("after", "x")
        }
        #expect(call == Self.head + #","after":"x"}"#)
    }

    @Test func emptyMembersAmongOthersLeaveNoComma() {
        let call = written { writer in
            let properties = writer.open(JSONKey("properties"), .object)
            writer.close(writer.open(JSONKey("first"), .object))
            writer.json("a", "1")
            writer.close(writer.open(JSONKey("middle"), .list))
            let list = writer.open(JSONKey("list"), .list)
            writer.close(writer.openElement(.object))
            writer.stringElement("x")
            writer.close(writer.openElement(.list))
            writer.close(list)
            writer.close(properties)
        }
        #expect(call == Self.head + #","properties":{"a":1,"list":["x"]}}"#)
    }

    @Test func bracketsInTextAreNoBrackets() {
        let call = written { writer in
            let properties = writer.open(JSONKey("properties"), .object)
            writer.text("{", "{")
            writer.text("[", "[")
            writer.close(properties)
        }
        #expect(call == Self.head + #","properties":{"{":"{","[":"["}}"#)
    }

    @Test func keysAreEscaped() {
        let call = written { $0.json("a\"\n", "1") }
        #expect(call == Self.head + #","a\"\n":1}"#)
    }

    @Test func aNewCallForgetsTheOneBefore() {
        var writer = CallWriter(version: "1")
        writer.begin(.alias, id: MessageID(high: .max, low: .max), time: CallTime(milliseconds: 5))
        writer.text("userId", "u1")
        writer.begin(.track, id: MessageID(high: 0, low: 0), time: CallTime(milliseconds: 0))
        writer.end()
        #expect(String(decoding: writer.call, as: UTF8.self) == Self.head + "}")
    }
}

extension CallWriter {
    fileprivate mutating func text(_ key: String, _ value: String) {
        let bytes = Array(value.utf8)
        string(JSONKey(key), bytes.span)
    }

    fileprivate mutating func json(_ key: String, _ value: String) {
        let bytes = Array(value.utf8)
        json(JSONKey(key), bytes.span)
    }

    fileprivate mutating func stringElement(_ value: String) {
        let bytes = Array(value.utf8)
        stringElement(bytes.span)
    }

    fileprivate mutating func jsonElement(_ value: String) {
        let bytes = Array(value.utf8)
        jsonElement(bytes.span)
    }
}
