// One good call of each type, and one bad request for each rule.

import Calls
import Receiver
import TestSupport
import Testing

struct BodyJudgeTests {
    private static let time = "2026-11-23T06:37:03.066Z"

    /// A call with the fields that every one needs, and more.
    private static func call(_ type: String, id: String = "m1", _ more: String) -> String {
        #"{"type":"\#(type)","messageId":"\#(id)","timestamp":"\#(time)",\#(more)}"#
    }

    private static func batch(_ calls: String...) -> [UInt8] {
        Array(#"{"batch":[\#(calls.joined(separator: ","))],"sentAt":"\#(time)"}"#.utf8)
    }

    private func problems(_ body: [UInt8], _ judge: BodyJudge = BodyJudge()) -> [Refusal.Problem] {
        do throws(Refusal) {
            _ = try judge.judge(batch: body)
            return []
        } catch {
            #expect(error.status == 400)
            return error.problems
        }
    }

    /// As the vendor's SDKs send it, which do not ask for strictness.
    @Test func withoutStrictnessTheAPIsOwnTasteCounts() throws {
        let call =
            #"{"type":"page","messageId":"m","timestamp":"2026-11-23T06:37:03.066123+00:00","userId":"u1","anonymousId":null,"#
            + #""category":"Docs","name":"Home","properties":{"a":null}}"#
        let body = Array(#"{"batch":[\#(call)],"sentAt":"2026-11-23T06:37:03+00:00","more":null}"#.utf8)
        var judge = BodyJudge()
        judge.isStrict = false
        #expect(try judge.judge(batch: body).map(\.json) == [Array(call.utf8)])
        #expect(!problems(body).isEmpty)
        // What the API would throw away is refused all the same.
        for wrong in [#""userId":null"#, #""userId":"u1","nonsense":1"#, #""userId":"""#] {
            #expect(problems(Self.batch(Self.call("page", wrong)), judge).count == 1, "\(wrong)")
        }
    }

    @Test func eachTypeIsAcceptedAsItWasReceived() throws {
        let calls = [
            Self.call("alias", id: "a", #""userId":"u1","previousId":"p1""#),
            Self.call("identify", id: "b", #""userId":"u1","anonymousId":"x","traits":{"email":"a@example.com","é":[1,true]}"#),
            Self.call("group", id: "c", #""userId":"u1","groupId":"g","traits":{}"#),
            Self.call("page", id: "d", #""anonymousId":"x","name":"Home","properties":{"url":"https://example.com/"}"#),
            Self.call("screen", id: "e", #""userId":"u1""#),
            Self.call(
                "track", id: "f",
                #""userId":"u1","event":"Order Placed","properties":{"total":19.9},"context":{"library":{"name":"eventail"}},"integrations":{}"#
            ),
        ]
        let body = Array(#"{"batch":[\#(calls.joined(separator: ","))],"sentAt":"\#(Self.time)"}"#.utf8)
        #expect(try OpenAPI.pipelines().problems(inBatchBody: body) == [])
        let accepted = try BodyJudge().judge(batch: body)
        #expect(accepted.map { String(decoding: $0.json, as: UTF8.self) } == calls)
        #expect(accepted.map(\.type) == [.alias, .identify, .group, .page, .screen, .track])
        #expect(accepted.map { String(decoding: $0.messageID, as: UTF8.self) } == ["a", "b", "c", "d", "e", "f"])
    }

    @Test func lineBreaksBetweenTokensBecomeSpaces() throws {
        let accepted = try BodyJudge().judge(batch: Self.batch(Self.call("screen", "\r\n\"userId\":\n\"u1\\n\"")))
        #expect(String(decoding: accepted[0].json, as: UTF8.self) == Self.call("screen", "  \"userId\": \"u1\\n\""))
    }

    @Test(arguments: [
        ("[]", "the body is not an object"), ("{}", "no batch"), (#"{"batch":{},"sentAt":"\#(time)"}"#, "batch is not an array"),
        (#"{"batch":[],"sentAt":"\#(time)"}"#, "batch is empty"), (#"{"batch":[{}]}"#, "no sentAt"),
        (#"{"batch":[{}],"sentAt":1}"#, "sentAt is not a time in UTC with milliseconds, like 2026-11-23T06:37:03.066Z"),
        (#"{"batch":[{}],"sentAt":"\#(time)","context":null}"#, "'context' is null"),
        (#"{"batch":[{}],"batch":[{}]}"#, "the body is not the JSON we take: a key that its object has already at byte 14"),
        ("", "the body is not the JSON we take: the text ends where a value is expected at byte 0"),
    ])
    func aBadEnvelopeIsRefused(_ body: String, _ what: String) {
        #expect(problems(Array(body.utf8)) == [Refusal.Problem(what)])
    }

    @Test(arguments: [
        ("1", "not an object"),
        (#"{"messageId":"m","userId":"u","timestamp":"\#(time)","event":"e"}"#, "no type"),
        (call("delete", #""userId":"u""#), #"type '"delete"' is none of the six"#),
        (call("Track", #""userId":"u""#), #"type '"Track"' is none of the six"#),
        (#"{"type":7,"userId":"u"}"#, "type '7' is none of the six"),
        (#"{"type":"screen","timestamp":"\#(time)","userId":"u"}"#, "no messageId"),
        (call("screen", id: "", #""userId":"u""#), "messageId is empty"),
        (#"{"type":"screen","messageId":5,"timestamp":"\#(time)","userId":"u"}"#, "messageId is not a string"),
        (call("screen", id: String(repeating: "m", count: 101), #""userId":"u""#), "messageId of 101 bytes, more than 100"),
        (#"{"type":"screen","messageId":"m","userId":"u"}"#, "no timestamp"),
        (
            #"{"type":"screen","messageId":"m","userId":"u","timestamp":"2026-11-23T06:37:03Z"}"#,
            "timestamp is not a time in UTC with milliseconds, like 2026-11-23T06:37:03.066Z"
        ),
        (call("screen", #""name":"Home""#), "neither userId nor anonymousId"),
        (call("screen", #""userId":"""#), "userId is empty"),
        (call("screen", #""userId":"u","anonymousId":"""#), "anonymousId is empty"),
        (call("screen", #""userId":7"#), "userId is not a string"),
        (call("screen", #""userId":"u","anonymousId":null"#), "a null, 100 bytes into the call"),
        (call("track", #""userId":"u""#), "track without event"),
        (call("track", #""userId":"u","event":"""#), "event is empty"),
        (call("track", #""userId":"u","event":{}"#), "event is not a string"),
        (call("group", #""userId":"u""#), "group without groupId"),
        (call("alias", #""userId":"u""#), "alias without previousId"),
        (call("alias", #""anonymousId":"u","previousId":"p""#), "alias without userId"),
        (call("track", #""userId":"u","event":"e","properties":[]"#), "properties is not an object"),
        (call("identify", #""userId":"u","traits":"x""#), "traits is not an object"),
        (call("screen", #""userId":"u","context":[]"#), "context is not an object"),
        (call("track", #""userId":"u","event":"e","properties":{"a":[{"b":null}]}"#), "a null, 121 bytes into the call"),
        (call("track", #""userId":"u","event":"e","traits":{}"#), "'traits' is no field of track, the API would drop it"),
        (call("track", #""userId":"u","event":"e","_origin":{}"#), "'_origin' is no field of track, the API would drop it"),
        (call("screen", #""userId":"u","\n\"":1"#), "'?\"' is no field of screen, the API would drop it"),
    ])
    func aBadCallIsNamedWithItsFault(_ call: String, _ what: String) {
        let good = Self.call("screen", id: "good", #""userId":"u""#)
        #expect(problems(Self.batch(good, call)) == [Refusal.Problem(call: 1, what)])
    }

    @Test func anIDTwiceInOneRequestIsRefused() {
        let call = Self.call("screen", #""userId":"u""#)
        let other = Self.call("screen", id: "m2", #""userId":"u""#)
        #expect(problems(Self.batch(call, other, call)) == [Refusal.Problem(call: 2, "messageId is that of call 0, too")])
        // Two spellings of one id.
        let escaped = Self.call("screen", id: #"\u006d1"#, #""userId":"u""#)
        #expect(problems(Self.batch(call, escaped)).count == 1)
        // Two ids that String would take for one.
        let composed = Self.call("screen", id: "\u{E9}", #""userId":"u""#)
        let decomposed = Self.call("screen", id: "e\u{301}", #""userId":"u""#)
        #expect(problems(Self.batch(composed, decomposed)) == [])
    }

    @Test func aCallHasItsSizeAtMost() {
        let rest = Self.call("track", #""userId":"u","event":"""#).utf8.count
        func call(bytes: Int) -> String {
            Self.call("track", #""userId":"u","event":"\#(String(repeating: "e", count: bytes - rest))""#)
        }
        #expect(problems(Self.batch(call(bytes: 32_000))) == [])
        #expect(problems(Self.batch(call(bytes: 32_001))) == [Refusal.Problem(call: 0, "32001 bytes, more than 32000")])
        #expect(problems(Self.batch(call(bytes: 32_001)), BodyJudge(callBytesMax: 64_000)) == [])
    }

    @Test func everyBadCallIsToldUpToABound() {
        let bad = Self.call("track", #""userId":"u""#)
        let body = Array(#"{"batch":[\#(Array(repeating: bad, count: 50).joined(separator: ","))],"sentAt":"\#(Self.time)"}"#.utf8)
        #expect(problems(body).map(\.call) == (0..<20).map { $0 })
    }

    @Test func aSingleCallNeedNotRepeatItsType() throws {
        let call = #"{"messageId":"m","userId":"u","timestamp":"\#(Self.time)","event":"e"}"#
        #expect(try BodyJudge().judge(call: Array(call.utf8), type: .track).json == Array(call.utf8))
        #expect(throws: Refusal(status: 400, "group without groupId")) {
            try BodyJudge().judge(call: Array(#"{"messageId":"m","userId":"u","timestamp":"\#(Self.time)"}"#.utf8), type: .group)
        }
        #expect(throws: Refusal(status: 400, "type track sent to /page")) {
            try BodyJudge().judge(call: Array(Self.call("track", #""userId":"u","event":"e""#).utf8), type: .page)
        }
    }

    @Test func aRefusalIsJSONThatItsOwnReaderTakes() throws {
        let refusal = Refusal(status: 400, [.init(call: 3, "a \"quote\" and \\ and \u{1}"), .init("the request")])
        #expect(
            refusal.body(isStrict: true)
                == #"{"errors":[{"call":3,"what":"a \"quote\" and \\ and \u0001"},{"what":"the request"}]}"#)
        let lenient = try JSONDocument(Array(refusal.body(isStrict: false).utf8))
        #expect(lenient.members(of: lenient.root).count == 2)
    }
}
