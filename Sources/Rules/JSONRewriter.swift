// Lists and objects out of a record, written as the API takes them: no white space, no null, no key twice (the first that has a value counts), strings
// in well-formed UTF-8 without lone surrogates, and numbers that receivers can read. A number that they would round or refuse is
// written as text.

import Calls
import Formats
import Records

struct JSONRewriter {
    private var index = 0
    /// The keys of the objects that are open, as written.
    private var keys: [Range<Int>] = []
    private var decoded: [UInt8] = []

    /// Repeated keys are looked for in this much output; a call that is larger is not sent.
    static let checkedBytesMax = CallLimits.callBytesMax

    /// Appends the value that `text`, well-formed JSON no deeper than `JSONScanner.depthMax`, is.
    mutating func write(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        index = 0
        keys.removeAll(keepingCapacity: true)
        _ = value(text, into: &bytes)
    }

    /// - Returns: false for null, which is not written.
    private mutating func value(_ text: Span<UInt8>, into bytes: inout [UInt8]) -> Bool {
        switch text[index] {
        case .quote: string(text, into: &bytes)
        case UInt8(ascii: "{"): object(text, into: &bytes)
        case UInt8(ascii: "["): list(text, into: &bytes)
        default:
            let start = index
            while index < text.count, !text[index].isWhitespace, text[index] != UInt8(ascii: ","), text[index] | 0x20 != UInt8(ascii: "}") {
                index += 1
            }
            let word = text.extracting(start..<index)
            if word[0] == UInt8(ascii: "n") { return false }
            if word[0] == UInt8(ascii: "t") || word[0] == UInt8(ascii: "f") {
                bytes.append(contentsOf: word)
            } else if case .written = DecimalNumber.write(word, into: &bytes) {
                break
            } else {
                bytes.appendJSONString(word)
            }
        }
        return true
    }

    private mutating func object(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        let firstKey = keys.count
        let start = bytes.count
        bytes.append(UInt8(ascii: "{"))
        index += 1
        skipSpace(text)
        while text[index] != UInt8(ascii: "}") {
            let memberStart = bytes.count
            if memberStart > start + 1 { bytes.append(UInt8(ascii: ",")) }
            let keyStart = bytes.count
            string(text, into: &bytes)
            let key = keyStart..<bytes.count
            let isRepeated = isKnown(key, bytes, from: firstKey)
            bytes.append(UInt8(ascii: ":"))
            skipSpace(text)
            index += 1
            skipSpace(text)
            if value(text, into: &bytes), !isRepeated {
                keys.append(key)
            } else {
                bytes.removeSubrange(memberStart...)
            }
            skipSpace(text)
            skipComma(text)
        }
        index += 1
        keys.removeSubrange(firstKey...)
        bytes.append(UInt8(ascii: "}"))
    }

    private func isKnown(_ key: Range<Int>, _ bytes: [UInt8], from firstKey: Int) -> Bool {
        guard key.upperBound <= Self.checkedBytesMax else { return false }
        for known in keys[firstKey...] where known.count == key.count {
            if bytes.span.extracting(known).hasSameBytes(as: bytes.span.extracting(key)) { return true }
        }
        return false
    }

    private mutating func list(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(UInt8(ascii: "["))
        index += 1
        skipSpace(text)
        while text[index] != UInt8(ascii: "]") {
            let elementStart = bytes.count
            if elementStart > start + 1 { bytes.append(UInt8(ascii: ",")) }
            if !value(text, into: &bytes) { bytes.removeSubrange(elementStart...) }
            skipSpace(text)
            skipComma(text)
        }
        index += 1
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func string(_ text: Span<UInt8>, into bytes: inout [UInt8]) {
        let start = index + 1
        index = start
        var isEscaped = false
        while text[index] != .quote {
            let isEscape = text[index] == .backslash
            isEscaped = isEscaped || isEscape
            index += isEscape ? 2 : 1
        }
        let content = text.extracting(start..<index)
        index += 1
        guard isEscaped else { return bytes.appendJSONString(content) }
        decoded.removeAll(keepingCapacity: true)
        JSONString.decode(content, into: &decoded)
        bytes.appendJSONString(decoded.span)
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while index < text.count, text[index].isWhitespace { index += 1 }
    }

    private mutating func skipComma(_ text: Span<UInt8>) {
        guard text[index] == UInt8(ascii: ",") else { return }
        index += 1
        skipSpace(text)
    }
}
