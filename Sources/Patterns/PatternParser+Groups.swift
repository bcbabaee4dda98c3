// Everything that begins with a parenthesis.

extension PatternParser {
    /// Reads from the `(` past its `)`. Nil for a comment, a callout or options, which are no item of their own.
    mutating func group() throws(UnknownSyntax) -> LiteralStretch? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternLimits.nestingMax else { throw UnknownSyntax() }
        index += 1
        switch peek() {
        case UInt8(ascii: "*"):
            index += 1
            return try verb()
        case UInt8(ascii: "?"):
            index += 1
            return try specialGroup()
        default:
            return try groupContent()
        }
    }

    /// What follows `(?`.
    private mutating func specialGroup() throws(UnknownSyntax) -> LiteralStretch? {
        guard let byte = peek() else { throw UnknownSyntax() }
        switch byte {
        case UInt8(ascii: "#"):
            try skip(past: UInt8(ascii: ")"))
            return nil
        case UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "|"):
            index += 1
            return try groupContent()
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "*"):
            index += 1
            return try assertion()
        case UInt8(ascii: "<"):
            if let next = peek(1), next == UInt8(ascii: "=") || next == UInt8(ascii: "!") || next == UInt8(ascii: "*") {
                index += 2
                return try assertion()
            }
            return try namedGroup(closedBy: UInt8(ascii: ">"))
        case UInt8(ascii: "'"):
            index += 1
            return try namedGroup(closedBy: UInt8(ascii: "'"))
        case UInt8(ascii: "P"):
            index += 1
            if peek() == UInt8(ascii: "<") { return try namedGroup(closedBy: UInt8(ascii: ">")) }
            return try reference()
        case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "+"):
            return try reference()
        case UInt8(ascii: "-") where peek(1)?.isASCIIDigit == true, _ where byte.isASCIIDigit:
            return try reference()
        case UInt8(ascii: "C"):
            index += 1
            try callout()
            return nil
        case UInt8(ascii: "("):
            return try conditional()
        default:
            return try options()
        }
    }

    private mutating func groupContent() throws(UnknownSyntax) -> LiteralStretch {
        let outer = inline
        let content = try alternatives(insideGroup: true)
        inline = outer
        return content
    }

    private mutating func namedGroup(closedBy end: UInt8) throws(UnknownSyntax) -> LiteralStretch {
        try skip(past: end)
        return try groupContent()
    }

    /// A lookahead or lookbehind takes no characters. What a positive one looks at does occur, but may lie across what stands
    /// around it; leaving it out is always right.
    private mutating func assertion() throws(UnknownSyntax) -> LiteralStretch {
        let outside = branches
        let content = try groupContent().forgotten(leaving: .empty)
        branches = outside
        return content
    }

    /// A back reference (`(?P=n)`) or a call of a group.
    private mutating func reference() throws(UnknownSyntax) -> LiteralStretch {
        if peek() != UInt8(ascii: "=") { callsGroups = true }
        try skip(past: UInt8(ascii: ")"))
        return .gap
    }

    /// `(?C)`, `(?C1)` or `(?C"text")` with the `C` already read; inside text the delimiter is doubled.
    private mutating func callout() throws(UnknownSyntax) {
        if let delimiter = peek(), delimiter != UInt8(ascii: ")"), !delimiter.isASCIIDigit {
            let end = delimiter == UInt8(ascii: "{") ? UInt8(ascii: "}") : delimiter
            index += 1
            repeat { try skip(past: end) } while consume(end)
        }
        try skip(past: UInt8(ascii: ")"))
    }

    /// `(?(condition)yes|no)`, of which nothing is certain.
    private mutating func conditional() throws(UnknownSyntax) -> LiteralStretch {
        var condition = LiteralStretch.empty
        if peek(1) == UInt8(ascii: "?") || peek(1) == UInt8(ascii: "*") {
            // An assertion, before which a callout may stand.
            var assertion: LiteralStretch?
            repeat {
                guard peek() == UInt8(ascii: "(") else { throw UnknownSyntax() }
                assertion = try group()
            } while assertion == nil
            condition = assertion ?? .empty
        } else {
            try skip(past: UInt8(ascii: ")"))
        }
        condition.append(try groupContent())
        return condition.forgotten(leaving: .gap)
    }

    /// `(?i-x)`, which holds up to the end of the group around it, or `(?i-x:…)`.
    private mutating func options() throws(UnknownSyntax) -> LiteralStretch? {
        let outer = inline
        var value = true
        if consume(UInt8(ascii: "^")) { inline = Inline() }
        while let byte = peek() {
            let place = index
            index += 1
            switch byte {
            case UInt8(ascii: ")"): return nil
            case UInt8(ascii: ":"):
                let content = try alternatives(insideGroup: true)
                inline = outer
                return content
            case UInt8(ascii: "-"): value = false
            case UInt8(ascii: "i"): inline.ignoresCase = value
            case UInt8(ascii: "x"):
                inline.extended = value
                inline.extendedMore = consume(UInt8(ascii: "x")) && value
            case UInt8(ascii: "J"):
                refuse("the option `(?J)` for duplicate names is not allowed", at: place, hint: "give each group a name of its own")
            case UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "s"), UInt8(ascii: "U"): break
            default: throw UnknownSyntax()
            }
        }
        throw UnknownSyntax()
    }

    /// What follows `(*`: a verb in upper case, or a group or assertion by its name.
    private mutating func verb() throws(UnknownSyntax) -> LiteralStretch {
        let start = index
        while let byte = peek(), byte.isASCIILetter || byte == UInt8(ascii: "_") { index += 1 }
        let name = String(decoding: pattern[start..<index], as: UTF8.self)
        switch name {
        case let name where name.isEmpty || Self.verbs.contains(name):
            // This one ends the match here: what stands behind it need not occur.
            if name == "ACCEPT" { isUncertain = true }
            try skip(past: UInt8(ascii: ")"))
            return .empty
        case "atomic", "sr", "script_run", "asr", "atomic_script_run":
            guard consume(UInt8(ascii: ":")) else { throw UnknownSyntax() }
            return try groupContent()
        case "pla", "positive_lookahead", "nla", "negative_lookahead", "plb", "positive_lookbehind", "nlb", "negative_lookbehind",
            "napla", "non_atomic_positive_lookahead", "naplb", "non_atomic_positive_lookbehind":
            guard consume(UInt8(ascii: ":")) else { throw UnknownSyntax() }
            return try assertion()
        default:
            throw UnknownSyntax()
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }
}
