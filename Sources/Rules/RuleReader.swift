// Reads one rule out of a rule file. Every mistake is reported where it stands; reading goes on, so that all are seen at once.

import Calls
import Documents
import Formats
import Patterns

struct RuleReader {
    let fields: FieldNames
    let tables: [String: LookupTable]
    let named: NamedPatterns
    let context: RuleContext
    let problems: ProblemCollector

    private static let ownKeys = [
        "name", "revision", "mode", "final", "destinations", "field", "match", "utf", "where", "types", "key", "add", "context",
        "integrations",
        "timestamp",
        "allow_raw", "allow_secret", "tests",
    ]

    /// The rule that `node` describes; nil when a problem was reported.
    func rule(_ node: Node) -> Rule? {
        let countBefore = problems.problems.count
        guard let map = node.mapping(of: "a rule", keys: Self.ownKeys + CallType.allCases.map(\.rawValue), in: problems) else { return nil }
        let hasUnknownKeys = problems.problems.count > countBefore
        let name = self.name(map)
        let options = PatternOptions(utf: map["utf"]?.bool(in: problems, what: "utf") ?? false)
        guard let written = patterns(map, options) else { return nil }
        let patterns = written.map(\.pattern)
        let subject = self.subject(map)
        let destinations = self.destinations(map)
        let scope = scope(map, patterns, destinations)
        let conditions =
            map["where"].map {
                ConditionReader(scope: scope, options: options, named: named, problems: problems).conditions($0, of: "`where`")
            } ?? []
        if map["match"] == nil, map["where"] == nil {
            problems.add("a rule needs `match` or `where`", at: node, hint: "match: 'text with (?<userId>\\S+)'")
        }
        let revision = map["revision"]?.integer(in: problems, what: "revision", range: 1...Int(Int32.max)) ?? 1
        let calls = CallReader(
            rule: map, name: name, revision: revision, scope: scope, problems: problems,
            allowedSecrets: Set(map["allow_secret"]?.strings(in: problems, what: "allow_secret") ?? []),
            allowsRaw: map["allow_raw"]?.bool(in: problems, what: "allow_raw") ?? false
        ).calls()
        // A call's key may be the one that was mistyped.
        if !hasUnknownKeys { checkHasCall(map, node) }
        let mode =
            map["mode"]?.oneOf(Rule.Mode.allCases.map(\.rawValue), in: problems, what: "mode").flatMap { Rule.Mode(rawValue: $0) } ?? .live
        let isFinal = map["final"]?.bool(in: problems, what: "final") ?? false
        let key = map["key"].flatMap { TemplateParser.parse($0, what: "key", scope: scope, in: problems) }
        let tests = map["tests"].map { RuleTest.read($0, in: problems) } ?? []
        guard problems.problems.count == countBefore else { return nil }
        return Rule(
            name: name, place: node.place, mode: mode, isFinal: isFinal, destinations: destinations,
            requirement: requirement(subject, patterns, conditions), tests: tests, subject: subject,
            patterns: written.map { written in
                RulePattern(
                    written: written,
                    groupNumbers: scope.groupNames.map { name in written.pattern.groupNames.first { $0.name == name }?.number })
            },
            conditions: conditions, conditionEntries: conditionEntries(map), groupNames: scope.groupNames, key: key, calls: calls)
    }

    /// The conditions as written; there is one for each, or a problem was reported.
    private func conditionEntries(_ map: Mapping) -> [Node.Entry] {
        if case .map(let entries)? = map["where"]?.content { entries } else { [] }
    }

    private func name(_ map: Mapping) -> String {
        guard let node = map.required("name", hint: "name: order-completed"), let name = node.string(in: problems, what: "name") else {
            return ""
        }
        if name.isEmpty { problems.add("`name` is empty", at: node, hint: "a rule's name is part of its calls' ids") }
        return name
    }

