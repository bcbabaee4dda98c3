// Where batches go: the kind's own address, chosen by region, or the configured one.

/// The URL that batches are posted to.
package struct Endpoint: Hashable, Sendable {
    /// Base and `/batch`.
    package let url: String

    /// - Parameters:
    ///   - base: the configured `url`; wins over kind and regions.
    ///   - region: the configured region; the key's own wins over it.
    package init(kind: DestinationKind, base: String?, region: Region?, authorization: Authorization) throws(DeliveryError) {
        if let base {
            url = try Self.checked(base) + "/batch"
        } else if let base = Self.base(kind, authorization.region ?? region ?? .us) {
            url = base + "/batch"
        } else {
            throw DeliveryError(
                "\(kind.rawValue) has no address that is the same for everybody", place: "url", hint: "write the address of yours")
        }
    }

    /// The host alone; an IPv6 address without brackets.
    package var host: String {
        let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        return Proxy.hostAndPort(authority)?.host ?? String(authority)
    }

    var isThisMachine: Bool { host.lowercased() == "localhost" || host == "::1" || host.hasPrefix("127.") }

    private static func base(_ kind: DestinationKind, _ region: Region) -> String? {
        switch (kind, region) {
        case (.customerio, .us): "https://cdp.customer.io/v1"
        case (.customerio, .eu): "https://cdp-eu.customer.io/v1"
        case (.segment, .us): "https://api.segment.io/v1"
        case (.segment, .eu): "https://events.eu1.segmentapis.com/v1"
        case (.rudderstack, _), (.jitsu, _): nil
        }
    }

    /// The base without slashes at its end. A user, query or fragment has no place in it: keys belong in `api_key`.
    private static func checked(_ base: String) throws(DeliveryError) -> String {
        let scheme = ["https://", "http://"].first { base.lowercased().hasPrefix($0) }
        let rest = scheme.map { base.dropFirst($0.count) } ?? ""
        guard let host = rest.split(separator: "/", omittingEmptySubsequences: false).first, !host.isEmpty, !host.hasPrefix(":") else {
            throw DeliveryError(
                "`\(base)` is not an http or https address", place: "url", hint: "for example https://cdp.customer.io/v1")
        }
        guard base.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
            throw DeliveryError("an address with spaces, `?` or `#` cannot be extended by /batch", place: "url")
        }
        guard !host.contains("@") else {
            throw DeliveryError("the address names a user", place: "url", hint: "give the key as `api_key`")
        }
        var trimmed = Substring(base)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return String(trimmed)
    }
}
