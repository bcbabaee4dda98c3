// The API key in a request's Authorization header: `Basic` with the key as the name and no password (RFC 7617), or `Bearer`
// with the key itself (RFC 6750). Anything else is malformed.

package enum Credentials {
    /// The longest key in bytes.
    package static let keyBytesMax = 256

    /// The key, or nil if the header is malformed. Keys are printable ASCII without spaces and colons.
    package static func key(inAuthorization header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer": return checked(Array(parts[1].utf8))
        case "basic":
            guard var pair = decodeBase64(Array(parts[1].utf8)), pair.popLast() == UInt8(ascii: ":") else { return nil }
            return checked(pair)
        default: return nil
        }
    }

    private static func checked(_ key: [UInt8]) -> String? {
        guard (1...keyBytesMax).contains(key.count) else { return nil }
        guard key.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }) else { return nil }
        return String(decoding: key, as: UTF8.self)
    }

    /// Undoes base64 as RFC 4648, section 4, has it: padded, nothing outside the alphabet, no stray bits at the end.
    package static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.count - digits.count
        guard padding <= 2, text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
                bits &= (1 << UInt32(bitCount)) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
