// Where the receiver listens: a host name or address and a port, as in --listen 127.0.0.1:8080.

package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    /// 0 lets the system choose.
    package let port: Int

    /// Only this machine, on the port that the examples use.
    package static let standard = ListenAddress(host: "127.0.0.1", port: 8080)

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, or `[address]:port` for IPv6.
    package init(parsing text: String) throws(ReceiverError) {
        func error(_ what: String) -> ReceiverError {
            ReceiverError(.listenAddress, "cannot listen on '\(text)': \(what)", hint: "write host:port, like 127.0.0.1:8080 or [::1]:8080")
        }
        guard let colon = text.lastIndex(of: ":") else { throw error("no port") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits)
        else { throw error("'\(digits)' is no port number from 0 to 65535") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw error("an IPv6 address stands in brackets")
        }
        guard !host.isEmpty, !host.contains(where: { $0 == "[" || $0 == "]" || $0 == "/" || $0.isWhitespace }) else {
            throw error(host.isEmpty ? "no host" : "'\(host)' is no host")
        }
        self.init(host: String(host), port: Int(port))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
