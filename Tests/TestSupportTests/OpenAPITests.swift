// The validator finds what the OpenAPI file forbids, and nothing else.

import TestSupport
import Testing

struct OpenAPITests {
    private static let good: [String] = [
        #"{"type":"identify","userId":"u","traits":{"email":"a@example.com","created_at":"2026-11-23T06:37:03.066Z","plan":7}}"#,
        #"{"type":"track","userId":"u","messageId":"m","timestamp":"2026-11-23T06:37:03+01:00","event":"e","properties":{"total":19.9,"x":null}}"#,
        #"{"type":"page","anonymousId":"a","name":"Home","properties":{"url":"https://example.com/a?b=c#d"}}"#,
        #"{"type":"screen","userId":"u","context":{"library":{"name":"eventail","version":"1"},"page":{"referrer":"https://example.com"}}}"#,
        #"{"type":"group","userId":"u","groupId":"g","traits":{"name":"n","more":[1]}}"#,
        #"{"type":"alias","userId":"u","previousId":"p"}"#,
    ]

    private func problems(_ calls: [String]) throws -> [String] {
        let body = #"{"batch":[\#(calls.joined(separator: ","))],"sentAt":"2026-11-23T06:37:04.000Z"}"#
        return try OpenAPI.pipelines().problems(inBatchBody: Array(body.utf8))
    }

    @Test func aGoodBatchHasNoProblems() throws {
        #expect(try problems(Self.good) == [])
    }

    @Test(arguments: [
        (
            #"{"type":"delete","userId":"u"}"#,
            ["body.batch[0].type: 'delete' is none of the allowed values", "body.batch[0]: no schema DeleteRequest"]
        ),
        (#"{"type":1}"#, ["body.batch[0].type: integer instead of string"]),
        (#"{"userId":"u"}"#, ["body.batch[0]: no type"]),
        (#"[]"#, ["body.batch[0]: array instead of object"]),
        (#"{"type":"track","userId":"u"}"#, ["body.batch[0]: no event"]),
        (#"{"type":"group","userId":"u"}"#, ["body.batch[0]: no groupId"]),
        (
            #"{"type":"alias"}"#,
            ["body.batch[0]: no previousId", "body.batch[0]: no userId", "body.batch[0]: neither userId nor anonymousId"]
        ),
        (#"{"type":"screen"}"#, ["body.batch[0]: neither userId nor anonymousId"]),
        (#"{"type":"screen","userId":7}"#, ["body.batch[0].userId: integer instead of string"]),
        (#"{"type":"screen","userId":true}"#, ["body.batch[0].userId: boolean instead of string"]),
        (#"{"type":"screen","userId":null}"#, ["body.batch[0].userId: null instead of string"]),
        (#"{"type":"track","userId":"u","event":"e","properties":[]}"#, ["body.batch[0].properties: array instead of object"]),
        (#"{"type":"track","userId":"u","event":1.5}"#, ["body.batch[0].event: number instead of string"]),
        (#"{"type":"identify","userId":"u","traits":{"email":"nobody"}}"#, ["body.batch[0].traits.email: 'nobody' is no email"]),
        (
            #"{"type":"identify","userId":"u","timestamp":"2026-02-30T00:00:00Z"}"#,
            ["body.batch[0].timestamp: '2026-02-30T00:00:00Z' is no date-time"]
        ),
        (#"{"type":"identify","userId":"u","timestamp":"23/Nov/2026"}"#, ["body.batch[0].timestamp: '23/Nov/2026' is no date-time"]),
        (#"{"type":"page","userId":"u","properties":{"url":"/a b"}}"#, ["body.batch[0].properties.url: '/a b' is no uri"]),
        (
            #"{"type":"screen","userId":"u","context":{"os":{"version":1}}}"#,
            ["body.batch[0].context.os.version: integer instead of string"]
        ),
    ])
    func everyBreachIsFoundAtItsPlace(_ call: String, _ expected: [String]) throws {
        #expect(try problems([call]) == expected)
    }

    @Test func aBadEnvelopeIsFound() throws {
        let api = try OpenAPI.pipelines()
        #expect(api.problems(inBatchBody: Array("{}".utf8)) == ["body: no batch"])
        #expect(api.problems(inBatchBody: Array(#"{"batch":{}}"#.utf8)) == ["body.batch: object instead of array"])
        #expect(api.problems(inBatchBody: Array("[]".utf8)) == ["body: array instead of object"])
        #expect(api.problems(inBatchBody: Array(#"{"batch":[}"#.utf8)).first?.hasPrefix("the body is not JSON") == true)
    }

    @Test(arguments: ["oneOf: []", "minLength: 1", "format: uuid", "additionalProperties: {type: string}"])
    func aConstraintThatIsNotUnderstoodIsNotPassedOver(_ constraint: String) {
        #expect(throws: (any Error).self) { try OpenAPI(yaml: "components: {schemas: {A: {\(constraint)}}}") }
    }
}
