// Message ids: the same record and rule always give the same id, so whoever receives a call twice can tell.
//
// An id is the first 128 bits of SHA-256 over, each prefixed by its length as four big-endian bytes: the format version,
// the rule's name, its revision, the call type, and then either the rule's key or origin and text of the record. It is
// written as a ULID: 26 characters of Crockford's base32, most significant first (https://github.com/ulid/spec).

package import BasicContainers
import Crypto

/// The 26 bytes of an id as they go over the wire.
package struct MessageID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package static let textBytes = 26

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id's text: base32 digits of the 128-bit number, which takes 3 bits in the first digit and 5 in the others.
    package var characters: InlineArray<26, UInt8> {
        var text = InlineArray<26, UInt8>(repeating: 0)
        text[0] = UInt8(truncatingIfNeeded: high >> 61)
        for place in 0..<12 {
            text[1 + place] = UInt8(truncatingIfNeeded: high &>> UInt64(56 - 5 * place)) & 31
            text[14 + place] = UInt8(truncatingIfNeeded: low &>> UInt64(55 - 5 * place)) & 31
        }
        text[13] = UInt8(truncatingIfNeeded: high << 4 | low >> 60) & 31
        for place in text.indices { text[place] = Self.digit(text[place]) }
        return text
    }

    package var text: String {
        let characters = characters
        return String(decoding: characters.indices.map { characters[$0] }, as: UTF8.self)
    }

    /// The digit for 0 to 31: 0 to 9, then the letters without I, L, O and U. Without a table or branches, so that the compiler does
    /// many at once.
    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        let letters: UInt8 = value > 9 ? UInt8(ascii: "A") &- UInt8(ascii: "0") &- 10 : 0
        let skipped: UInt8 = (value > 17 ? 1 : 0) &+ (value > 19 ? 1 : 0) &+ (value > 21 ? 1 : 0) &+ (value > 26 ? 1 : 0)
        return UInt8(ascii: "0") &+ value &+ letters &+ skipped
    }
}

/// What identifies the place a record came from: id scope, what the file begins with, and its generation. Computed once
/// per file; the record's byte offset completes it.
package struct RecordOrigin: Hashable, Sendable {
    fileprivate let digest: [UInt8]

    /// - Parameters:
    ///   - scope: keeps equal logs of different machines apart; see `id_scope`.
    ///   - fingerprint: the file's first line, at most 1 KiB.
    ///     Empty for a journal, whose entries identify themselves.
    ///   - generation: how often content started anew under this fingerprint.
    package init(scope: String, fingerprint: [UInt8], generation: UInt32) {
        var input = UniqueArray<UInt8>()
        input.appendPrefixed(Array(scope.utf8).span)
        input.appendPrefixed(fingerprint.span)
        input.appendBigEndian(generation)
        digest = input.span.withUnsafeBytes { Array(SHA256.hash(data: $0)) }
    }
}

/// Makes the ids of one rule's calls of one type.
package struct MessageIDMaker: Sendable {
    private let prefix: [UInt8]

    /// Changing what is hashed means a new version: old and new ids never meet.
    private static let formatVersion: UInt32 = 1
    /// At most so much of a record's first line enters its id.
    package static let lineBytesMax = 1024

    private enum Subject: UInt8 {
        case record = 0
        case key = 1
        case entry = 2
    }

    package init(rule: String, revision: Int, type: CallType) {
        var prefix = UniqueArray<UInt8>()
        prefix.appendBigEndian(Self.formatVersion)
        prefix.appendPrefixed(Array(rule.utf8).span)
        prefix.appendBigEndian(UInt64(revision))
        prefix.appendPrefixed(Array(type.rawValue.utf8).span)
        self.prefix = prefix.span.withUnsafeBufferPointer { Array($0) }
    }

    /// The id of the call that `key` names: the same for every record, file and machine.
    package func id(key: Span<UInt8>, scratch: inout UniqueArray<UInt8>) -> MessageID {
        begin(.key, &scratch)
        scratch.appendPrefixed(key)
        return hash(scratch.span)
    }

    /// The id of the call derived from one record.
    /// - Parameters:
    ///   - origin: the file.
    ///   - offset: the record's first byte in the uncompressed stream.
    ///   - firstLine: the record's first line; only `lineBytesMax` of it count.
    package func id(origin: RecordOrigin, offset: UInt64, firstLine: Span<UInt8>, scratch: inout UniqueArray<UInt8>) -> MessageID {
        begin(.record, &scratch)
        scratch.append(copying: origin.digest.span)
        scratch.appendBigEndian(offset)
        scratch.appendPrefixed(firstLine.extracting(first: min(firstLine.count, Self.lineBytesMax)))
        return hash(scratch.span)
    }

    /// The id of the call derived from one entry of a journal.
    /// - Parameters:
    ///   - origin: of the scope alone, for the entry's identity says the rest.
    ///   - identity: what every copy of the entry has in common.
    ///   - firstLine: of the entry's message; only `lineBytesMax` of it count.
    package func id(origin: RecordOrigin, identity: Span<UInt8>, firstLine: Span<UInt8>, scratch: inout UniqueArray<UInt8>) -> MessageID {
        begin(.entry, &scratch)
        scratch.append(copying: origin.digest.span)
        scratch.appendPrefixed(identity)
        scratch.appendPrefixed(firstLine.extracting(first: min(firstLine.count, Self.lineBytesMax)))
        return hash(scratch.span)
    }

    private func begin(_ subject: Subject, _ scratch: inout UniqueArray<UInt8>) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(copying: prefix.span)
        scratch.append(subject.rawValue)
    }

    private func hash(_ input: Span<UInt8>) -> MessageID {
        input.withUnsafeBytes { SHA256.hash(data: $0) }.withUnsafeBytes { digest in
            MessageID(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}

extension UniqueArray<UInt8> {
    fileprivate mutating func appendBigEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { bytes in bytes.withMemoryRebound(to: UInt8.self) { append(copying: $0) } }
    }

    fileprivate mutating func appendPrefixed(_ bytes: Span<UInt8>) {
        appendBigEndian(UInt32(bytes.count))
        append(copying: bytes)
    }
}
