// Properties, traits, context and integrations: trees of templates that become JSON objects.

import Calls
import Documents

/// A value of a payload.
indirect enum Payload: Sendable {
    case value(Template)
    case object([Member])
    case list([Payload])

    /// A class, so that the path from records to calls passes it on without copying it.
    final class Member: Sendable {
        let key: JSONKey
        let value: Payload
        /// Both, where the value is a text that is known before any record is.
        let fixed: JSONMember?

        init(key: JSONKey, value: Payload) {
            self.key = key
            self.value = value
            fixed = if case .value(let template) = value { template.literal.map { key.member($0) } } else { nil }
        }
    }

    /// The members of an object.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// All templates in it.
    var templates: [Template] {
        switch self {
        case .value(let template): [template]
        case .object(let members): members.flatMap { $0.value.templates }
        case .list(let values): values.flatMap(\.templates)
        }
    }

    /// The members of the map `node`.
    static func members(_ node: Node, of what: String, scope: Scope, in problems: ProblemCollector) -> [Member] {
        guard let entries = node.entries(of: what, in: problems) else { return [] }
        return entries.compactMap { entry in
            read(entry.value, what: entry.name, scope: scope, in: problems).map { Member(key: JSONKey(entry.name), value: $0) }
        }
    }

    private static func read(_ node: Node, what: String, scope: Scope, in problems: ProblemCollector) -> Payload? {
        switch node.content {
        case .null:
            problems.add(
                "`\(what)` has no value", at: node, hint: "the API takes no null; leave the key out, or write '' for an empty text")
            return nil
        case .scalar(let text, let isPlain):
            if isPlain, let constant = constant(text) { return .value(Template(constant)) }
            return TemplateParser.parse(node, what: what, scope: scope, in: problems).map { .value($0) }
        case .map:
            return .object(members(node, of: what, scope: scope, in: problems))
        case .list(let nodes):
            return .list(nodes.compactMap { read($0, what: what, scope: scope, in: problems) })
        }
    }

    /// What an unquoted YAML scalar means other than text.
    static func constant(_ text: String) -> ValueSource? {
        if text == "true" || text == "false" { return .constant([UInt8](text.utf8), .boolean) }
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return nil
        }
        var canonical: [UInt8] = []
        guard case .written = DecimalNumber.write(Array(text.utf8).span, into: &canonical) else { return nil }
        return .constant(canonical, DecimalNumber.isDecimal(Array(text.utf8).span) ? .number : .integer)
    }
}
