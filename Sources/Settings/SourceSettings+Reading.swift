// Reads and checks one source of the configuration.

internal import Documents

extension SourceSettings {
    private static let keys = [
        "files", "exclude", "start_at", "rules", "format", "multiline", "timestamp", "max_record", "poll_interval", "encoding",
        "journald",
    ]

    /// - Returns: nil when something essential is wrong; `problems` says what.
    init?(_ entry: Node.Entry, in problems: ProblemCollector) {
        guard entry.key.checkName(of: "source", in: problems),
            let map = entry.value.mapping(of: "a source", keys: Self.keys, in: problems)
        else { return nil }
        name = entry.name
        place = entry.key.place
        let filesNode = map["files"]
        let journalNode = map["journald"]
        files = filesNode?.globs(in: problems, what: "files") ?? []
        exclude = map["exclude"]?.excludes(in: problems, what: "exclude") ?? []
        startAt = map["start_at"].flatMap { Start($0, in: problems) } ?? Self.startAtDefault
        rules = map["rules"].flatMap { Self.packs($0, in: problems) }
        format = map["format"].flatMap { node in
            node.oneOf(Self.formats, in: problems, what: "format").map { _ in PlacedText(node) }
        }
        timestamp = map["timestamp"].flatMap { Timestamp($0, in: problems) }
        recordBytesMax =
            map["max_record"]?.byteSize(in: problems, what: "max_record", range: Self.recordBytesMaxRange) ?? Self.recordBytesMaxDefault
        pollIntervalMilliseconds =
            map["poll_interval"]?.positiveDuration(in: problems, what: "poll_interval") ?? Self.pollIntervalMillisecondsDefault
        encoding = map["encoding"].flatMap { node in
            node.string(in: problems, what: "encoding").map { _ in PlacedText(node) }
        }
        multiline = map["multiline"].flatMap { Multiline($0, in: problems) }
        journal = journalNode.flatMap { Journal($0, in: problems) }
        if filesNode == nil, journalNode == nil {
            problems.add(
                "the source \(quoted(name)) has neither `files` nor `journald`", at: entry.key,
                hint: "for example `files: ['/var/log/shop/*.log']`")
        }
        guard journalNode != nil else { return }
        for key in ["files", "exclude", "start_at", "poll_interval", "encoding", "multiline"] {
            guard let node = map.key(key) else { continue }
            let hint =
                switch key {
                case "files", "start_at": "move it under `journald`, or make two sources"
                case "multiline": "remove it: an entry is one record, whatever lines are in it"
                default: "remove it"
                }
            problems.add("`\(key)` does not go with `journald`", at: node, hint: hint)
        }
    }

    /// Packs by file stem; not none.
    private static func packs(_ node: Node, in problems: ProblemCollector) -> [PlacedText]? {
        guard let nodes = node.stringNodes(in: problems, what: "rules") else { return nil }
        if case .list(let items) = node.content, items.isEmpty {
            problems.add("`rules` is empty: no rule would read this source", at: node, hint: "name the packs, such as `rules: [nginx]`")
        }
        for pack in nodes {
            guard let text = pack.text, text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") else { continue }
            let stem = String(text.split(separator: "/").last?.prefix { $0 != "." } ?? "")
            problems.add(
                "a pack is named by its file's stem, not \(quoted(text))", at: pack,
                hint: "write `\(stem)` here, and the path under the top `rules:`")
        }
        return nodes.map { PlacedText($0) }
    }
}

extension SourceSettings.Start {
    fileprivate init?(_ node: Node, in problems: ProblemCollector) {
        guard let text = node.oneOf(Self.allCases.map(\.rawValue), in: problems, what: "start_at") else { return nil }
        self.init(rawValue: text)
    }
}

extension SourceSettings.Timestamp {
    fileprivate init?(_ node: Node, in problems: ProblemCollector) {
        guard
            let map = node.mapping(
                of: "`timestamp`", keys: ["field", "format", "timezone", "max_age", "max_future"], in: problems)
        else { return nil }
        func text(_ key: String) -> PlacedText? {
            guard let node = map[key], node.string(in: problems, what: key) != nil else { return nil }
            return PlacedText(node)
        }
        field = text("field")
        format = text("format")
        timezone = text("timezone")
        maxAge = text("max_age")
        maxFuture = text("max_future")
    }
}

extension SourceSettings.Multiline {
    fileprivate init?(_ node: Node, in problems: ProblemCollector) {
        let keys = ["starts_with", "continues_with", "preset", "max_lines", "timeout"]
        guard let map = node.mapping(of: "`multiline`", keys: keys, in: problems) else { return nil }
        func text(_ key: String) -> PlacedText? {
            guard let node = map[key], node.string(in: problems, what: key) != nil else { return nil }
            return PlacedText(node)
        }
        startsWith = text("starts_with")
        continuesWith = text("continues_with")
        preset = text("preset")
        linesMax = map["max_lines"]?.integer(in: problems, what: "max_lines", range: SourceSettings.linesMaxRange)
        timeoutMilliseconds = map["timeout"]?.positiveDuration(in: problems, what: "timeout")
        place = node.place
    }
}
