// One call that a person makes up on the command line, and what the API and we ask of it.

import Calls
import Foundation

package struct SingleCall: Sendable {
    package var type: String
    package var userId: String?
    package var anonymousId: String?
    package var event: String?
    package var name: String?
    package var groupId: String?
    package var previousId: String?
    /// `key=text` or `key:=JSON`.
    package var properties: [String] = []
    package var traits: [String] = []
    /// RFC 3339; nil: now.
    package var timestamp: String?

    package static let types = CallType.allCases.map(\.rawValue)

    package init(type: String) {
        self.type = type
    }

    /// The call as it is sent, with an id that no other has.
    /// - Parameter allowedReservedEvents: events that are commands, which the destination allows all the same.
    func encoded(allowedReservedEvents: [String]) throws(AgentError) -> [UInt8] {
        guard let type = CallType(rawValue: type) else {
            throw AgentError(.usage, "there is no call of the type \(type)", hint: "types: \(Self.types.joined(separator: ", "))")
        }
        try check(type, allowedReservedEvents)
        let time = try timestamp.map { text throws(AgentError) in try Clock.milliseconds(of: text) } ?? Clock.wallMilliseconds()
        var writer = CallWriter(version: programVersion)
        writer.begin(
            type, id: MessageID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)), time: CallTime(milliseconds: time))
        for (key, value) in [("userId", userId), ("anonymousId", anonymousId), (type.ownField ?? "", own(type))] {
            if let value { writer.string(JSONKey(key), Array(value.utf8).span) }
        }
        if let key = type.payloadKey {
            let mark = writer.open(JSONKey(key), .object)
            for member in try members(key == "traits" ? traits : properties) { writer.json(JSONKey(member.key), member.json.span) }
            writer.close(mark)
        }
        let context = writer.open(JSONKey("context"), .object)
        writer.libraryMember()
        writer.close(context)
        writer.end()
        let call = writer.call
        guard call.count <= CallLimits.callBytesMax else {
            throw AgentError(.usage, "the call has \(call.count) bytes, and \(CallLimits.callBytesMax) are the most")
        }
        return call
    }

    private func own(_ type: CallType) -> String? {
        switch type {
        case .alias: previousId
        case .identify: nil
        case .group: groupId
        case .page, .screen: name
        case .track: event
        }
    }

    private func check(_ type: CallType, _ allowedReservedEvents: [String]) throws(AgentError) {
        let given = [("event", event), ("name", name), ("groupId", groupId), ("previousId", previousId)].filter { $0.1 != nil }.map(\.0)
        for field in given where field != type.ownField { throw needless(field, type) }
        if !properties.isEmpty, type.payloadKey != "properties" { throw needless("properties", type) }
        if !traits.isEmpty, type.payloadKey != "traits" { throw needless("traits", type) }
        if let field = type.ownField, own(type).map(\.isEmpty) ?? type.requiresOwnField {
            throw AgentError(.usage, "a call of the type \(type.rawValue) needs \(field)")
        }
        let hasUser = userId?.isEmpty == false
        guard hasUser || (type != .alias && anonymousId?.isEmpty == false), userId != "", anonymousId != "" else {
            throw AgentError(
                .usage, "a call of the type \(type.rawValue) needs a user\(type == .alias ? "" : ", or somebody anonymous")",
                hint: "for example --user-id test-1")
        }
        if type == .track, let event, ReservedNames.events.contains(event), !allowedReservedEvents.contains(event) {
            throw AgentError(
                .usage, "the event \(event) is a command: it changes or deletes people",
                hint: "to send it all the same, list it under the destination's `allow_reserved_events`")
        }
    }

    private func needless(_ field: String, _ type: CallType) -> AgentError {
        AgentError(.usage, "a call of the type \(type.rawValue) has no \(field)")
    }

    private func members(_ texts: [String]) throws(AgentError) -> [(key: String, json: [UInt8])] {
        var members: [(key: String, json: [UInt8])] = []
        for text in texts {
            guard let equals = text.firstIndex(of: "="), let first = text.first, first != "=", !text.hasPrefix(":=") else {
                throw AgentError(.usage, "\(text) is neither key=text nor key:=JSON")
            }
            let value = Array(text[text.index(after: equals)...].utf8)
            var key = text[..<equals]
            var json: [UInt8] = []
            if key.last == ":" {
                key.removeLast()
                guard (try? JSONSerialization.jsonObject(with: Data(value), options: .fragmentsAllowed)) != nil else {
                    throw AgentError(.usage, "the value of \(key) is no JSON", hint: "write \(key)=text for a text")
                }
                json = value
            } else {
                json.appendJSONString(value.span)
            }
            guard !members.contains(where: { $0.key == key }) else { throw AgentError(.usage, "\(key) is there twice") }
            members.append((String(key), json))
        }
        return members
    }
}
