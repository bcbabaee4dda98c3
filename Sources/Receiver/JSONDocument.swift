// A JSON text and its values, for the judge. Only a text without any fault becomes a document (see JSONReader), so whoever
// holds one can trust it: valid UTF-8, no key twice in an object, no lone surrogates, finite numbers, bounded depth.
//
// Values are nodes of one flat array in the order of the text, each with the byte range it came from, so that a part can be
// handed on exactly as it was received. A node costs 16 bytes; a text of n bytes has at most n of them.

package struct JSONDocument: Sendable {
    package let bytes: [UInt8]
    private let nodes: [Node]

    package enum Kind: Sendable {
        case null, boolean, number, string, array, object
    }

    /// A value of one document, by its place in the text.
    package struct Value: Hashable, Sendable {
        fileprivate let index: Int
    }

    package struct Member: Sendable {
        package let key: Value
        package let value: Value
    }

    struct Node: Sendable {
        let kind: Kind
        /// Of a string: whether it holds a backslash.
        var hasEscapes = false
        let start: Int32
        var end: Int32
        /// The index just past this value and all that it contains.
        var next: Int32
    }

    /// Containers within containers, the outermost included.
    package static let depthMax = 64

    /// Reads a whole text.
    /// - Throws: the first fault, in the order of the text.
    package init(_ bytes: [UInt8]) throws(JSONFault) {
        self.bytes = bytes
        var reader = JSONReader(bytes)
        nodes = try reader.read()
    }

    package var root: Value { Value(index: 0) }

    package func kind(of value: Value) -> Kind { nodes[value.index].kind }

    /// Where the value stands in `bytes`; a string's quotes included.
    package func range(of value: Value) -> Range<Int> {
        Int(nodes[value.index].start)..<Int(nodes[value.index].end)
    }

    /// The members of an object, in the order of the text; none for other kinds.
    package func members(of value: Value) -> [Member] {
        guard kind(of: value) == .object else { return [] }
        var members: [Member] = []
        var index = value.index + 1
        let end = Int(nodes[value.index].next)
        while index < end {
            members.append(Member(key: Value(index: index), value: Value(index: index + 1)))
            index = Int(nodes[index + 1].next)
        }
        return members
    }

    /// The elements of an array, in order; none for other kinds.
    package func elements(of value: Value) -> [Value] {
        guard kind(of: value) == .array else { return [] }
        var elements: [Value] = []
        var index = value.index + 1
        let end = Int(nodes[value.index].next)
        while index < end {
            elements.append(Value(index: index))
            index = Int(nodes[index].next)
        }
        return elements
    }

    /// The first `null` in a value, at any depth.
    package func firstNull(in value: Value) -> Value? {
        (value.index..<Int(nodes[value.index].next)).first { nodes[$0].kind == .null }.map(Value.init)
    }

    /// A string's content with its escapes undone; empty for other kinds. Compare these bytes, not `String`s made of them:
    /// `String` holds different spellings of one letter for equal.
    package func content(of value: Value) -> [UInt8] {
        let node = nodes[value.index]
        guard node.kind == .string else { return [] }
        let quoted = bytes[Int(node.start) + 1..<Int(node.end) - 1]
        return node.hasEscapes ? Self.unescape(quoted) : Array(quoted)
    }

    /// Undoes the escapes of a string that has been read without a fault.
    static func unescape(_ quoted: ArraySlice<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(quoted.count)
        var rest = quoted[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                content.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): content.append(0x08)
            case UInt8(ascii: "f"): content.append(0x0C)
            case UInt8(ascii: "n"): content.append(0x0A)
            case UInt8(ascii: "r"): content.append(0x0D)
            case UInt8(ascii: "t"): content.append(0x09)
            case UInt8(ascii: "u"): content.append(contentsOf: popScalar(&rest).utf8)
            default: content.append(escape)
            }
        }
        return content
    }

    /// Takes the four digits after `\u`, and the second half of a surrogate pair with its `\u`.
    private static func popScalar(_ rest: inout ArraySlice<UInt8>) -> Character {
        var code = popHex(&rest)
        if (0xD800..<0xDC00).contains(code) {
            rest = rest.dropFirst(2)
            code = 0x10000 + (code - 0xD800) << 10 + (popHex(&rest) - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { preconditionFailure("a lone surrogate passed the reader") }
        return Character(scalar)
    }

    private static func popHex(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.reduce(0) { $0 << 4 | UInt32(JSONReader.hexValue($1) ?? 0) }
    }
}
