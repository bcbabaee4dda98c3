// Typed access to a node: the value, or a problem that says what was expected and what was found, and nil.

extension Node {
    /// The text of a scalar.
    ///
    /// - Parameter what: the key it belongs to, in messages in backticks.
    package func string(in problems: ProblemCollector, what: String) -> String? {
        if let text { return text }
        problems.add("expected a string for `\(what)`, found \(found)", at: self)
        return nil
    }

    /// A whole number of decimal digits, plain.
    package func integer(
        in problems: ProblemCollector, what: String, range: ClosedRange<Int> = Int.min...Int.max
    ) -> Int? {
        guard let text = plainText, let value = Self.wholeNumber(text) else {
            problems.add(
                "expected a whole number for `\(what)`, found \(found)", at: self, hint: quotesHint { Self.wholeNumber($0) != nil })
            return nil
        }
        guard range.contains(value) else {
            let limit =
                value < range.lowerBound
                ? "\(range.lowerBound) is the least it can be" : "\(range.upperBound) is the most it can be"
            problems.add("`\(what)` is out of range: \(found)", at: self, hint: limit)
            return nil
        }
        return value
    }

    /// A decimal number, plain: `5`, `-0.25`, `1e3`. Never infinite, never not a number.
    package func number(in problems: ProblemCollector, what: String) -> Double? {
        if let text = plainText, let value = Self.decimal(text) { return value }
        problems.add("expected a number for `\(what)`, found \(found)", at: self, hint: quotesHint { Self.decimal($0) != nil })
        return nil
    }

    /// A plain `true` or `false`; nothing else is a boolean.
    package func bool(in problems: ProblemCollector, what: String) -> Bool? {
        switch plainText {
        case "true": return true
        case "false": return false
        default:
            let isWritten = plainText.map { ["yes", "no", "on", "off", "y", "n"].contains($0.lowercased()) } ?? false
            problems.add(
                "expected true or false for `\(what)`, found \(found)", at: self,
                hint: isWritten ? "only `true` and `false` are booleans" : quotesHint { $0 == "true" || $0 == "false" })
            return nil
        }
    }

    /// A list of strings; a lone string counts as a list of one. What is not a string is told and left out.
    package func strings(in problems: ProblemCollector, what: String) -> [String]? {
        stringNodes(in: problems, what: what)?.compactMap(\.text)
    }

    /// As `strings`, with their places.
    package func stringNodes(in problems: ProblemCollector, what: String) -> [Node]? {
        switch content {
        case .scalar: return [self]
        case .list(let items): return items.filter { $0.string(in: problems, what: what) != nil }
        case .null, .map:
            problems.add("expected a string or a list of strings for `\(what)`, found \(found)", at: self)
            return nil
        }
    }

    /// The items of a list.
    package func list(in problems: ProblemCollector, what: String) -> [Node]? {
        if case .list(let items) = content { return items }
        problems.add("expected a list for `\(what)`, found \(found)", at: self)
        return nil
    }

    /// A string that is one of `choices`.
    package func oneOf(_ choices: [String], in problems: ProblemCollector, what: String) -> String? {
        guard let text = string(in: problems, what: what) else { return nil }
        if choices.contains(text) { return text }
        problems.add("`\(what)` can't be \(found)", at: self, hint: hint(for: text, among: choices))
        return nil
    }

    /// The text of a plain scalar, else nil.
    package var plainText: String? {
        if case .scalar(let text, isPlain: true) = content { text } else { nil }
    }

    private func quotesHint(_ isMeant: (String) -> Bool) -> String? {
        guard case .scalar(let text, isPlain: false) = content, isMeant(text) else { return nil }
        return "write it without quotes"
    }

    private static func wholeNumber(_ text: String) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func decimal(_ text: String) -> Double? {
        let allowed = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard allowed, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
