// Reads a JSON text in place (RFC 8259) and notes where the values lie that rules ask for. No object is built and nothing is
// copied; what no rule asks for is only checked, for a text that is not JSON throughout is not a record of this format.
//
// - Of a key that an object holds twice the first counts: whoever adds members at the end must not replace earlier ones.
// - Strings may hold ill-formed UTF-8, for logs do; control characters must be escaped.
// - Lists and objects nest at most `depthMax` deep.

import Records

package struct JSONScanner {
    /// So deep may lists and objects nest; a deeper text is not taken for a record. With the levels that a call and a batch add it
    /// stays within what receivers accept.
    package static let depthMax = 48

    private let tree: PathTree
    private var index = 0
    private var depth = 0

    /// Sets the fields of the object that `text` is.
    /// - Returns: whether `text` is one JSON object, with nothing but white space around. Otherwise some fields may be set.
    static func scan(_ text: Span<UInt8>, tree: PathTree, into target: inout RecordFields) -> Bool {
        target.beginTree(nodeCount: tree.nodes.count)
        var scanner = JSONScanner(tree: tree)
        scanner.skipSpace(text)
        guard scanner.index < text.count, text[scanner.index] == UInt8(ascii: "{"), scanner.object(text, PathTree.root, &target) else {
            return false
        }
        scanner.skipSpace(text)
        return scanner.index == text.count
    }

    /// What the one JSON value in `text` is, with nothing but white space around it; nil where `text` is not JSON.
    package static func kind(of text: Span<UInt8>) -> Field.Kind? {
        var scanner = JSONScanner(tree: noPaths)
        var none = RecordFields()
        scanner.skipSpace(text)
        guard scanner.index < text.count else { return nil }
        let first = text[scanner.index]
        guard scanner.value(text, nil, &none) else { return nil }
        scanner.skipSpace(text)
        guard scanner.index == text.count else { return nil }
        return switch first {
        case .quote: .text
        case UInt8(ascii: "{"), UInt8(ascii: "["): .json
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    private static let noPaths = PathTree([])

    private init(tree: PathTree) {
        self.tree = tree
    }

    /// Passes over a value; `node` is its place in the tree, nil where no rule asks for it or for what is in it.
    private mutating func value(_ text: Span<UInt8>, _ node: Int?, _ target: inout RecordFields) -> Bool {
        guard index < text.count else { return false }
        let start = index
        var field: Field
        switch text[index] {
        case .quote:
            guard let isEscaped = string(text) else { return false }
            field = Field(start + 1..<index - 1, encoding: isEscaped ? .json : .verbatim)
        case UInt8(ascii: "{"):
            guard object(text, node, &target) else { return false }
            field = Field(start..<index, kind: .json)
        case UInt8(ascii: "["):
            guard list(text, node, &target) else { return false }
            field = Field(start..<index, kind: .json)
        case UInt8(ascii: "t"):
            guard word(text, "true") else { return false }
            field = Field(start..<index, kind: .boolean)
        case UInt8(ascii: "f"):
            guard word(text, "false") else { return false }
            field = Field(start..<index, kind: .boolean)
        case UInt8(ascii: "n"):
            guard word(text, "null") else { return false }
            field = Field(start..<index, kind: .null)
        default:
            guard number(text) else { return false }
            field = Field(start..<index, kind: .number)
        }
        if let node {
            for slot in tree.nodes[node].slots { target.fields[slot] = field }
        }
        return true
    }

    private mutating func object(_ text: Span<UInt8>, _ node: Int?, _ target: inout RecordFields) -> Bool {
        guard enter() else { return false }
        skipSpace(text)
        if skip(text, UInt8(ascii: "}")) { return leave() }
        while true {
            let keyStart = index + 1
            guard index < text.count, text[index] == .quote, let isEscaped = string(text) else { return false }
            let child = node.flatMap { self.child($0, text.extracting(keyStart..<index - 1), isEscaped: isEscaped, &target) }
            skipSpace(text)
            guard skip(text, UInt8(ascii: ":")) else { return false }
            skipSpace(text)
            guard value(text, child, &target) else { return false }
            skipSpace(text)
            if skip(text, UInt8(ascii: "}")) { return leave() }
            guard skip(text, UInt8(ascii: ",")) else { return false }
            skipSpace(text)
        }
    }

    private mutating func list(_ text: Span<UInt8>, _ node: Int?, _ target: inout RecordFields) -> Bool {
        guard enter() else { return false }
        skipSpace(text)
        if skip(text, UInt8(ascii: "]")) { return leave() }
        var position = 0
        while true {
            let child = node.flatMap { node in tree.nodes[node].elements.first { $0.index == position }?.node }
            guard value(text, child, &target) else { return false }
            position += 1
            skipSpace(text)
            if skip(text, UInt8(ascii: "]")) { return leave() }
            guard skip(text, UInt8(ascii: ",")) else { return false }
            skipSpace(text)
        }
    }

    /// Where `key` leads from `node`, when it is met for the first time.
    private func child(_ node: Int, _ key: Span<UInt8>, isEscaped: Bool, _ target: inout RecordFields) -> Int? {
        guard !tree.nodes[node].keys.isEmpty else { return nil }
        let found: Int?
        if isEscaped {
            target.key.removeAll(keepingCapacity: true)
            JSONString.decode(key, into: &target.key)
            found = tree.nodes[node].keys.value(of: target.key.span)
        } else {
            found = tree.nodes[node].keys.value(of: key)
        }
        guard let found, !target.visited[found] else { return nil }
        target.visited[found] = true
        return found
    }

    /// Passes over a string.
    /// - Returns: whether it holds an escape; nil where it is none.
    private mutating func string(_ text: Span<UInt8>) -> Bool? {
        index += 1
        var isEscaped = false
        while true {
            index = text.plainTextEnd(from: index)
            guard index < text.count else { return nil }
            if text[index] == .quote {
                index += 1
                return isEscaped
            }
            guard text[index] == .backslash, let length = escapeLength(text) else { return nil }
            isEscaped = true
            index += length
        }
    }

    private func escapeLength(_ text: Span<UInt8>) -> Int? {
        guard index + 1 < text.count else { return nil }
        switch text[index + 1] {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard index + 5 < text.count else { return nil }
            for place in index + 2..<index + 6 where text[place].hexValue == nil { return nil }
            return 6
        default: return nil
        }
    }

    private mutating func number(_ text: Span<UInt8>) -> Bool {
        _ = skip(text, UInt8(ascii: "-"))
        if !skip(text, UInt8(ascii: "0")), !digits(text) { return false }
        if skip(text, UInt8(ascii: ".")), !digits(text) { return false }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if !skip(text, UInt8(ascii: "+")) { _ = skip(text, UInt8(ascii: "-")) }
            return digits(text)
        }
        return true
    }

    private mutating func digits(_ text: Span<UInt8>) -> Bool {
        let start = index
        while index < text.count, text[index].isDigit { index += 1 }
        return index > start
    }

    private mutating func word(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        guard text.holds(word, at: index, before: text.count) else { return false }
        index += word.utf8CodeUnitCount
        return true
    }

    private mutating func skip(_ text: Span<UInt8>, _ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while index < text.count, text[index] == .space || text[index] == 0x0A || text[index] == 0x0D || text[index] == 0x09 { index += 1 }
    }

    private mutating func enter() -> Bool {
        index += 1
        depth += 1
        return depth <= Self.depthMax
    }

    private mutating func leave() -> Bool {
        depth -= 1
        return true
    }
}
