// JSON strings out of hostile bytes. Whatever a log holds, what is written is valid JSON in valid UTF-8 (RFC 8259):
// quotes, backslashes and control characters are escaped, and each ill-formed UTF-8 sequence becomes U+FFFD, one per
// maximal subpart as the Unicode standard recommends (chapter 3.9, "U+FFFD Substitution of Maximal Subparts").

package import BasicContainers

extension [UInt8] {
    /// Writes `text` as a JSON string, quotes included. Clean runs are copied whole.
    package mutating func appendJSONString(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { writeJSONString($0) }
    }
}

extension UniqueArray<UInt8> {
    /// Writes `text` as a JSON string, quotes included. Clean runs are copied whole.
    package mutating func appendJSONString(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { writeJSONString($0) }
    }
}

/// What bytes can be added to.
private protocol ByteTarget: ~Copyable {
    mutating func append(_ byte: UInt8)
    mutating func append(copying bytes: UnsafeBufferPointer<UInt8>)
}

extension UniqueArray: ByteTarget where Element == UInt8 {}

extension Array: ByteTarget where Element == UInt8 {
    fileprivate mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) { append(contentsOf: bytes) }
}

extension ByteTarget where Self: ~Copyable {
    fileprivate mutating func writeJSONString(_ text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        appendJSONCharacters(text)
        append(UInt8(ascii: "\""))
    }

    private mutating func appendJSONCharacters(_ text: UnsafeBufferPointer<UInt8>) {
        var cleanStart = 0
        var index = 0
        while true {
            index = text.cleanEnd(from: index)
            guard index < text.count else { break }
            if text[index] >= 0x80 {
                let sequence = text.sequence(at: index)
                if sequence.isValid {
                    index += sequence.length
                    continue
                }
                append(copying: UnsafeBufferPointer(rebasing: text[cleanStart..<index]))
                for byte in "\u{FFFD}".utf8 { append(byte) }
                index += sequence.length
            } else {
                append(copying: UnsafeBufferPointer(rebasing: text[cleanStart..<index]))
                appendEscaped(text[index])
                index += 1
            }
            cleanStart = index
        }
        append(copying: UnsafeBufferPointer(rebasing: text[cleanStart...]))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            for byte in "u00".utf8 { append(byte) }
            append(UInt8(ascii: "0") + byte >> 4)
            append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first place at or after `start` that cannot be copied as it is: a quote, a backslash, a control or a non-ASCII byte.
    fileprivate func cleanEnd(from start: Int) -> Int {
        var index = start
        while index + 8 <= count {
            let word = UInt64(littleEndian: UnsafeRawPointer(baseAddress! + index).loadUnaligned(as: UInt64.self))
            let special = word.bytesThatNeedCare
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    /// The UTF-8 sequence that begins at `start` with a non-ASCII byte: its length where it is well-formed, else the length of
    /// the ill-formed part to replace. Ranges are those of table 3-7 of the Unicode standard.
    fileprivate func sequence(at start: Int) -> (isValid: Bool, length: Int) {
        let lead = self[start]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return (false, 1)
        }
        for place in 1..<length {
            let allowed = place == 1 ? second : 0x80...0xBF
            guard start + place < count, allowed.contains(self[start + place]) else { return (false, place) }
        }
        return (true, length)
    }
}

extension UInt64 {
    /// The highest bit of each of the eight bytes that is a quote, a backslash, a control or a non-ASCII byte. Exact up to the first
    /// such byte from the low end; borrows may set bits above it.
    fileprivate var bytesThatNeedCare: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = self ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = self ^ ones &* UInt64(UInt8(ascii: "\\"))
        let controls = (self &- ones &* 0x20) & ~self
        let marks = self | controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return marks & (ones &* 0x80)
    }
}
