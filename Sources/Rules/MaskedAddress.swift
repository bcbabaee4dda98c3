// IP addresses without the part that tells one person from the neighbours: of IPv4 the last octet becomes 0, of IPv6 the first
// 48 bits are kept, the size of the net that a site is given (RFC 6177). What is no address is not let through.

import Formats
import Records

enum MaskedAddress {
    /// Appends the address that `text` states, masked, IPv6 as RFC 5952 writes it. An IPv4 address inside an IPv6 one
    /// (`::ffff:192.0.2.1`) is masked as IPv4; a zone (`%eth0`) is left out.
    /// - Returns: false, and nothing is written, where `text` is no address.
    static func write(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        let end = text.firstIndex(of: UInt8(ascii: "%")) ?? text.count
        let address = text.extracting(0..<end)
        guard address.firstIndex(of: UInt8(ascii: ":")) != nil else {
            guard end == text.count, let octets = octets(address) else { return false }
            write(octets, into: &output)
            return true
        }
        guard let groups = groups(address) else { return false }
        let mapped: [UInt16] = [0, 0, 0, 0, 0, 0xFFFF]
        if groups.starts(with: mapped) {
            output.append(contentsOf: "::ffff:".utf8)
            write([UInt8(groups[6] >> 8), UInt8(groups[6] & 0xFF), UInt8(groups[7] >> 8)], into: &output)
            return true
        }
        let kept = groups.prefix(3)
        for group in kept.prefix((kept.lastIndex { $0 != 0 } ?? -1) + 1) {
            output.append(contentsOf: String(group, radix: 16).utf8)
            output.append(UInt8(ascii: ":"))
        }
        output.append(contentsOf: kept.allSatisfy { $0 == 0 } ? "::".utf8 : ":".utf8)
        return true
    }

    private static func write(_ octets: some Sequence<UInt8>, into output: inout [UInt8]) {
        for octet in octets.prefix(3) {
            output.append(contentsOf: String(octet).utf8)
            output.append(UInt8(ascii: "."))
        }
        output.append(UInt8(ascii: "0"))
    }

    /// Four decimal numbers up to 255.
    private static func octets(_ text: Span<UInt8>) -> [UInt8]? {
        var (octets, value, digits): ([UInt8], Int, Int) = ([], 0, 0)
        for index in 0...text.count {
            if index < text.count, text[index].isDigit {
                value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
                digits += 1
                guard digits <= 3, value <= 255 else { return nil }
                continue
            }
            guard digits > 0, index == text.count || text[index] == UInt8(ascii: ".") else { return nil }
            octets.append(UInt8(value))
            (value, digits) = (0, 0)
        }
        return octets.count == 4 ? octets : nil
    }

    /// The eight groups of an IPv6 address (RFC 4291, 2.2).
    private static func groups(_ text: Span<UInt8>) -> [UInt16]? {
        var groups: [UInt16] = []
        /// How many groups stand before `::`.
        var gap: Int?
        var index = 0
        if text.holds("::", at: 0, before: text.count) {
            gap = 0
            index = 2
        }
        while index < text.count {
            let end = text.firstIndex(of: UInt8(ascii: ":"), from: index) ?? text.count
            let part = text.extracting(index..<end)
            if end == text.count, let octets = octets(part) {
                groups.append(UInt16(octets[0]) << 8 | UInt16(octets[1]))
                groups.append(UInt16(octets[2]) << 8 | UInt16(octets[3]))
                break
            }
            guard let group = group(part), groups.count < 8 else { return nil }
            groups.append(group)
            guard end < text.count else { break }
            index = end + 1
            if index < text.count, text[index] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            } else if index == text.count {
                return nil
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        return groups
    }

    private static func group(_ text: Span<UInt8>) -> UInt16? {
        guard (1...4).contains(text.count) else { return nil }
        var group: UInt16 = 0
        for index in text.indices {
            guard let digit = text[index].hexValue else { return nil }
            group = group << 4 | UInt16(digit)
        }
        return group
    }
}
