// Reads the Liquid notation of templates: `text {{ name | filter: argument, argument | … }} text`.

import Documents
import Formats

struct TemplateParser {
    let node: Node
    let scope: Scope
    let problems: ProblemCollector
    let characters: [Character]
    var index = 0

    /// The template that the scalar `node` holds; nil when a problem was reported.
    static func parse(_ node: Node, what: String, scope: Scope, in problems: ProblemCollector) -> Template? {
        guard let text = node.string(in: problems, what: what) else { return nil }
        var parser = TemplateParser(node: node, text: text, scope: scope, problems: problems)
        return parser.template()
    }

    private init(node: Node, text: String, scope: Scope, problems: ProblemCollector) {
        self.node = node
        self.scope = scope
        self.problems = problems
        characters = Array(text)
    }

    private mutating func template() -> Template? {
        var parts: [Template.Part] = []
        var literal = ""
        var isFine = true
        while index < characters.count {
            if looking(at: "{%") {
                return fail("templates have no tags", length: 2, hint: "only {{ … }} is understood; use `where` or several rules to decide")
            }
            guard looking(at: "{{") else {
                literal.append(characters[index])
                index += 1
                continue
            }
            if !literal.isEmpty { parts.append(.literal([UInt8](literal.utf8))) }
            literal = ""
            let start = index
            index += 2
            let (closing, openQuote) = closing()
            guard let close = closing else {
                index = openQuote ?? start
                return openQuote == nil
                    ? fail("this {{ is never closed", length: 2, hint: "end the expression with }}")
                    : fail("this quote is never closed", hint: "end the text with \(characters[index])")
            }
            if let expression = expression(end: close) { parts.append(.expression(expression)) } else { isFine = false }
            index = close + 2
        }
        if !literal.isEmpty { parts.append(.literal([UInt8](literal.utf8))) }
        return isFine ? Template(parts) : nil
    }

    /// The place of the `}}` that ends the expression, where those in quotes do not count; else that of a quote left open, if any.
    private func closing() -> (end: Int?, openQuote: Int?) {
        var place = index
        var quote: Int?
        while place < characters.count {
            let character = characters[place]
            if let open = quote {
                if character == characters[open] { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = place
            } else if character == "}", place + 1 < characters.count, characters[place + 1] == "}" {
                return (place, nil)
            }
            place += 1
        }
        return (nil, quote)
    }

    private mutating func expression(end: Int) -> Expression? {
        guard let source = operand(end: end) else { return nil }
        var expression = Expression(source: source, filters: [])
        skipSpace(end)
        while index < end {
            guard characters[index] == "|" else {
                let rest = String(characters[index..<end].prefix { !$0.isWhitespace })
                return fail("unexpected \(quoted(rest))", length: rest.count, hint: "filters follow a bar: {{ name | downcase }}")
            }
            index += 1
            guard let call = filterCall(end: end) else { return nil }
            expression.filters.append(call)
            skipSpace(end)
        }
        return expression
    }

    /// A quoted text, a number, `true`, `false`, or a name.
    mutating func operand(end: Int) -> ValueSource? {
        skipSpace(end)
        guard index < end, characters[index] != "|" else {
            return fail("a name is missing here", hint: "write {{ name }} or {{ name | filter }}")
        }
        let first = characters[index]
        if first == "\"" || first == "'" { return quotedText(end: end) }
        let start = index
        while index < end, !characters[index].isWhitespace, !"|:,".contains(characters[index]) {
            index = bracketEnd(end: end) ?? index + 1
        }
        let word = String(characters[start..<index])
        if word == "true" || word == "false" { return .constant([UInt8](word.utf8), .boolean) }
        if first.isNumber || first == "-" {
            var canonical: [UInt8] = []
            if case .written = DecimalNumber.write(Array(word.utf8).span, into: &canonical) {
                return .constant(canonical, DecimalNumber.isDecimal(Array(word.utf8).span) ? .number : .integer)
            }
        }
        return scope.resolve(word, at: node.place(atOffset: start), in: problems)
    }

    /// The place behind `["…"]`, within which everything belongs to the name.
    private func bracketEnd(end: Int) -> Int? {
        guard characters[index] == "[", index + 1 < end, characters[index + 1] == "\"" || characters[index + 1] == "'",
            let close = characters[index + 2..<end].firstIndex(of: characters[index + 1]), close + 1 < end, characters[close + 1] == "]"
        else { return nil }
        return close + 2
    }

    mutating func quotedText(end: Int) -> ValueSource? {
        let quote = characters[index]
        let start = index + 1
        guard let close = characters[start..<end].firstIndex(of: quote) else {
            return fail("this quote is never closed", hint: "end the text with \(quote)")
        }
        index = close + 1
        return .constant([UInt8](String(characters[start..<close]).utf8), .string)
    }

    mutating func skipSpace(_ end: Int) {
        while index < end, characters[index].isWhitespace { index += 1 }
    }

    private func looking(at text: String) -> Bool {
        characters[index...].starts(with: text)
    }

    func fail<Result>(_ message: String, length: Int = 1, hint: String?) -> Result? {
        problems.add(message, at: node.place(atOffset: index), length: length, hint: hint)
        return nil
    }
}
