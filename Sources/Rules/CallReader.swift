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
    /// A record's object may be the whole payload, with whatever it holds.
    let allowsRaw: Bool

    /// The names of groups that fill a field of the call rather than its payload, where the call has that field.
    private static let idNames = ["userId", "anonymousId"]
    private static let timestampName = "timestamp"

    /// The rule's calls in the order in which they are emitted.
    func calls() -> [CallTemplate] {
        let written = CallType.allCases.filter { rule.key($0.rawValue) != nil }
        if written.count > 1, let add = rule.key("add") {
            problems.add(
                "`add` is for a rule with one call that sends its captures; this one has \(written.count)", at: add,
                hint: "write the values into each call's `properties` or `traits`")
        }
        return written.compactMap { call($0, isOnlyCall: written.count == 1) }
    }

    private func call(_ type: CallType, isOnlyCall: Bool) -> CallTemplate? {
        guard let node = rule[type.rawValue], let key = rule.key(type.rawValue) else { return nil }
        let countBefore = problems.problems.count
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
        let call = build(type, form, article: article, usesCaptures: isOnlyCall)
        // What could not be read was reported; that it is missing would be said twice.
        guard problems.problems.count == countBefore else { return nil }
        checkIsComplete(call, at: key, article: article)
        checkNames(call, form, at: key)
        return call
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

    private func build(_ type: CallType, _ form: LongForm, article: String, usesCaptures: Bool) -> CallTemplate {
        let userId = template(form.userId, "userId")
        let anonymousId = type == .alias ? nil : template(form.anonymousId, "anonymousId")
        let own = type.ownField.flatMap { template(form.own, $0) }
        return CallTemplate(
            type: type, ids: MessageIDMaker(rule: name, revision: revision, type: type), userId: userId, anonymousId: anonymousId, own: own,
            payload: payload(type, form, article: article, usesCaptures: usesCaptures),
            context: context(form.context ?? rule["context"]),
            integrations: members(form.integrations ?? rule["integrations"], "integrations"),
            timestamp: template(form.timestamp ?? rule["timestamp"], Self.timestampName),
            refusedEvents: type == .track && own?.literal == nil ? reservedEvents : [])
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

    private func context(_ node: Node?) -> [Payload.Member] {
        let members = members(node, "context")
        if let node, members.contains(where: { $0.key.name == "library" }) {
            let place = names(in: node, isNested: false).first { $0.name == "library" }?.node ?? node
            problems.add("`library` in `context` names this program in every call", at: place, hint: "leave it out, or choose another name")
        }
        return members
    }

    /// The reserved events that the rule may not send.
    private var reservedEvents: [[UInt8]] {
        ReservedNames.events.subtracting(scope.allowedReservedEvents).sorted().map { [UInt8]($0.utf8) }
    }

    private func payload(_ type: CallType, _ form: LongForm, article: String, usesCaptures: Bool) -> Payload {
        guard let payloadKey = type.payloadKey else {
            if usesCaptures, let add = rule.key("add") {
                problems.add("\(article) \(type.rawValue) call has neither properties nor traits to `add` to", at: add)
            }
            return .object([])
        }
        if let node = form.payload {
            if usesCaptures, let add = rule.key("add") {
                problems.add("`add` has no effect beside `\(payloadKey)`", at: add, hint: "write its values into `\(payloadKey)`")
            }
            return node.text == nil ? .object(members(node, payloadKey)) : raw(node, payloadKey)
        }
        guard usesCaptures else { return .object([]) }
        var payload: [Payload.Member] = scope.groupNames.enumerated().compactMap { index, group in
            if Self.idNames.contains(group) || group == Self.timestampName || group == type.ownField || group.hasPrefix("_") { return nil }
            return .init(key: JSONKey(group), value: .value(Template(.capture(index, scope.groupTypes[group] ?? .string))))
        }
        for added in members(rule["add"], "add") {
            payload.removeAll { $0.key == added.key }
            payload.append(added)
        }
        return .object(payload)
    }

    /// One template for the whole payload. The names in it are whatever the record says, so a rule must ask for that.
    private func raw(_ node: Node, _ key: String) -> Payload {
        if !allowsRaw {
            problems.add(
                "`\(key)` takes a whole object from the record, with any name that is in it", at: node,
                hint: "write \(key): { name: '{{ field }}' }, or, if nobody else writes such records, allow_raw: true in the rule")
        }
        guard let template = TemplateParser.parse(node, what: key, scope: scope, in: problems) else { return .object([]) }
        if template.isText { problems.add("a text is no object for `\(key)`", at: node, hint: "write \(key): '{{ field }}'") }
        return .value(template)
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
        } else if !hasUser, call.anonymousId == nil || call.anonymousId?.literal == [] {
            problems.add(
                "\(what) needs a `userId` or an `anonymousId`", at: key,
                hint: "name a group (?<userId>…) in `match`, or write \(call.type.rawValue): { userId: '{{ field }}', … }")
        }
    }

    /// Names that would change people or settings, or give secrets away.
    private func checkNames(_ call: CallTemplate, _ form: LongForm, at key: Node) {
        if call.type == .track, let event = call.own?.literal.map({ String(decoding: $0, as: UTF8.self) }),
            ReservedNames.events.contains(event), !scope.allowedReservedEvents.contains(event)
        {
            problems.add(
                "the event \(quoted(event)) is a command: it changes or deletes people", at: form.own ?? key,
                hint: "choose another name, or list it under `allow_reserved_events` of each destination that gets it")
        }
        for placed in names(of: call, form, at: key) {
            let name = placed.name
            if call.type == .track, !placed.isNested, ReservedNames.properties.contains(name) {
                problems.add("the property \(quoted(name)) overrides how messages are sent", at: placed.node, hint: "choose another name")
            }
            if call.type == .identify, !placed.isNested, ReservedNames.isReservedTrait(name) {
                problems.add(
                    "the trait \(quoted(name)) is reserved: it changes who a person is or what they receive", at: placed.node,
                    hint: "choose another name")
            }
            if ReservedNames.soundsSecret(name), !allowedSecrets.contains(name) {
                problems.add(
                    "\(quoted(name)) sounds like a secret", at: placed.node,
                    hint: "do not send it, or say that it is none: allow_secret: [\(name)] in the rule")
            }
        }
    }

    /// The name of a property or trait, and where it is written.
    private struct PlacedName {
        var name: String
        var node: Node
        /// Inside another property or trait.
        var isNested: Bool
    }

    /// All names in the call's payload; those of captures stand where the call does.
    private func names(of call: CallTemplate, _ form: LongForm, at key: Node) -> [PlacedName] {
        let written = (form.payload ?? rule["add"]).map { names(in: $0, isNested: false) } ?? []
        let captured = call.payload.members.map(\.key.name).filter { name in !written.contains { $0.name == name } }
        return written + captured.map { PlacedName(name: $0, node: key, isNested: false) }
    }

    private func names(in node: Node, isNested: Bool) -> [PlacedName] {
        switch node.content {
        case .map(let entries):
            entries.flatMap { [PlacedName(name: $0.name, node: $0.key, isNested: isNested)] + names(in: $0.value, isNested: true) }
        case .list(let nodes): nodes.flatMap { names(in: $0, isNested: true) }
        case .null, .scalar: []
        }
    }
}
