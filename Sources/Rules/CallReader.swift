// Reads a rule's calls: short forms, long forms, what captures fill in, and the API's rules as far as they can be checked
// before there is a record.

import Calls
import Documents

struct CallReader {
    let rule: Mapping
    let name: String
    let revision: Int
    let scope: Scope
    let problems: ProblemCollector
    /// Property names that the rule's author allows although they sound like secrets.
    let allowedSecrets: Set<String>

    /// The names of groups that fill a field of the call rather than its payload, where the call has that field.
    private static let idNames = ["userId", "anonymousId"]
    private static let timestampName = "timestamp"

    /// The rule's calls in the order in which they are emitted.
    func calls() -> [CallTemplate] {
        let written = CallType.allCases.filter { rule.key($0.rawValue) != nil }
        return written.compactMap { call($0, isOnlyCall: written.count == 1) }
    }

    private func call(_ type: CallType, isOnlyCall: Bool) -> CallTemplate? {
        guard let node = rule[type.rawValue], let key = rule.key(type.rawValue) else { return nil }
        var form = LongForm()
        let article = type == .identify || type == .alias ? "an" : "a"
        switch node.content {
        case .map:
            var keys = ["userId", "context", "integrations", "timestamp"]
            if type != .alias { keys.append("anonymousId") }
            keys += [type.ownField, type.payloadKey].compactMap { $0 }
            guard let map = node.mapping(of: "\(article) \(type.rawValue) call", keys: keys, in: problems) else { return nil }
            form = LongForm(map, type)
        case .scalar("true", isPlain: true), .null: break
        case .scalar where type == .identify: form.userId = node
        default: form.own = node
        }
        if !isOnlyCall, form.payload == nil, let payloadKey = type.payloadKey {
            problems.add(
                "with several calls in a rule, each says what it sends: `\(payloadKey)` is missing here", at: key,
                hint: "write \(type.rawValue): { …, \(payloadKey): { name: '{{ group }}' } }, or \(payloadKey): {} for none")
        }
        return build(type, form, at: key, article: article, usesCaptures: isOnlyCall)
    }

    /// The nodes of a call's long form.
    private struct LongForm {
        var userId: Node?
        var anonymousId: Node?
        var own: Node?
        var payload: Node?
        var context: Node?
        var integrations: Node?
        var timestamp: Node?

        init() {}

        init(_ map: Mapping, _ type: CallType) {
            userId = map["userId"]
            anonymousId = map["anonymousId"]
            own = type.ownField.flatMap { map[$0] }
            payload = type.payloadKey.flatMap { map[$0] }
            context = map["context"]
            integrations = map["integrations"]
            timestamp = map["timestamp"]
        }
    }

    private func build(_ type: CallType, _ form: LongForm, at key: Node, article: String, usesCaptures: Bool) -> CallTemplate? {
        let countBefore = problems.problems.count
        let userId = template(form.userId, "userId")
        let anonymousId = type == .alias ? nil : template(form.anonymousId, "anonymousId")
        let own = type.ownField.flatMap { template(form.own, $0) }
        let call = CallTemplate(
            type: type, ids: MessageIDMaker(rule: name, revision: revision, type: type), userId: userId, anonymousId: anonymousId, own: own,
            payload: payload(type, form, usesCaptures: usesCaptures), context: members(form.context ?? rule["context"], "context"),
            integrations: members(form.integrations ?? rule["integrations"], "integrations"),
            timestamp: template(form.timestamp ?? rule["timestamp"], Self.timestampName),
            checksEventName: type == .track && own?.literal == nil)
        // A template that could not be read was reported; that its field is missing would be said twice.
        guard problems.problems.count == countBefore else { return nil }
        checkIsComplete(call, at: key, article: article)
        checkNames(call, form, at: key)
        return call
    }

    /// What the call says of a field, or else the group of that name.
    private func template(_ node: Node?, _ field: String) -> Template? {
        if let node { return TemplateParser.parse(node, what: field, scope: scope, in: problems) }
        guard let group = scope.groupNames.firstIndex(of: field) else { return nil }
        return Template(.capture(group, .string))
    }

    private func members(_ node: Node?, _ what: String) -> [Payload.Member] {
        node.map { Payload.members($0, of: "`\(what)`", scope: scope, in: problems) } ?? []
    }

    private func payload(_ type: CallType, _ form: LongForm, usesCaptures: Bool) -> [Payload.Member] {
        guard let payloadKey = type.payloadKey else { return [] }
        if form.payload != nil { return members(form.payload, payloadKey) }
        guard usesCaptures else { return [] }
        var payload: [Payload.Member] = scope.groupNames.enumerated().compactMap { index, group in
            if Self.idNames.contains(group) || group == Self.timestampName || group == type.ownField || group.hasPrefix("_") { return nil }
            return .init(key: JSONKey(group), value: .value(Template(.capture(index, scope.groupTypes[group] ?? .string))))
        }
        for added in members(rule["add"], "add") {
            payload.removeAll { $0.key == added.key }
            payload.append(added)
        }
        return payload
    }

    private func checkIsComplete(_ call: CallTemplate, at key: Node, article: String) {
        let what = "\(article) \(call.type.rawValue) call"
        if call.type.requiresOwnField, let field = call.type.ownField, call.own == nil || call.own?.literal == [] {
            problems.add(
                "\(what) needs \(field.first == "e" ? "an" : "a") `\(field)`", at: key,
                hint: "write \(call.type.rawValue): { \(field): … }, or name a group (?<\(field)>…) in `match`")
        }
        let hasUser = call.userId != nil && call.userId?.literal != []
        if call.type == .alias, !hasUser {
            problems.add(
                "an alias call needs a `userId`", at: key, hint: "write alias: { userId: …, previousId: … }, or name a group (?<userId>…)")
        } else if !hasUser, call.anonymousId == nil {
            problems.add(
                "\(what) needs a `userId` or an `anonymousId`", at: key,
                hint: "name a group (?<userId>…) in `match`, or write \(call.type.rawValue): { userId: '{{ field }}', … }")
        }
    }

    /// Names that would change people or settings, or give secrets away.
    private func checkNames(_ call: CallTemplate, _ form: LongForm, at key: Node) {
        if call.type == .track, let event = call.own?.literal.map({ String(decoding: $0, as: UTF8.self) }),
            ReservedNames.events.contains(event), !scope.context.allowedReservedEvents.contains(event)
        {
            problems.add(
                "the event \(quoted(event)) is a command: it changes or deletes people", at: form.own ?? key,
                hint: "choose another name, or list it under the destination's `allow_reserved_events`")
        }
        for name in call.payload.map(\.key.name) {
            let place = form.payload ?? rule["add"] ?? key
            if call.type == .track, ReservedNames.properties.contains(name) {
                problems.add("the property \(quoted(name)) overrides how messages are sent", at: place, hint: "choose another name")
            }
            if call.type == .identify, ReservedNames.isReservedTrait(name) {
                problems.add(
                    "the trait \(quoted(name)) is reserved: it changes who a person is or what they receive", at: place,
                    hint: "choose another name")
            }
            if ReservedNames.soundsSecret(name), !allowedSecrets.contains(name) {
                problems.add(
                    "\(quoted(name)) sounds like a secret", at: place,
                    hint: "do not send it, or say that it is none: allow_secret: [\(name)] in the rule")
            }
        }
    }
}
