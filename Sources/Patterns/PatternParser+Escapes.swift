// Everything that begins with a backslash, outside a class.

extension PatternParser {
    /// Reads one escape other than `\Q` and `\E`.
    mutating func escape() throws(UnknownSyntax) -> LiteralStretch {
        let start = index
        index += 1
        guard let byte = peek() else { throw UnknownSyntax() }
        // A character that is neither letter nor digit stands for itself.
        guard byte.isASCIILetter || byte.isASCIIDigit else { return character() }
        index += 1
        switch byte {
        case UInt8(ascii: "a"): return literal(ascii: 0x07)
        case UInt8(ascii: "e"): return literal(ascii: 0x1B)
        case UInt8(ascii: "f"): return literal(ascii: 0x0C)
        case UInt8(ascii: "n"): return literal(ascii: 0x0A)
        case UInt8(ascii: "r"): return literal(ascii: 0x0D)
        case UInt8(ascii: "t"): return literal(ascii: 0x09)
        case UInt8(ascii: "c"): return try controlCharacter()
        case UInt8(ascii: "x"): return try hexadecimal()
        case UInt8(ascii: "o"): return try literal(code: bracedNumber(radix: 8))
        case UInt8(ascii: "0"): return try literal(code: number(radix: 8, digitsMax: 2))
        case _ where byte.isASCIIDigit:
            // A back reference, or an octal character where there are not so many groups.
            while peek()?.isASCIIDigit == true { index += 1 }
            return .gap
        case UInt8(ascii: "g"), UInt8(ascii: "k"):
            // `\g<1>` and `\g'1'` are calls; with `\k` the same is a back reference.
            if byte == UInt8(ascii: "g"), peek() == UInt8(ascii: "<") || peek() == UInt8(ascii: "'") { callsGroups = true }
            try name()
            return .gap
        case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "b"), UInt8(ascii: "G"), UInt8(ascii: "K"), UInt8(ascii: "Z"),
            UInt8(ascii: "z"):
            return .empty
        case UInt8(ascii: "D"), UInt8(ascii: "d"), UInt8(ascii: "R"), UInt8(ascii: "S"), UInt8(ascii: "s"), UInt8(ascii: "W"),
            UInt8(ascii: "w"), UInt8(ascii: "X"):
            return .gap
        case UInt8(ascii: "N"):
            if starts(with: "{U+") { try skip(past: UInt8(ascii: "}")) }
            return .gap
        case UInt8(ascii: "P"), UInt8(ascii: "p"):
            refuseInBytes(byte, at: start)
            if peek() == UInt8(ascii: "{") { try skip(past: UInt8(ascii: "}")) } else { index += 1 }
            return .gap
        case UInt8(ascii: "H"), UInt8(ascii: "h"), UInt8(ascii: "V"), UInt8(ascii: "v"):
            refuseInBytes(byte, at: start)
            return .gap
        default:
            throw UnknownSyntax()
        }
    }

    /// Refuses an escape that looks at bytes as if they were characters of Latin-1.
    mutating func refuseInBytes(_ letter: UInt8, at offset: Int) {
        guard !utf else { return }
        let escape = "\\" + String(UnicodeScalar(letter))
        let instead =
            switch letter {
            case UInt8(ascii: "h"): #", or use `[ \t]`"#
            case UInt8(ascii: "v"): #", or use `[\n\r]`"#
            default: ""
            }
        refuse("`\(escape)` would take bytes out of UTF-8 characters", at: offset, hint: Self.utfHint + instead)
    }

    private mutating func controlCharacter() throws(UnknownSyntax) -> LiteralStretch {
        guard let byte = peek(), byte > 0x20, byte < 0x7F else { throw UnknownSyntax() }
        index += 1
        let upper = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte & 0xDF : byte
        return literal(ascii: upper ^ 0x40)
    }

    private mutating func hexadecimal() throws(UnknownSyntax) -> LiteralStretch {
        if peek() == UInt8(ascii: "{") { return try literal(code: bracedNumber(radix: 16)) }
        return try literal(code: number(radix: 16, digitsMax: 2))
    }

    /// The number that up to so many digits make; 0 if there are none.
    private mutating func number(radix: UInt32, digitsMax: Int) throws(UnknownSyntax) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digitsMax {
            guard let byte = peek(), let digit = Character(UnicodeScalar(byte)).hexDigitValue, digit < radix else { break }
            // More than this is no character, however many digits follow.
            guard value <= 0x10_FFFF else { throw UnknownSyntax() }
            value = value * radix + UInt32(digit)
            index += 1
        }
        return value
    }

    private mutating func bracedNumber(radix: UInt32) throws(UnknownSyntax) -> UInt32 {
        guard peek() == UInt8(ascii: "{") else { throw UnknownSyntax() }
        index += 1
        while peek() == UInt8(ascii: " ") { index += 1 }
        let digits = index
        let value = try number(radix: radix, digitsMax: pattern.count)
        guard index > digits else { throw UnknownSyntax() }
        while peek() == UInt8(ascii: " ") { index += 1 }
        guard peek() == UInt8(ascii: "}") else { throw UnknownSyntax() }
        index += 1
        return value
    }

    /// The character with a number: a byte, or in UTF mode a Unicode scalar.
    private func literal(code: UInt32) throws(UnknownSyntax) -> LiteralStretch {
        if code < 0x80 { return literal(ascii: UInt8(code)) }
        if !utf {
            guard code <= 0xFF else { throw UnknownSyntax() }
            return LiteralStretch([LiteralStretch.Unit(byte: UInt8(code))])
        }
        guard let scalar = UnicodeScalar(code) else { throw UnknownSyntax() }
        return inline.ignoresCase ? .gap : LiteralStretch(Array(UTF8.encode(scalar)!).map { LiteralStretch.Unit(byte: $0) })
    }

    /// What follows `\g` or `\k`: `{name}`, `<name>`, `'name'` or a number with or without a sign.
    private mutating func name() throws(UnknownSyntax) {
        switch peek() {
        case UInt8(ascii: "{"):
            try skip(past: UInt8(ascii: "}"))
        case UInt8(ascii: "<"):
            try skip(past: UInt8(ascii: ">"))
        case UInt8(ascii: "'"):
            index += 1
            try skip(past: UInt8(ascii: "'"))
        default:
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            guard peek()?.isASCIIDigit == true else { throw UnknownSyntax() }
            while peek()?.isASCIIDigit == true { index += 1 }
        }
    }
}
