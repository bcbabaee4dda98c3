// Reads JSON as a strict judge does: RFC 8259 without any of the leniency that readers grant, and beyond the grammar no
// byte order mark, no invalid UTF-8, no key twice in an object (escapes undone), no lone surrogates, no number outside
// Double's range. It keeps its own stack, so that depth costs memory it has bounded, and never the thread's stack.

struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var nodes: [JSONDocument.Node] = []
    private var open: [Container] = []

    /// An array or object whose end has not been read.
    private struct Container {
        let node: Int
        let isObject: Bool
        var isEmpty = true
        var keys: Set<[UInt8]> = []
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the whole text. To be called once.
    mutating func read() throws(JSONFault) -> [JSONDocument.Node] {
        guard bytes.count <= Int(Int32.max) else { throw JSONFault("more than 2 GiB", at: 0) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONFault("a byte order mark", at: 0) }
        skipWhitespace()
        try beginValue()
        while !open.isEmpty {
            try continueContainer()
        }
        skipWhitespace()
        if position < bytes.count { throw JSONFault("something after the end of the value", at: position) }
        return nodes
    }

    /// Reads up to the end of the innermost container or the beginning of its next value.
    private mutating func continueContainer() throws(JSONFault) {
        let innermost = open.count - 1
        let isObject = open[innermost].isObject
        skipWhitespace()
        if peek == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            position += 1
            let container = open.removeLast()
            nodes[container.node].end = Int32(position)
            nodes[container.node].next = Int32(nodes.count)
            return
        }
        if !open[innermost].isEmpty {
            try expect(UInt8(ascii: ","), isObject ? "expected , or } in an object" : "expected , or ] in an array")
            skipWhitespace()
        }
        open[innermost].isEmpty = false
        if isObject { try readKey(of: innermost) }
        try beginValue()
    }

    private mutating func readKey(of container: Int) throws(JSONFault) {
        let start = position
        guard peek == UInt8(ascii: "\"") else { throw JSONFault("expected a key in quotes", at: position) }
        let hasEscapes = try readString()
        let quoted = bytes[start + 1..<position - 1]
        let key = hasEscapes ? JSONDocument.unescape(quoted) : Array(quoted)
        guard open[container].keys.insert(key).inserted else { throw JSONFault("a key that its object has already", at: start) }
        append(.string, from: start, hasEscapes: hasEscapes)
        skipWhitespace()
        try expect(UInt8(ascii: ":"), "expected : after a key")
        skipWhitespace()
    }

    /// Reads a scalar, or the opening bracket of a container.
    private mutating func beginValue() throws(JSONFault) {
        let start = position
        guard let byte = peek else { throw JSONFault("the text ends where a value is expected", at: position) }
        switch byte {
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "\""):
            let hasEscapes = try readString()
            append(.string, from: start, hasEscapes: hasEscapes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readNumber()
            append(.number, from: start)
        case UInt8(ascii: "t"):
            try readWord("true")
            append(.boolean, from: start)
        case UInt8(ascii: "f"):
            try readWord("false")
            append(.boolean, from: start)
        case UInt8(ascii: "n"):
            try readWord("null")
            append(.null, from: start)
        default: throw JSONFault("expected a value", at: position)
        }
    }

    private mutating func openContainer(_ kind: JSONDocument.Kind) throws(JSONFault) {
        guard open.count < JSONDocument.depthMax else {
            throw JSONFault("more than \(JSONDocument.depthMax) containers within each other", at: position)
        }
        open.append(Container(node: nodes.count, isObject: kind == .object))
        position += 1
        append(kind, from: position - 1)
    }

    private mutating func append(_ kind: JSONDocument.Kind, from start: Int, hasEscapes: Bool = false) {
        nodes.append(
            JSONDocument.Node(
                kind: kind, hasEscapes: hasEscapes, start: Int32(start), end: Int32(position), next: Int32(nodes.count + 1)))
    }

    private mutating func readWord(_ word: String) throws(JSONFault) {
        guard bytes[position...].starts(with: word.utf8) else { throw JSONFault("expected a value", at: position) }
        position += word.utf8.count
    }

    /// RFC 8259, section 6: `-`? (0 or digits without a leading 0), an optional fraction, an optional exponent.
    private mutating func readNumber() throws(JSONFault) {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") {
            position += 1
            if isDigit(peek) { throw JSONFault("a number with a leading zero", at: start) }
        } else {
            try readDigits()
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            try readDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try readDigits()
        }
        // Most readers make infinity of such a number, which no JSON text can then give back.
        guard Double(String(decoding: bytes[start..<position], as: UTF8.self))?.isFinite == true else {
            throw JSONFault("a number beyond the range of a double", at: start)
        }
    }

    private mutating func readDigits() throws(JSONFault) {
        guard isDigit(peek) else { throw JSONFault("expected a digit", at: position) }
        while isDigit(peek) { position += 1 }
    }

    /// Reads a string from quote to quote and says whether it holds escapes.
    private mutating func readString() throws(JSONFault) -> Bool {
        let start = position
        var hasEscapes = false
        position += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try readEscape()
            case ..<0x20: throw JSONFault("a raw control character in a string", at: position)
            case ..<0x80: position += 1
            default: try readMultibyteScalar(byte)
            }
        }
        throw JSONFault("a string without an end", at: start)
    }

    private mutating func readEscape() throws(JSONFault) {
        let start = position
        position += 1
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let first = try readHex()
            guard (0xD800..<0xE000).contains(first) else { return }
            guard first < 0xDC00, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                throw JSONFault("a lone surrogate", at: start)
            }
            position += 2
            guard (0xDC00..<0xE000).contains(try readHex()) else { throw JSONFault("a lone surrogate", at: start) }
        default: throw JSONFault("an unknown escape", at: start)
        }
    }

    private mutating func readHex() throws(JSONFault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Self.hexValue(byte) else { throw JSONFault("expected a hexadecimal digit", at: position) }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    /// The shortest form of one scalar and nothing else: RFC 3629, section 4.
    private mutating func readMultibyteScalar(_ first: UInt8) throws(JSONFault) {
        var second: ClosedRange<UInt8> = 0x80...0xBF
        let count: Int
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: count = 4
        default: throw JSONFault("invalid UTF-8", at: position)
        }
        let rest = bytes[position...].prefix(count).dropFirst()
        guard rest.count == count - 1, let next = rest.first, second.contains(next), rest.allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw JSONFault("invalid UTF-8", at: position) }
        position += count
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(JSONFault) {
        guard peek == byte else { throw JSONFault(what, at: position) }
        position += 1
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }
}
