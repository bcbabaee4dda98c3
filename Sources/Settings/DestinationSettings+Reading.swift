// Reads and checks one destination of the configuration.

internal import Documents

extension DestinationSettings {
    private static let keys = [
        "kind", "region", "url", "api_key", "strict", "batch", "rate_limit", "retry", "timeouts", "lanes", "ca_file", "proxy",
        "allow_reserved_events",
    ]

    /// - Returns: nil when something essential is wrong; `problems` says what.
    init?(name: String, _ node: Node, in problems: ProblemCollector, warnings: ProblemCollector) {
        Self.withholdSecrets(node, in: [problems, warnings])
        guard let map = node.mapping(of: "a destination", keys: Self.keys, in: problems) else { return nil }
        self.name = name
        place = node.place
        let kindText = map["kind"]?.oneOf(Kind.allCases.map(\.rawValue), in: problems, what: "kind")
        kind = kindText.flatMap(Kind.init) ?? Self.kindDefault
        let regionText = map["region"]?.oneOf(Region.allCases.map(\.rawValue), in: problems, what: "region")
        region = regionText.flatMap(Region.init) ?? Self.regionDefault
        url = map["url"].flatMap { DestinationURL.checked($0, in: problems, warnings: warnings) }
        if map["url"] == nil, !kind.hasOwnAddress {
            problems.add("`url` is missing: \(kind) has no address of its own", at: map["kind"] ?? node)
        }
        isStrict = map["strict"]?.bool(in: problems, what: "strict") ?? Self.isStrictDefault
        batch = map["batch"].map { Batch($0, in: problems) } ?? Batch()
        rateLimit = map["rate_limit"].map { RateLimit($0, in: problems) } ?? RateLimit()
        retry = map["retry"].map { Retry($0, in: problems) } ?? Retry()
        timeouts = map["timeouts"].map { Timeouts($0, in: problems) } ?? Timeouts()
        lanes = map["lanes"]?.integer(in: problems, what: "lanes", range: Self.lanesRange) ?? Self.lanesDefault
        allowedReservedEvents = map["allow_reserved_events"]?.strings(in: problems, what: "allow_reserved_events") ?? []
        authoritiesFile = map["ca_file"].flatMap { node in
            node.path(in: problems, what: "ca_file").map { PlacedText(node, text: $0) }
        }
        proxy = map["proxy"].flatMap { Self.proxy($0, in: problems) } ?? .environment
        let keyHint = "for example `api_key: { file: /etc/eventail/api_key }`"
        guard let keyNode = map.required("api_key", hint: keyHint), let key = APIKeySource(keyNode, in: problems) else { return nil }
        apiKey = key
    }

    private static func proxy(_ node: Node, in problems: ProblemCollector) -> ProxyChoice? {
        guard let text = node.string(in: problems, what: "proxy") else { return nil }
        if text == "none" { return ProxyChoice.none }
        if !text.contains("@") { return .address(PlacedText(node, text: text)) }
        problems.add(
            "a password does not belong in this file", at: node,
            hint: "set https_proxy in the agent's environment instead, and leave `proxy` out")
        return nil
    }

    /// A key that someone wrote into the file, though it does not belong there, must not go on into a log.
    private static func withholdSecrets(_ node: Node, in collectors: [ProblemCollector]) {
        guard case .map(let entries) = node.content else { return }
        for entry in entries {
            let name = entry.name.lowercased()
            let soundsSecret = ["key", "secret", "token", "password", "auth"].contains { name.contains($0) }
            let hasUser = (name == "url" || name == "proxy") && entry.value.text?.contains("@") == true
            if case .map = entry.value.content {
                withholdSecrets(entry.value, in: collectors)
                continue
            }
            guard soundsSecret || hasUser else { continue }
            for collector in collectors {
                collector.withholdLine(of: entry.key.place)
                collector.withholdLine(of: entry.value.place)
            }
        }
    }
}

extension DestinationSettings.Batch {
    fileprivate init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`batch`", keys: ["max_bytes", "max_calls", "max_delay"], in: problems) else { return }
        bytesMax = map["max_bytes"]?.byteSize(in: problems, what: "max_bytes", range: Self.bytesMaxRange) ?? bytesMax
        callsMax = map["max_calls"]?.integer(in: problems, what: "max_calls", range: Self.callsMaxRange) ?? callsMax
        delayMaxMilliseconds = map["max_delay"]?.duration(in: problems, what: "max_delay") ?? delayMaxMilliseconds
    }
}

extension DestinationSettings.RateLimit {
    fileprivate init(_ node: Node, in problems: ProblemCollector) {
        let keys = ["requests_per_second", "calls_per_second", "bytes_per_second", "burst"]
        guard let map = node.mapping(of: "`rate_limit`", keys: keys, in: problems) else { return }
        func rate(_ key: String) -> Double? {
            guard let node = map[key], let value = node.number(in: problems, what: key) else { return nil }
            // One request in a quarter of an hour is slow enough; less is a slip, and its waits would not fit a clock.
            let least = 0.001
            let most = 1_000_000.0
            if value == 0 || (least...most).contains(value) { return value }
            problems.add("`\(key)` is out of range: \(node.found)", at: node, hint: "0 is no limit; else it is \(least) to 1000000")
            return nil
        }
        requestsPerSecond = rate("requests_per_second") ?? requestsPerSecond
        callsPerSecond = rate("calls_per_second") ?? callsPerSecond
        bytesPerSecond = map["bytes_per_second"]?.byteSize(in: problems, what: "bytes_per_second") ?? bytesPerSecond
        burst = map["burst"]?.integer(in: problems, what: "burst", range: Self.burstRange) ?? burst
    }
}

extension DestinationSettings.Retry {
    fileprivate init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`retry`", keys: ["initial", "max"], in: problems) else { return }
        initialMilliseconds = map["initial"]?.positiveDuration(in: problems, what: "initial") ?? initialMilliseconds
        maxMilliseconds = map["max"]?.positiveDuration(in: problems, what: "max") ?? maxMilliseconds
        if initialMilliseconds > maxMilliseconds {
            problems.add("the first wait is longer than the longest one", at: map["initial"] ?? node, hint: "`initial` is at most `max`")
        }
    }
}

extension DestinationSettings.Timeouts {
    fileprivate init(_ node: Node, in problems: ProblemCollector) {
        guard let map = node.mapping(of: "`timeouts`", keys: ["connect", "write", "response"], in: problems) else { return }
        connectMilliseconds = map["connect"]?.positiveDuration(in: problems, what: "connect") ?? connectMilliseconds
        writeMilliseconds = map["write"]?.positiveDuration(in: problems, what: "write") ?? writeMilliseconds
        responseMilliseconds = map["response"]?.positiveDuration(in: problems, what: "response") ?? responseMilliseconds
    }
}
