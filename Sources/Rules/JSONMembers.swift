// Walks over the elements of a list, or the members of an object, in well-formed JSON text; see `JSONScanner`, which checks it.

import Formats
import Records

struct JSONMembers {
    private var index = 1

    /// One element, or one member with its key.
    struct Member {
        /// The bytes between the key's quotes, escapes not undone; empty for an element.
        var key: Range<Int>
        var value: Range<Int>
    }

    /// The next one in `text`, which begins with its bracket and is the same each time; nil behind the last.
    mutating func next(_ text: Span<UInt8>) -> Member? {
        skipSeparators(text)
        guard text[index] != UInt8(ascii: "]"), text[index] != UInt8(ascii: "}") else { return nil }
        var key = index..<index
        if text[0] == UInt8(ascii: "{") {
            let start = index + 1
            skipString(text)
            key = start..<index - 1
            skipSeparators(text)
        }
        let start = index
        skipValue(text)
        return Member(key: key, value: start..<index)
    }

    /// White space, commas and colons.
    private mutating func skipSeparators(_ text: Span<UInt8>) {
        while text[index].isWhitespace || text[index] == UInt8(ascii: ",") || text[index] == UInt8(ascii: ":") { index += 1 }
    }

    private mutating func skipValue(_ text: Span<UInt8>) {
        var depth = 0
        repeat {
            switch text[index] {
            case .quote:
                skipString(text)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default:
                if depth == 0 { return skipWord(text) }
            }
            index += 1
        } while depth > 0
    }

    private mutating func skipString(_ text: Span<UInt8>) {
        index += 1
        while text[index] != .quote { index += text[index] == .backslash ? 2 : 1 }
        index += 1
    }

    private mutating func skipWord(_ text: Span<UInt8>) {
        while !text[index].isWhitespace, text[index] != UInt8(ascii: ","), text[index] | 0x20 != UInt8(ascii: "}") { index += 1 }
    }
}
