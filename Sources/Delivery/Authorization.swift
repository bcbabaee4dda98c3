// Who we are to the receiver. Keys are secret: none ever appears in a description, a dump or a log.

/// Services that take the Pipelines API's batches.
package enum DestinationKind: String, CaseIterable, Sendable {
    case customerio, segment, rudderstack, jitsu
}

/// Where a customer's data lives.
package enum Region: String, CaseIterable, Sendable {
    case us, eu
}

/// A key together with the way in which it is presented.
package struct Authorization: Sendable {
    private enum Scheme {
        /// `Authorization: Basic base64(key + ":")`.
        case basic
        /// `Authorization: Bearer key`.
        case bearer
        /// `X-Write-Key: key`.
        case writeKey
    }

    private let scheme: Scheme
    private let key: String
    /// The region that the key itself names.
    package let region: Region?
    /// Whether the key may also read and delete people, which sending does not need; deserves a warning.
    package let isOverpowered: Bool

    /// - Parameter key: white space around it does not count.
    /// - Throws: when there is no key, or it holds what no header may hold.
    package init(kind: DestinationKind, key: String) throws(DeliveryError) {
        var bytes = Substring(key).utf8
        while bytes.first.map(Self.isSpace) == true { bytes.removeFirst() }
        while bytes.last.map(Self.isSpace) == true { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw DeliveryError("the key is empty", place: "api_key", hint: "copy the source's API key from the receiver's settings")
        }
        guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw DeliveryError(
                "the key holds spaces, line breaks or other characters that no key has", place: "api_key",
                hint: "the file must hold the key and nothing else")
        }
        let key = String(Substring(bytes))
        self.key = key
        region = kind == .customerio ? Self.region(of: key) : nil
        isOverpowered = region != nil && key.hasPrefix("sk_")
        scheme =
            switch kind {
            case .customerio where region != nil: .bearer
            case .customerio, .segment, .rudderstack: .basic
            case .jitsu: .writeKey
            }
    }

    /// The header that presents the key.
    var header: (name: String, value: String) {
        switch scheme {
        case .basic: ("Authorization", "Basic \(Base64.text(Array("\(key):".utf8)))")
        case .bearer: ("Authorization", "Bearer \(key)")
        case .writeKey: ("X-Write-Key", key)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// Keys of the form `(pk|sk)_(us|eu)_…`, which Customer.io gives out since 2026-10-30.
    private static func region(of key: String) -> Region? {
        let parts = key.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "pk" || parts[0] == "sk", !parts[2].isEmpty else { return nil }
        return Region(rawValue: String(parts[1]))
    }
}

extension Authorization: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Authorization(a key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// RFC 4648, section 4.
private enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
