// Reads the top level of the configuration and checks what concerns several of its sections.

internal import Documents

struct SettingsReader {
    let problems: ProblemCollector
    let warnings: ProblemCollector
    let environment: [String: String]

    private static let keys =
        [
            "destination", "destinations", "sources", "rules", "environment", "id_scope", "state", "spool", "hold_deleted",
            "dead_letters", "max_open_files", "metrics", "trace", "shutdown_timeout",
        ] + LaterSections.topKeys

    /// - Returns: nil only when `problems` says why.
    func settings(from root: Node) -> Settings? {
        if root.isNull {
            problems.add("the configuration is empty", at: root, hint: "it needs at least `destination` and `sources`")
            return nil
        }
        let allowed = allowedNames(root)
        var expansion = Expansion(allowed: Set(allowed), environment: environment, problems: problems)
        guard let map = expansion.expand(root).mapping(of: "the configuration", keys: Self.keys, in: problems) else { return nil }
        for entry in map.entries where LaterSections.topKeys.contains(entry.name) {
            LaterSections.check(entry, in: problems, warnings: warnings)
        }
        let settings = Settings(
            destinations: destinations(map), sources: sources(map), rules: rules(map),
            environment: environment.filter { allowed.contains($0.key) }, idScope: idScope(map),
            state: map["state"].map { StateSettings($0, in: problems) } ?? StateSettings(),
            spool: map["spool"].map { SpoolSettings($0, in: problems) } ?? SpoolSettings(),
            holdDeleted: map["hold_deleted"].map { HoldDeletedSettings($0, in: problems) } ?? HoldDeletedSettings(),
            deadLetters: map["dead_letters"].map { DeadLetterSettings($0, in: problems) } ?? DeadLetterSettings(),
            openFilesMax: map["max_open_files"]?.integer(in: problems, what: "max_open_files", range: Settings.openFilesMaxRange)
                ?? Settings.openFilesMaxDefault,
            metrics: map["metrics"].map { MetricsSettings($0, in: problems, warnings: warnings) },
            trace: map["trace"].map { TraceSettings($0, in: problems) },
            shutdownTimeoutMilliseconds: map["shutdown_timeout"]?.positiveDuration(in: problems, what: "shutdown_timeout")
                ?? Settings.shutdownTimeoutMillisecondsDefault)
        return problems.isEmpty ? settings : nil
    }

    private func allowedNames(_ root: Node) -> [String] {
        guard case .map(let entries) = root.content, let entry = entries.first(where: { $0.name == "environment" }),
            let nodes = entry.value.stringNodes(in: problems, what: "environment")
        else { return [] }
        for node in nodes where !Expansion.isName(node.text ?? "") {
            problems.add("\(node.found) is not the name of a variable", at: node)
        }
        return nodes.compactMap(\.text)
    }

    private func destinations(_ map: Mapping) -> [DestinationSettings] {
        if let one = map["destination"] {
            if let key = map.key("destinations") {
                problems.add("there are both `destination` and `destinations`", at: key, hint: "move the one into the other")
            }
            let settings = DestinationSettings(name: DestinationSettings.nameDefault, one, in: problems, warnings: warnings)
            return settings.map { [$0] } ?? []
        }
        guard let several = map["destinations"] else {
            problems.add(
                "`destination` is missing in the configuration", at: map.node,
                hint: "for example `destination: { kind: customerio, api_key: { file: /etc/eventail/api_key } }`")
            return []
        }
        guard let entries = several.entries(of: "`destinations`", in: problems) else { return [] }
        if entries.isEmpty { problems.add("`destinations` is empty", at: several) }
        return entries.compactMap { entry in
            guard entry.key.checkName(of: "destination", in: problems) else { return nil }
            return DestinationSettings(name: entry.name, entry.value, in: problems, warnings: warnings)
        }
    }

    private func sources(_ map: Mapping) -> [SourceSettings] {
        let hint = "for example `sources: { shop: { files: ['/var/log/shop/*.log'] } }`"
        guard let node = map.required("sources", hint: hint), let entries = node.entries(of: "`sources`", in: problems) else {
            return []
        }
        if entries.isEmpty { problems.add("`sources` is empty", at: node, hint: hint) }
        let sources = entries.compactMap { SourceSettings($0, in: problems) }
        for source in sources where source.rules == nil && entries.count > 1 {
            let isWritten = entries.contains { entry in
                guard entry.name == source.name, case .map(let keys) = entry.value.content else { return false }
                return keys.contains { $0.name == "rules" }
            }
            if isWritten { continue }
            problems.add(
                "`rules` is missing in the source \(quoted(source.name))", at: source.place, length: source.name.count,
                hint: "with several sources each names the packs that read it, such as `rules: [nginx]`")
        }
        return sources
    }

    private func rules(_ map: Mapping) -> [PlacedText] {
        guard let node = map["rules"] else { return [PlacedText(Settings.rulesDefault, at: map.node)] }
        return node.globs(in: problems, what: "rules") ?? []
    }

    private func idScope(_ map: Mapping) -> String? {
        guard let node = map["id_scope"], let text = node.string(in: problems, what: "id_scope") else { return nil }
        if (1...Settings.idScopeBytesMax).contains(text.utf8.count) { return text }
        problems.add("`id_scope` has 1 to \(Settings.idScopeBytesMax) bytes", at: node)
        return nil
    }
}
