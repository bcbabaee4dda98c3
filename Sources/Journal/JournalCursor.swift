// A place in the journal as text: what sd_journal_get_cursor(3) returns and the store keeps.
//
//     s=SEQNUM_ID;i=SEQNUM;b=BOOT_ID;m=MONOTONIC;t=REALTIME;x=XOR_HASH
//
// All values are hexadecimal. The manual calls the text opaque, yet it alone tells the hash of an entry's fields, and its form
// has not changed since it was introduced; a text of another form is refused here rather than guessed at.

package import Records

package struct JournalCursor: Hashable, Sendable {
    /// The counter that the sequence number belongs to; it changes when journald sets a damaged file aside.
    package var sequenceHigh: UInt64
    package var sequenceLow: UInt64
    package var sequenceNumber: UInt64
    package var identity: EntryIdentity

    /// The longest cursor text that is looked at.
    static let textBytesMax = 256

    /// - Returns: nil where the text is no cursor, or not a whole one.
    package init?(_ text: Span<UInt8>) {
        guard text.count <= Self.textBytesMax else { return nil }
        var reader = Reader(index: 0)
        guard let sequence = reader.id("s", text), let number = reader.number("i", text), let boot = reader.id("b", text),
            let monotonic = reader.number("m", text), let realtime = reader.number("t", text), let hash = reader.number("x", text),
            reader.index > text.count
        else { return nil }
        (sequenceHigh, sequenceLow) = sequence
        sequenceNumber = number
        identity = EntryIdentity(
            bootHigh: boot.high, bootLow: boot.low, monotonicMicroseconds: monotonic, realtimeMicroseconds: realtime, fieldsHash: hash)
    }

    package init?(_ text: String) {
        self.init(Array(text.utf8).span)
    }

    /// Whether both numbers are of one counter.
    func isCountedAs(_ other: JournalCursor) -> Bool {
        sequenceHigh == other.sequenceHigh && sequenceLow == other.sequenceLow
    }
}

extension JournalCursor {
    /// The cursor text of a moment rather than an entry; libsystemd takes it as well.
    static func text(ofRealtimeMicroseconds microseconds: UInt64) -> String {
        "t=" + String(microseconds, radix: 16)
    }

    /// The time that a cursor text states, whether or not the rest of it can be read.
    static func realtimeMicroseconds(of text: String) -> UInt64? {
        text.split(separator: ";").first { $0.hasPrefix("t=") }.flatMap { UInt64($0.dropFirst(2), radix: 16) }
    }
}

/// Reads `KEY=HEX;` from left to right; the last one ends with the text.
private struct Reader {
    var index: Int

    mutating func id(_ key: Unicode.Scalar, _ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
        let idDigits = 32
        guard begin(key, text), index + idDigits <= text.count, let high = hex(text, digits: idDigits / 2),
            let low = hex(text, digits: idDigits / 2), end(text)
        else { return nil }
        return (high, low)
    }

    mutating func number(_ key: Unicode.Scalar, _ text: Span<UInt8>) -> UInt64? {
        guard begin(key, text), let number = hex(text, digits: nil), end(text) else { return nil }
        return number
    }

    private mutating func begin(_ key: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard index + 2 < text.count, text[index] == UInt8(ascii: key), text[index + 1] == UInt8(ascii: "=") else { return false }
        index += 2
        return true
    }

    /// Moves behind the separator, or beyond the end of the text.
    private mutating func end(_ text: Span<UInt8>) -> Bool {
        guard index == text.count || text[index] == UInt8(ascii: ";") else { return false }
        index += 1
        return true
    }

    /// - Parameter digits: exactly so many, or, where nil, 1 to 16.
    private mutating func hex(_ text: Span<UInt8>, digits: Int?) -> UInt64? {
        let digitsMax = 16
        var (number, count) = (UInt64(0), 0)
        while index < text.count, count < digitsMax, let digit = text[index].hexDigit {
            number = number << 4 | UInt64(digit)
            count += 1
            index += 1
        }
        return count == digits ?? max(1, count) ? number : nil
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
