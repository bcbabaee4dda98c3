// Judges a request before its body: where it goes, who sends it, what it says the body is.

package import Calls

/// What the judge wants to know of a request's head.
package struct RequestHead: Sendable {
    package var method: String
    /// The path with its query.
    package var path: String
    package var authorization: String?
    package var contentType: String?
    package var contentLength: String?
    package var contentEncoding: String?
    package var strictMode: String?

    package init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    /// Whether the sender asks to be told what is wrong.
    package var isStrict: Bool { strictMode == "1" }
}

/// What a request asks for.
package enum Endpoint: Hashable, Sendable {
    case health
    case batch
    case call(CallType)
}

package struct HeadJudge: Sendable {
    /// The most bytes of a body.
    package let bodyBytesMax: Int
    /// The only key that is accepted; nil: any.
    package let apiKey: String?

    package init(bodyBytesMax: Int = CallLimits.batchBytesMax, apiKey: String? = nil) {
        self.bodyBytesMax = bodyBytesMax
        self.apiKey = apiKey
    }

    package func judge(_ head: RequestHead) throws(Refusal) -> Endpoint {
        let name = head.path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if name == "healthz" {
            guard head.method == "GET" else { throw Refusal(status: 405, "healthz takes GET only") }
            return .health
        }
        let type = CallType(rawValue: String(name))
        guard name == "batch" || type != nil else {
            throw Refusal(status: 404, "no such path: it ends in /batch, in the name of a call like /track, or is /healthz")
        }
        guard head.method == "POST" else { throw Refusal(status: 405, "\(name) takes POST only") }
        try judgeKey(head)
        try judgeContent(head)
        try judgeLength(head)
        return if let type { .call(type) } else { .batch }
    }

    private func judgeKey(_ head: RequestHead) throws(Refusal) {
        guard let authorization = head.authorization else { throw Refusal(status: 401, "no Authorization") }
        guard let key = Credentials.key(inAuthorization: authorization) else {
            throw Refusal(status: 401, "Authorization is neither Basic with the key and no password nor Bearer with the key")
        }
        if let apiKey, key != apiKey { throw Refusal(status: 401, "not the key of this receiver") }
    }

    private func judgeContent(_ head: RequestHead) throws(Refusal) {
        let parts = (head.contentType ?? "").lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
        guard parts == ["application/json"] || parts == ["application/json", "charset=utf-8"] else {
            throw Refusal(status: 415, "Content-Type is not application/json")
        }
        guard head.contentEncoding == nil else { throw Refusal(status: 415, "Content-Encoding is not supported") }
    }

    private func judgeLength(_ head: RequestHead) throws(Refusal) {
        guard let text = head.contentLength else { throw Refusal(status: 411, "no Content-Length") }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let bytes = Int(text) else {
            throw Refusal(status: 400, "Content-Length is not a number")
        }
        guard bytes <= bodyBytesMax else { throw Refusal(status: 413, "a body of \(bytes) bytes, more than \(bodyBytesMax)") }
    }
}
