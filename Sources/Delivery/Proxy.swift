// The proxy on the way to a receiver, as a setting or the environment names it. Every request goes through a tunnel (CONNECT,
// RFC 9110, 9.3.6), so that the proxy sees neither key nor calls where the receiver is spoken to over TLS.

/// An HTTP proxy. Its password appears in no description.
package struct Proxy: Sendable {
    package let host: String
    package let port: Int
    let credentials: Credentials?

    struct Credentials: Sendable {
        let user: String
        let password: String
    }

    package static let portDefault = 3128

    /// - Parameter text: `http://HOST:PORT` or `HOST:PORT`; a user and a password may stand before the host, percent-encoded.
    /// - Parameter place: where the text comes from, for errors, which never show it.
    package init(parsing text: String, place: String) throws(DeliveryError) {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                throw DeliveryError(
                    "only proxies that are spoken to over http can be used", place: place, hint: "write http://HOST:PORT, whatever `url` is"
                )
            }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            credentials = Credentials(user: Self.decoded(parts[0]), password: parts.count > 1 ? Self.decoded(parts[1]) : "")
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        guard let (host, port) = Self.hostAndPort(rest) else {
            throw DeliveryError("this is no address of a proxy", place: place, hint: "write http://HOST:PORT, such as http://proxy:3128")
        }
        self.host = host
        self.port = port ?? Self.portDefault
    }

    /// The proxy that the environment names for an address: `https_proxy` or `HTTPS_PROXY` for https, `http_proxy` alone for http
    /// (the name in capitals is what a web server gives to CGI programs for a header of the request), none where `no_proxy` or
    /// `NO_PROXY` names the host, and none on the way to this machine itself.
    package init?(environment: [String: String], endpoint: Endpoint) throws(DeliveryError) {
        let isSecure = endpoint.url.lowercased().hasPrefix("https://")
        let names = isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        guard let name = names.first(where: { environment[$0]?.isEmpty == false }), let text = environment[name] else { return nil }
        let exceptions = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        if endpoint.isThisMachine || Self.isExempt(endpoint.host, exceptions) { return nil }
        try self.init(parsing: text, place: name)
    }

    /// Whether a list such as `localhost,.example.com,10.0.0.1` names the host: itself, a domain that it belongs to, or all by `*`.
    static func isExempt(_ host: String, _ exceptions: String) -> Bool {
        let host = host.lowercased()
        return exceptions.split(whereSeparator: { $0 == "," || $0 == " " }).contains { exception in
            let name = exception.lowercased()
            if name == "*" { return true }
            let bare = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
            let domain = bare.hasPrefix(".") ? String(bare.dropFirst()) : bare
            return !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
        }
    }

    static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "@") }) else { return nil }
        guard let port else { return (String(host), nil) }
        guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        return (String(host), number)
    }

    /// RFC 3986, 2.1. What is no escape stands for itself.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Proxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
