// Reads `where:` maps.

import Documents
import Patterns

struct ConditionReader {
    let scope: Scope
    /// How patterns read the record, as the rule says.
    let options: PatternOptions
    let named: NamedPatterns
    let problems: ProblemCollector

    /// The conditions of the map `node`; all must hold.
    func conditions(_ node: Node, of what: String) -> [Condition] {
        guard let entries = node.entries(of: what, in: problems) else { return [] }
        if entries.isEmpty { problems.add("\(what) is empty", at: node, hint: "{ field: value }") }
        return entries.compactMap { entry in
            switch entry.name {
            case "any": return lists(entry.value, "any").map { .any($0) }
            case "none": return lists(entry.value, "none").map { .none($0) }
            default:
                let source = scope.resolve(entry.name, at: entry.key.place, in: problems)
                let test = test(entry.value, of: entry.name)
                guard let source, let test else { return nil }
                return .field(source, test)
            }
        }
    }

    private func lists(_ node: Node, _ name: String) -> [[Condition]]? {
        guard let nodes = node.list(in: problems, what: name) else { return nil }
        if nodes.isEmpty { problems.add("`\(name)` is empty", at: node, hint: "\(name): [{ field: value }, { other: value }]") }
        return nodes.map { conditions($0, of: "an item of `\(name)`") }
    }

    private func test(_ node: Node, of field: String) -> Condition.Test? {
        if case .map = node.content { return longForm(node, of: field) }
        if let text = node.text, let comparison = comparison(text, at: node) { return comparison }
        guard let values = node.strings(in: problems, what: field) else { return nil }
        if values.isEmpty { problems.add("the condition on `\(field)` names no value", at: node, hint: "\(field): [one, other]") }
        return .oneOf(values.map { [UInt8]($0.utf8) })
    }

    private func longForm(_ node: Node, of field: String) -> Condition.Test? {
        guard let map = node.mapping(of: "the condition on `\(field)`", keys: ["regex", "exists", "not"], in: problems) else { return nil }
        guard map.entries.count == 1, let entry = map.entries.first else {
            if map.entries.isEmpty, case .map(let written) = node.content, !written.isEmpty { return nil }
            problems.add("a condition is one of `regex`, `exists`, `not`", at: node, hint: "\(field): { regex: '^/admin' }")
            return nil
        }
        switch entry.name {
        case "regex": return WrittenPattern.read(entry.value, options, named, what: "regex", in: problems).map { .matches($0.pattern) }
        case "exists": return entry.value.bool(in: problems, what: "exists").map { .exists($0) }
        default: return test(entry.value, of: field).map { .not($0) }
        }
    }

    /// `'>= 500'`: an order sign, space, a number.
    private func comparison(_ text: String, at node: Node) -> Condition.Test? {
        guard let sign = Condition.Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let number = text.dropFirst(sign.rawValue.count).drop { $0 == " " }
        guard let value = DecimalNumber.value(Array(number.utf8).span) else {
            let example = sign == .unequal ? "{ not: … }" : "'\(sign.rawValue) 500'"
            problems.add(
                "\(quoted(text)) compares with no number", at: node,
                hint: "write \(example), or, if this is the text to find, a list of one: ['\(text)']")
            return nil
        }
        return .compares(sign, value)
    }
}
