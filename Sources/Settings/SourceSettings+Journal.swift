// Reads what a source says about the journal.

internal import Documents

extension SourceSettings.Journal {
    private static let keys = [
        "units", "identifiers", "priority", "matches", "kernel", "namespace", "scope", "boot", "directory", "files", "start_at",
    ]
    /// What the names of units end in (systemd.unit(5)).
    private static let unitSuffixes = [
        "service", "socket", "timer", "mount", "automount", "swap", "target", "path", "slice", "scope", "device",
    ]

    init?(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`journald`", keys: Self.keys, in: problems) else { return nil }
        units = map["units"]?.stringNodes(in: problems, what: "units")?.compactMap { Self.unit($0, in: problems) } ?? []
        identifiers = map["identifiers"]?.strings(in: problems, what: "identifiers") ?? []
        priorities = map["priority"].flatMap { Self.priorities($0, in: problems) }
        matches = map["matches"].flatMap { Self.matches($0, in: problems) } ?? []
        kernel = map["kernel"]?.bool(in: problems, what: "kernel") ?? kernel
        scope = map["scope"]?.oneOf(Scope.allCases.map(\.rawValue), in: problems, what: "scope").flatMap { Scope(rawValue: $0) } ?? scope
        boot = map["boot"]?.oneOf(Boot.allCases.map(\.rawValue), in: problems, what: "boot").flatMap { Boot(rawValue: $0) } ?? boot
        namespace = map["namespace"]?.string(in: problems, what: "namespace")
        directory = map["directory"]?.path(in: problems, what: "directory")
        files = map["files"]?.stringNodes(in: problems, what: "files")?.compactMap { $0.path(in: problems, what: "files") } ?? []
        startAt = map["start_at"].flatMap { Self.start($0, in: problems) } ?? startAt
        checkPlace(map, node, in: problems)
    }

    /// The journal is this machine's, or one directory, or some files.
    private func checkPlace(_ map: Mapping, _ node: Node, in problems: ProblemCollector) {
        if directory != nil, map["files"] != nil {
            problems.add("`journald` has both `directory` and `files`", at: node, hint: "keep one of the two")
        }
        if let key = map.key("files"), files.isEmpty, problems.isEmpty {
            problems.add("`files` is empty", at: key, hint: "name at least one, or leave `files` out")
        }
        guard directory != nil || map["files"] != nil else { return }
        for name in ["namespace", "scope"] {
            guard let key = map.key(name) else { continue }
            problems.add(
                "`\(name)` does not go with `directory` or `files`", at: key, hint: "it chooses among the journals of this machine")
        }
    }

    private static func unit(_ node: Node, in problems: ProblemCollector) -> String? {
        if let name = unitName(node.text ?? "") { return name }
        problems.add("\(node.found) is no name of a unit", at: node, hint: unitHint)
        return nil
    }

    /// A unit's name with its suffix; one without is a service. Nil where the text is no name.
    package static func unitName(_ text: String) -> String? {
        if text.isEmpty || text.contains(where: { "*?[]/ ".contains($0) }) { return nil }
        return unitSuffixes.contains { text.hasSuffix(".\($0)") } ? text : "\(text).service"
    }

    package static let unitHint = "name each unit, such as shop.service; patterns do not work here"

    /// `err` and more urgent ones, or a range such as `err..warning`; names or numbers.
    private static func priorities(_ node: Node, in problems: ProblemCollector) -> ClosedRange<Int>? {
        func number(_ text: Substring) -> Int? {
            priorityNames.firstIndex(of: String(text)) ?? Int(text).flatMap { priorityNames.indices.contains($0) ? $0 : nil }
        }
        let text = node.text ?? ""
        let bounds = text.split(separator: "..", omittingEmptySubsequences: false).map(number)
        switch bounds.count {
        case 1: if let most = bounds[0] { return 0...most }
        case 2: if let first = bounds[0], let last = bounds[1] { return min(first, last)...max(first, last) }
        default: break
        }
        problems.add(
            "`priority` can't be \(node.found)", at: node, hint: "one of \(priorityNames.joined(separator: ", ")), or a range: err..warning"
        )
        return nil
    }

    private static func matches(_ node: Node, in problems: ProblemCollector) -> [PlacedText]? {
        guard let terms = node.stringNodes(in: problems, what: "matches") else { return nil }
        var mayPart = false
        for term in terms {
            let text = term.text ?? ""
            if text == "+" {
                if !mayPart { problems.add("`+` stands between matches", at: term, hint: "remove it") }
                mayPart = false
                continue
            }
            mayPart = true
            if !isMatch(text) { problems.add("\(term.found) is no match", at: term, hint: matchHint) }
        }
        if let last = terms.last, last.text == "+" { problems.add("`+` stands between matches", at: last, hint: "remove it") }
        return terms.map { PlacedText($0) }
    }

    /// Whether the text is `FIELD=value`, with a name that a field of the journal may have.
    package static func isMatch(_ text: String) -> Bool {
        let name = text.prefix { $0 != "=" }
        return !name.isEmpty && name.count < text.count && !name.hasPrefix("__")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte == UInt8(ascii: "_")
            }
    }

    package static let matchHint = "write FIELD=value, with a field's name of A-Z, 0-9 and _, such as _SYSTEMD_UNIT=shop.service"

    private static func start(_ node: Node, in problems: ProblemCollector) -> Start? {
        switch node.text {
        case "end": return .end
        case "beginning": return .beginning
        case let text?:
            let since = "since "
            if text.hasPrefix(since) { return .since(PlacedText(node, text: String(text.dropFirst(since.count)))) }
        case nil: break
        }
        problems.add(
            "`start_at` can't be \(node.found)", at: node,
            hint: "one of end, beginning, since 2h, since 2026-11-23T06:00:00Z")
        return nil
    }
}
