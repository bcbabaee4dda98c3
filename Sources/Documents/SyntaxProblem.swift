// Says in a person's words what the YAML parser (libyaml, through Yams) refused, with a hint for the mistakes people make.

internal import Yams

/// Words the parser's errors for one file.
struct SyntaxProblem {
    let source: SourceText

    func problem(for error: YamlError) -> Problem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return syntax(problem, context: context, at: mark)
        case .composer(_, let problem, let mark, _):
            let place = source.place(line: mark.line, scalarColumn: mark.column)
            if problem.contains("alias") {
                return Problem(
                    "aliases (`*name`) are not supported", at: place,
                    hint: "write the value out; quote text that begins with `*`")
            }
            return Problem("a second document begins here", at: place, hint: "a file holds one document: remove the line `---`")
        case .duplicatedKeysInMapping(_, let context):
            return duplicate(of: context.mark)
        case .memory:
            return Problem("\(quotedPath(source.file)) is nested too deeply")
        default:
            return Problem("cannot read \(quotedPath(source.file)) as YAML: \(error)")
        }
    }

    private func syntax(_ problem: String, context: YamlError.Context?, at mark: Mark) -> Problem {
        let place = source.place(line: mark.line, scalarColumn: mark.column)
        let start = context.map { source.place(line: $0.mark.line, scalarColumn: $0.mark.column) } ?? place
        let line = place.excerpt ?? ""
        if line.prefix(while: \.isWhitespace).contains("\t") {
            return Problem("a tab can't indent", at: place, hint: "use spaces")
        }
        if problem.contains("cannot start any token") || problem.contains("expected alphabetic or numeric") {
            let character = (start.excerpt ?? "").dropFirst(start.column - 1).first.map(String.init) ?? ""
            return Problem("a value can't begin with \(quoted(character))", at: start, hint: "put the value in single quotes")
        }
        for wording in Self.wordings where problem.contains(wording.fragment) {
            let isAtEnd = mark.line > source.lineCount || place.line < mark.line
            return Problem(wording.message, at: wording.isAtStart || isAtEnd ? start : place, hint: wording.hint)
        }
        return Problem("not YAML: \(problem)", at: place, hint: "put text with special characters in single quotes")
    }

    /// What to say for a message of libyaml that holds `fragment` (its scanner.c and parser.c).
    private struct Wording {
        var fragment: String
        var message: String
        var hint: String
        /// Where the thing that went wrong begins says more than where it was noticed.
        var isAtStart = false
    }

    private static let wordings: [Wording] = [
        Wording(
            fragment: "mapping values are not allowed", message: "a key can't begin here",
            hint: "indent keys of one map alike; put a value that holds `: ` in single quotes"),
        Wording(
            fragment: "could not find expected ':'", message: "this is neither `key: value` nor part of the value before",
            hint: "is a `:` missing, or the indentation wrong?", isAtStart: true),
        Wording(
            fragment: "found unexpected ':'", message: "a `:` can't stand here", hint: "put a space after the `:` of a key"),
        Wording(
            fragment: "unknown escape character", message: "unknown escape in a double-quoted string",
            hint: "put patterns in single quotes, where a backslash is a backslash"),
        Wording(
            fragment: "expected hexdecimal number", message: "unknown escape in a double-quoted string",
            hint: "put patterns in single quotes, where a backslash is a backslash"),
        Wording(
            fragment: "invalid Unicode character escape", message: "unknown escape in a double-quoted string",
            hint: "put patterns in single quotes, where a backslash is a backslash"),
        Wording(
            fragment: "unexpected end of stream", message: "a quoted string is not closed",
            hint: "add the closing quote; inside single quotes a single quote is written twice", isAtStart: true),
        Wording(
            fragment: "unexpected document indicator", message: "a quoted string is not closed",
            hint: "add the closing quote; inside single quotes a single quote is written twice", isAtStart: true),
        Wording(
            fragment: "',' or ']'", message: "a list in brackets is not closed, or lacks a comma",
            hint: "it needs `,` between items and `]` at the end"),
        Wording(
            fragment: "',' or '}'", message: "a map in braces is not closed, or lacks a comma",
            hint: "it needs `,` between entries and `}` at the end; put text that holds braces in single quotes"),
        Wording(
            fragment: "did not find expected node content", message: "a value can't begin like this",
            hint: "put a value that begins with a special character in single quotes"),
        Wording(
            fragment: "expected comment or line break", message: "text can't follow `|` or `>` on the same line",
            hint: "write the text on the next lines, indented, or put a value that begins with `|` or `>` in single quotes"),
        Wording(
            fragment: "expected whitespace or line break", message: "a value can't begin like this",
            hint: "put a value that begins with `!` or `&` in single quotes"),
        Wording(
            fragment: "indentation indicator equal to 0", message: "`|` and `>` can't be followed by 0",
            hint: "write the text on the next lines, indented"),
        Wording(
            fragment: "did not find expected key", message: "this does not fit the lines above",
            hint: "indent keys of one map alike; put a value that begins with a quote, or holds one, wholly in single quotes"),
        Wording(
            fragment: "'-' indicator", message: "this does not fit the lines above", hint: "indent the items of one list alike"),
        Wording(
            fragment: "block sequence entries are not allowed", message: "an item of a list can't begin here",
            hint: "begin it on a line of its own, indented like the other items"),
        Wording(
            fragment: "mapping keys are not allowed", message: "a key can't begin here",
            hint: "put a value that begins with `?` in single quotes"),
        Wording(
            fragment: "expected <document start>", message: "this does not fit the lines above",
            hint: "a file is one map: `key: value` lines, indented alike"),
        Wording(fragment: "nesting level", message: "lists and maps are nested too deeply", hint: "write it flatter"),
    ]

    /// Yams names the first of two equal keys; the second is looked for in the text.
    private func duplicate(of mark: Mark) -> Problem {
        let first = source.place(line: mark.line, scalarColumn: mark.column)
        let spelling = keySpelling(at: first)
        let message = "the key \(quoted(spelling.trimmingQuotes)) is there twice in one map"
        guard let second = secondPlace(of: spelling, after: first) else {
            return Problem(message, at: first, length: spelling.count, hint: "remove one of the two")
        }
        return Problem(
            "\(message), first at \(first)", at: second, length: spelling.count, hint: "remove one of the two, or merge what they hold")
    }

    private func keySpelling(at place: Place) -> String {
        let written = (place.excerpt ?? "").dropFirst(place.column - 1)
        if let quote = written.first, quote == "'" || quote == "\"" {
            return String(quote) + written.dropFirst().prefix { $0 != quote } + String(quote)
        }
        return String(written.prefix { $0 != ":" })
    }

    /// The keys of one block map stand under each other; those of a map in braces follow on the same line.
    private func secondPlace(of spelling: String, after first: Place) -> Place? {
        func isKey(_ text: Substring) -> Bool {
            guard text.hasPrefix(spelling) else { return false }
            return text.dropFirst(spelling.count).drop { $0 == " " }.first == ":"
        }
        let line = first.excerpt ?? ""
        var rest = line.dropFirst(first.column)
        while !rest.isEmpty {
            if isKey(rest), let before = line[..<rest.startIndex].last, " ,{'\"".contains(before) {
                return Place(line: first.line, column: line.distance(from: line.startIndex, to: rest.startIndex) + 1, in: source)
            }
            rest = rest.dropFirst()
        }
        var number = first.line + 1
        while let line = source.line(number) {
            let indent = line.prefix { $0 == " " }.count
            let isBlank = line.dropFirst(indent).first.map { $0 == "#" } ?? true
            if !isBlank, indent < first.column - 1 { break }
            if indent == first.column - 1, isKey(line.dropFirst(indent)) {
                return Place(line: number, column: first.column, in: source)
            }
            number += 1
        }
        return nil
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        guard count >= 2, let first, first == last, first == "'" || first == "\"" else { return self }
        return String(dropFirst().dropLast())
    }
}
