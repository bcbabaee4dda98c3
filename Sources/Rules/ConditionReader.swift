// Reads `where:` maps.

import Documents
import Patterns

struct ConditionReader {
    let scope: Scope
    let problems: ProblemCollector

    /// The conditions of the map `node`; all must hold.
    func conditions(_ node: Node) -> [Condition] {
        guard let entries = node.entries(of: "`where`", in: problems) else { return [] }
        if entries.isEmpty { problems.add("`where` is empty", at: node, hint: "where: { field: value }") }
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
        return nodes.map { conditions($0) }
    }

    private func test(_ node: Node, of field: String) -> Condition.Test? {
        if case .map = node.content { return longForm(node, of: field) }
        if let text = node.text, let comparison = comparison(text, at: node) { return comparison }
        guard let values = node.strings(in: problems, what: field) else { return nil }
        return .oneOf(values.map { [UInt8]($0.utf8) })
    }

    private func longForm(_ node: Node, of field: String) -> Condition.Test? {
        guard let map = node.mapping(of: "the condition on `\(field)`", keys: ["regex", "exists", "not"], in: problems) else { return nil }
        guard map.entries.count == 1, let entry = map.entries.first else {
            problems.add("a condition is one of `regex`, `exists`, `not`", at: node, hint: "\(field): { regex: '^/admin' }")
            return nil
        }
        switch entry.name {
        case "regex": return Pattern.read(entry.value, what: "regex", in: problems).map { .matches($0) }
        case "exists": return entry.value.bool(in: problems, what: "exists").map { .exists($0) }
        default: return test(entry.value, of: field).map { .not($0) }
        }
    }

    /// `'>= 500'`: an order sign, space, a number.
    private func comparison(_ text: String, at node: Node) -> Condition.Test? {
        guard let sign = Condition.Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let number = text.dropFirst(sign.rawValue.count).drop { $0 == " " }
        guard let value = Double(number), value.isFinite else {
            problems.add(
                "\(quoted(text)) compares with no number", at: node,
                hint: "write '\(sign.rawValue) 500', or quote text to match in a list: ['\(text)']")
            return nil
        }
        return .compares(sign, value)
    }
}

extension Pattern {
    /// Compiles the pattern that the scalar `node` holds; nil and a problem at the place PCRE2 reports when it is none.
    static func read(_ node: Node, what: String, in problems: ProblemCollector) -> Pattern? {
        guard let text = node.string(in: problems, what: what) else { return nil }
        do {
            return try Pattern(text)
        } catch {
            let before = String(decoding: Array(text.utf8).prefix(error.offset), as: UTF8.self)
            problems.add("`\(what)` is not a valid pattern: \(error.message)", at: node.place(atOffset: before.count), hint: error.hint)
            return nil
        }
    }
}
