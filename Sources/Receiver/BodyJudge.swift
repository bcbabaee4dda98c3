// Judges the body of a request by the rules of the Pipelines API: the shapes of its OpenAPI file, its limits, and what it
// drops in silence. A body is taken whole or not at all; every call that is wrong is named with its first fault.
//
// Stricter than the API where a slip of the sender's would lose data unseen: fields that the API does not know, a null
// anywhere, a time in any other form than WireTimestamp, an id twice in one request. A sender that does not ask for strictness
// (`X-Strict-Mode`), as the official SDKs do not, may send what the API itself takes: nulls, times with offsets, a category.

package import Calls

package struct BodyJudge: Sendable {
    /// The most bytes of one call.
    package let callBytesMax: Int
    /// Whether the sender asked for strictness.
    package var isStrict = true

    /// The longest message id in bytes, a limit of our own: the receiver remembers ids.
    package static let messageIDBytesMax = 100

    package init(callBytesMax: Int = CallLimits.callBytesMax) {
        self.callBytesMax = callBytesMax
    }

    /// Judges the body of POST /batch.
    package func judge(batch bytes: [UInt8]) throws(Refusal) -> [AcceptedCall] {
        let document = try read(bytes)
        guard document.kind(of: document.root) == .object else { throw Refusal(status: 400, "the body is not an object") }
        let envelope = document.members(of: document.root)
        guard let batch = member("batch", of: envelope, in: document) else { throw Refusal(status: 400, "no batch") }
        guard document.kind(of: batch) == .array else { throw Refusal(status: 400, "batch is not an array") }
        let elements = document.elements(of: batch)
        guard !elements.isEmpty else { throw Refusal(status: 400, "batch is empty") }
        guard let sentAt = member("sentAt", of: envelope, in: document) else { throw Refusal(status: 400, "no sentAt") }
        guard isTime(sentAt, in: document) else { throw Refusal(status: 400, timeProblem("sentAt")) }
        for member in envelope where isStrict && document.kind(of: member.value) == .null {
            throw Refusal(status: 400, "\(Refusal.quote(document.content(of: member.key))) is null")
        }

        var accepted: [AcceptedCall] = []
        var problems: [Refusal.Problem] = []
        var places: [[UInt8]: Int] = [:]
        for (place, element) in elements.enumerated() {
            do throws(CallFault) {
                let call = try judge(element, in: document, impliedType: nil)
                if let earlier = places.updateValue(place, forKey: call.messageID) {
                    throw CallFault("messageId is that of call \(earlier), too")
                }
                accepted.append(call)
            } catch {
                problems.append(Refusal.Problem(call: place, error.what))
            }
        }
        guard problems.isEmpty else { throw Refusal(status: 400, problems) }
        return accepted
    }

    /// Judges the body of POST /identify, /track and so on: one call, which need not repeat its type.
    package func judge(call bytes: [UInt8], type: CallType) throws(Refusal) -> AcceptedCall {
        let document = try read(bytes)
        do {
            return try judge(document.root, in: document, impliedType: type)
        } catch {
            throw Refusal(status: 400, error.what)
        }
    }

    private func read(_ bytes: [UInt8]) throws(Refusal) -> JSONDocument {
        do {
            return try JSONDocument(bytes)
        } catch {
            throw Refusal(status: 400, "the body is not the JSON we take: \(error)")
        }
    }

    private func judge(
        _ value: JSONDocument.Value, in document: JSONDocument, impliedType: CallType?
    ) throws(CallFault) -> AcceptedCall {
        let range = document.range(of: value)
        guard document.kind(of: value) == .object else { throw CallFault("not an object") }
        guard range.count <= callBytesMax else { throw CallFault("\(range.count) bytes, more than \(callBytesMax)") }
        if isStrict, let null = document.firstNull(in: value) {
            throw CallFault("a null, \(document.range(of: null).lowerBound - range.lowerBound) bytes into the call")
        }
        // Only a sender that is not strict gets this far with a null; the API takes it as a field that is not there.
        let members = document.members(of: value).filter { document.kind(of: $0.value) != .null }
        let type = try type(of: members, in: document, impliedType: impliedType)
        for member in members {
            try judge(member, ofCall: type, in: document)
        }
        func has(_ name: String) -> Bool { self.member(name, of: members, in: document) != nil }
        if type == .alias, !has("userId") { throw CallFault("alias without userId") }
        guard has("userId") || has("anonymousId") else { throw CallFault("neither userId nor anonymousId") }
        if let own = type.ownField, type.requiresOwnField, !has(own) { throw CallFault("\(type.rawValue) without \(own)") }
        guard has("timestamp") else { throw CallFault("no timestamp") }
        guard let messageID = member("messageId", of: members, in: document) else { throw CallFault("no messageId") }
        return AcceptedCall(type: type, messageID: document.content(of: messageID), json: document.bytes[range])
    }

    private func type(
        of members: [JSONDocument.Member], in document: JSONDocument, impliedType: CallType?
    ) throws(CallFault) -> CallType {
        guard let value = member("type", of: members, in: document) else {
            guard let impliedType else { throw CallFault("no type") }
            return impliedType
        }
        let name = document.content(of: value)
        guard let type = CallType.allCases.first(where: { name.elementsEqual($0.rawValue.utf8) }) else {
            throw CallFault("type \(Refusal.quote(Array(document.bytes[document.range(of: value)]))) is none of the six")
        }
        if let impliedType, type != impliedType { throw CallFault("type \(type.rawValue) sent to /\(impliedType.rawValue)") }
        return type
    }

    /// Judges one field by its name: that the type has it, and what it holds.
    private func judge(_ member: JSONDocument.Member, ofCall type: CallType, in document: JSONDocument) throws(CallFault) {
        let name = String(decoding: document.content(of: member.key), as: UTF8.self)
        let kind = document.kind(of: member.value)
        switch name {
        case "type": return
        case "messageId":
            try requireText(name, member.value, in: document)
            let count = document.content(of: member.value).count
            guard count <= Self.messageIDBytesMax else {
                throw CallFault("messageId of \(count) bytes, more than \(Self.messageIDBytesMax)")
            }
        case "timestamp", "originalTimestamp", "sentAt":
            guard isTime(member.value, in: document) else { throw CallFault(timeProblem(name)) }
        case "category" where !isStrict && (type == .page || type == .screen): return
        case "userId", "anonymousId", type.ownField: try requireText(name, member.value, in: document)
        case "context", "integrations", type.payloadKey:
            guard kind == .object else { throw CallFault("\(name) is not an object") }
        default:
            throw CallFault("\(Refusal.quote(document.content(of: member.key))) is no field of \(type.rawValue), the API would drop it")
        }
    }

    private func isTime(_ value: JSONDocument.Value, in document: JSONDocument) -> Bool {
        let text = document.content(of: value)
        return WireTimestamp.isValid(text) || (!isStrict && WireTimestamp.isDateTime(text))
    }

    private func requireText(_ name: String, _ value: JSONDocument.Value, in document: JSONDocument) throws(CallFault) {
        guard document.kind(of: value) == .string else { throw CallFault("\(name) is not a string") }
        guard !document.content(of: value).isEmpty else { throw CallFault("\(name) is empty") }
    }

    private func member(_ name: String, of members: [JSONDocument.Member], in document: JSONDocument) -> JSONDocument.Value? {
        members.first { document.content(of: $0.key).elementsEqual(name.utf8) }?.value
    }

    private func timeProblem(_ name: String) -> String {
        "\(name) is not a time in UTC with milliseconds, like 2026-11-23T06:37:03.066Z"
    }
}

/// The first thing wrong with a call.
private struct CallFault: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}
