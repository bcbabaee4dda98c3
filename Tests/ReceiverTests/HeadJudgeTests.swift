// One bad head for each rule.

import Calls
import Receiver
import Testing

struct HeadJudgeTests {
    private func head(_ change: (inout RequestHead) -> Void = { _ in }) -> RequestHead {
        var head = RequestHead(method: "POST", path: "/v1/batch")
        head.authorization = "Basic a2V5Og=="
        head.contentType = "application/json"
        head.contentLength = "475000"
        change(&head)
        return head
    }

    private func status(_ judge: HeadJudge = HeadJudge(), _ change: (inout RequestHead) -> Void) -> Int? {
        do throws(Refusal) {
            _ = try judge.judge(head(change))
            return nil
        } catch {
            return error.status
        }
    }

    @Test(arguments: ["/batch", "/v1/batch", "/a/b/batch?x=/track"])
    func anyPrefixLeadsToTheBatch(_ path: String) throws {
        #expect(try HeadJudge().judge(head { $0.path = path }) == .batch)
    }

    @Test(arguments: CallType.allCases)
    func eachCallHasItsPath(_ type: CallType) throws {
        #expect(try HeadJudge().judge(head { $0.path = "/v1/\(type.rawValue)" }) == .call(type))
    }

    @Test func healthNeedsNoKey() throws {
        #expect(try HeadJudge().judge(RequestHead(method: "GET", path: "/healthz")) == .health)
    }

    @Test(arguments: ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
    func theCharsetMayBeSaid(_ contentType: String) throws {
        #expect(try HeadJudge().judge(head { $0.contentType = contentType }) == .batch)
    }

    @Test func everyRuleHasItsStatus() {
        #expect(status { $0.path = "/v1/batch/" } == 404)
        #expect(status { $0.path = "/v1/import" } == 404)
        #expect(status { $0.path = "" } == 404)
        #expect(status { $0.method = "GET" } == 405)
        #expect(status { $0.method = "PUT" } == 405)
        #expect(status { $0.path = "/healthz" } == 405)
        #expect(status { $0.authorization = nil } == 401)
        #expect(status { $0.authorization = "Basic key" } == 401)
        #expect(status(HeadJudge(apiKey: "other")) { _ in } == 401)
        #expect(status(HeadJudge(apiKey: "key")) { _ in } == nil)
        #expect(status { $0.contentType = nil } == 415)
        #expect(status { $0.contentType = "text/plain" } == 415)
        #expect(status { $0.contentType = "application/json; charset=latin1" } == 415)
        #expect(status { $0.contentEncoding = "gzip" } == 415)
        #expect(status { $0.contentLength = nil } == 411)
        #expect(status { $0.contentLength = "-1" } == 400)
        #expect(status { $0.contentLength = "475001" } == 413)
    }
}
