// One component of a glob: `*`, `?`, `[a-z]` and `[!a-z]`, and `\` before a character that is meant as such. Matching is
// linear in the name for patterns with one `*` and at worst the product of both lengths; it never recurses.

/// A pattern for one name, without slashes.
struct NamePattern: Hashable, Sendable {
    private enum Token: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case one
        case any
        case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    private var tokens: [Token] = []

    /// Fails where a `[` is not closed or a `\` ends the text.
    init(_ text: Substring) throws(TailingError) {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                if tokens.last != .any { tokens.append(.any) }
            case "?":
                tokens.append(.one)
            case "[":
                tokens.append(try Self.set(&rest, of: text))
            case "\\":
                guard let literal = rest.popFirst() else {
                    throw TailingError(what: "the pattern ends in a backslash", place: String(text), hint: "write `\\\\` for a backslash")
                }
                tokens.append(.scalar(literal))
            default:
                tokens.append(.scalar(scalar))
            }
        }
    }

    /// The one name that matches, or nil when there may be several.
    var literal: String? {
        var name = String.UnicodeScalarView()
        for token in tokens {
            guard case .scalar(let scalar) = token else { return nil }
            name.append(scalar)
        }
        return String(name)
    }

    /// - Parameter hidden: whether a wildcard at the start matches the dot of a hidden name.
    func matches(_ name: String, hidden: Bool) -> Bool {
        if !hidden, name.utf8.first == UInt8(ascii: "."), tokens.first != .scalar(".") { return false }
        let scalars = Array(name.unicodeScalars)
        var token = 0
        var scalar = 0
        var retry: (token: Int, scalar: Int)?
        while scalar < scalars.count {
            if token < tokens.count, tokens[token] == .any {
                retry = (token + 1, scalar)
                token += 1
            } else if token < tokens.count, Self.matches(tokens[token], scalars[scalar]) {
                token += 1
                scalar += 1
            } else if let last = retry {
                retry = (last.token, last.scalar + 1)
                token = last.token
                scalar = last.scalar + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .any }
    }

    private static func matches(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
        switch token {
        case .scalar(let own): own == scalar
        case .one: true
        case .any: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        }
    }

    private static func set(_ rest: inout Substring.UnicodeScalarView, of text: Substring) throws(TailingError) -> Token {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst { return .oneOf(ranges, isNegated: isNegated) }
            isFirst = false
            let low = scalar == "\\" ? rest.popFirst() ?? scalar : scalar
            guard rest.first == "-", let end = rest.dropFirst().first, end != "]" else {
                ranges.append(low...low)
                continue
            }
            rest.removeFirst(2)
            guard low <= end else {
                throw TailingError(
                    what: "the range \(low)-\(end) is the wrong way round", place: String(text), hint: "write the smaller one first")
            }
            ranges.append(low...end)
        }
        throw TailingError(what: "`[` is not closed", place: String(text), hint: "close it with `]`, or write `\\[` for a bracket")
    }
}
