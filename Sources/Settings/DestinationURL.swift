// The address that requests go to, as far as it can be checked without the network: http or https, a host, maybe a port and a
// path (RFC 3986). No user, query or fragment: a key does not belong in an address, and `/batch` is appended.

internal import Documents

enum DestinationURL {
    /// The address without a final slash; a problem and nil when it is not one. A warning when it sends the key in the clear.
    static func checked(_ node: Node, in problems: ProblemCollector, warnings: ProblemCollector) -> String? {
        guard let text = node.string(in: problems, what: "url") else { return nil }
        func refuse(_ message: String, _ hint: String? = nil) -> String? {
            problems.add(message, at: node, hint: hint)
            return nil
        }
        guard !text.contains("@") else { return refuse("`url` holds a user or a key", "keys belong under `api_key`") }
        let lowered = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else {
            return refuse("`url` can't be \(quoted(text))", "it begins with https:// or http://")
        }
        let allowed = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
        guard allowed else { return refuse("`url` holds a character that no address has: \(quoted(text))") }
        guard !text.contains("?"), !text.contains("#") else {
            return refuse("`url` has a query or a fragment", "end it with the path, without `?` and `#`")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard let host = host(of: authority) else {
            return refuse("`url` lacks a host, or its port is not one: \(quoted(text))", "such as https://cdp.customer.io/v1")
        }
        if scheme == "http://", !isThisMachine(host) {
            warnings.add("the key and all calls go to \(quoted(host)) unencrypted", at: node, hint: "use https://")
        }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        return scheme + authority + path
    }

    private static func host(of authority: Substring) -> String? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[...close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        if let port, !(port.utf8.allSatisfy { (0x30...0x39).contains($0) } && (1...65_535).contains(Int(port) ?? 0)) { return nil }
        return host.isEmpty || host == "[]" ? nil : String(host)
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host.lowercased() == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }
}
