// Where the agent's numbers are served to monitors.

internal import Documents

/// The section `metrics`; without it nothing is served.
package struct MetricsSettings: Hashable, Sendable {
    /// A name or an address; an IPv6 address without brackets.
    package var host = Self.hostDefault
    /// 0 lets the system choose.
    package var port = Self.portDefault

    package static let hostDefault = "127.0.0.1"
    package static let portDefault = 9619

    init() {}

    init(_ node: Node, in problems: ProblemCollector, warnings: ProblemCollector) {
        guard let map = node.mapping(of: "`metrics`", keys: ["listen"], in: problems) else { return }
        guard let listen = map["listen"], let text = listen.string(in: problems, what: "listen") else { return }
        guard let (host, port) = Self.parsed(text) else {
            problems.add(
                "`listen` can't be \(listen.found)", at: listen,
                hint: "write an address and a port, such as 127.0.0.1:\(Self.portDefault) or [::1]:\(Self.portDefault)")
            return
        }
        (self.host, self.port) = (host, port)
        if !isOnThisMachineOnly {
            warnings.add(
                "whoever reaches \(text) can read the names of sources, rules and destinations, and how much they do", at: listen,
                hint: "listen on 127.0.0.1, or let a firewall admit the monitor alone")
        }
    }

    /// Whether no other machine can reach it.
    package var isOnThisMachineOnly: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// `host:port`, or `[address]:port` for IPv6.
    private static func parsed(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { "[]/".contains($0) || $0.isWhitespace }) else { return nil }
        return (String(host), Int(port))
    }
}