    /// Nil when one of them is no pattern: the names of its groups are unknown then, and so whether the rest is right.
    private func patterns(_ map: Mapping, _ options: PatternOptions) -> [WrittenPattern]? {
        guard let node = map["match"] else { return [] }
        guard let nodes = node.stringNodes(in: problems, what: "match") else { return nil }
        if nodes.isEmpty || nodes.contains(where: { $0.text == "" }) {
            problems.add("`match` is empty", at: node, hint: "leave it out where `where` alone decides")
        }
        let patterns = nodes.compactMap { WrittenPattern.read($0, options, named, what: "match", in: problems) }
        return patterns.count == nodes.count ? patterns : nil
    }

    private func subject(_ map: Mapping) -> Rule.Subject {
        guard let node = map["field"], let name = node.string(in: problems, what: "field") else { return .slot(0) }
        if map["match"] == nil, let key = map.key("field") {
            problems.add(
                "`field` has no effect without `match`", at: key, hint: "it is the field that `match` looks at; `where` names its own")
        }
        if name == "raw" { return .raw }
        if let slot = fields.slot(of: name) { return .slot(slot) }
        let format = fields.format
        let hint = nearest(name, among: format.fixedNames).map { "did you mean `\($0)`?" }
        problems.add(
            "records of format \(format.rawValue) have no field \(quoted(name))", at: node,
            hint: hint ?? "fields: \((["raw"] + format.fixedNames).joined(separator: ", "))")
        return .slot(0)
    }

    /// Nil: all of them.
    private func destinations(_ map: Mapping) -> [String]? {
        guard let node = map["destinations"], let nodes = node.stringNodes(in: problems, what: "destinations") else { return nil }
        let known = context.destinations.map { $0.keys.sorted() }
        if nodes.isEmpty {
            problems.add(
                "`destinations` is empty", at: node, hint: "leave it out for all of them; `mode: shadow` derives and sends nothing")
        }
        var names: [String] = []
        for node in nodes {
            guard let name = node.text, !names.contains(name) else { continue }
            names.append(name)
            guard let known, !known.contains(name) else { continue }
            let hint = nearest(name, among: known).map { "did you mean `\($0)`?" }
            problems.add(
                "there is no destination called \(quoted(name))", at: node,
                hint: hint ?? "destinations of eventail.yaml: \(known.joined(separator: ", "))")
        }
        return names
    }

    /// The names of all patterns' groups, in the order in which they first stand, and the types that `types` gives them.
    private func scope(_ map: Mapping, _ patterns: [Pattern], _ destinations: [String]?) -> Scope {
        var names: [String] = []
        for name in patterns.flatMap({ $0.groupNames.map(\.name) }) where !names.contains(name) { names.append(name) }
        var types: [String: ValueType] = [:]
        for entry in map["types"]?.entries(of: "`types`", in: problems) ?? [] {
            if !names.contains(entry.name) {
                let hint = nearest(entry.name, among: names).map { "did you mean `\($0)`?" }
                problems.add(
                    "`match` has no group called \(quoted(entry.name))", at: entry.key,
                    hint: hint ?? (names.isEmpty ? "name one: (?<\(entry.name)>…)" : "groups: \(names.joined(separator: ", "))"))
            }
            types[entry.name] = entry.value.oneOf(ValueType.allCases.map(\.rawValue), in: problems, what: "types.\(entry.name)").flatMap {
                ValueType(rawValue: $0)
            }
        }
        return Scope(
            groupNames: names, groupTypes: types, fields: fields, tables: tables, context: context,
            allowedReservedEvents: context.allowedReservedEvents(for: destinations))
    }

    private func checkHasCall(_ map: Mapping, _ node: Node) {
        let types = CallType.allCases.map(\.rawValue)
        if !types.contains(where: { map.key($0) != nil }) {
            problems.add(
                "this rule makes no call", at: node, hint: "add one of \(types.joined(separator: ", ")), for example track: Order Completed"
            )
        }
    }

    /// Several patterns: a record needs what any of them needs. A pattern on an escaped field may find its text in other bytes.
    private func requirement(_ subject: Rule.Subject, _ patterns: [Pattern], _ conditions: [Condition]) -> LiteralRequirement {
        var requirement = patterns.isEmpty ? LiteralRequirement.none : .anyOf(patterns.map(\.requirement))
        if case .slot(let slot) = subject { requirement = requirement.escaped(in: slot, of: fields.format) }
        return requirement.and(conditions.requirement(format: fields.format))
    }
}
