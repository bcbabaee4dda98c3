// Reads the filters of an expression and checks their arguments as far as they are literals.

import Documents
import Formats

extension TemplateParser {
    /// An argument and where it stands.
    private struct Argument {
        var source: ValueSource
        var start: Int
        var length: Int
    }

    mutating func filterCall(end: Int) -> FilterCall? {
        skipSpace(end)
        let start = index
        let name = filterName(end: end)
        guard let filter = Filter(rawValue: name) else {
            index = start
            let hint = Documents.nearest(name, among: Filter.allCases.map(\.rawValue)).map { "did you mean `\($0)`?" }
            return fail(
                name.isEmpty ? "a filter's name must follow the bar" : "there is no filter \(quoted(name))", length: max(1, name.count),
                hint: hint ?? "filters: \(Filter.allCases.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        guard let arguments = arguments(of: filter, end: end) else { return nil }
        let resume = index
        defer { index = resume }
        index = start
        guard (filter.requiredCount...filter.parameters.count).contains(arguments.count) else {
            return fail(
                "the filter `\(name)` takes \(filter.argumentWords), found \(arguments.count)", length: name.count,
                hint: "for example: \(filter.example)")
        }
        return call(filter, arguments)
    }

    private mutating func filterName(end: Int) -> String {
        let start = index
        while index < end, characters[index].isLetter || characters[index].isNumber || characters[index] == "_" { index += 1 }
        return String(characters[start..<index])
    }

    private mutating func arguments(of filter: Filter, end: Int) -> [Argument]? {
        skipSpace(end)
        guard index < end, characters[index] == ":" else { return [] }
        var arguments: [Argument] = []
        repeat {
            index += 1
            skipSpace(end)
            guard index < end, !"|,:".contains(characters[index]) else {
                return fail("an argument is missing here", hint: "write a quoted text, a number or a name")
            }
            let start = index
            let isTable = arguments.isEmpty && filter.parameters.first == .table
            guard let source = isTable ? tableName(end: end) : operand(end: end) else { return nil }
            arguments.append(Argument(source: source, start: start, length: index - start))
            skipSpace(end)
        } while index < end && characters[index] == ","
        return arguments
    }

    /// The name of a table, quoted or not, is no name of a field.
    private mutating func tableName(end: Int) -> ValueSource? {
        if characters[index] == "\"" || characters[index] == "'" { return quotedText(end: end) }
        let start = index
        while index < end, !characters[index].isWhitespace, !"|:,".contains(characters[index]) { index += 1 }
        return .constant([UInt8](String(characters[start..<index]).utf8), .string)
    }

    private mutating func call(_ filter: Filter, _ arguments: [Argument]) -> FilterCall? {
        var call = FilterCall(filter: filter, arguments: arguments.map(\.source))
        if filter == .parseTime { call.prepared = .time(.automatic) }
        for (argument, parameter) in zip(arguments, filter.parameters) {
            let text: String? = if case .constant(let bytes, _) = argument.source { String(decoding: bytes, as: UTF8.self) } else { nil }
            index = argument.start
            switch parameter {
            case .table:
                guard let table = table(text ?? "", length: argument.length) else { return nil }
                call.prepared = .table(table)
                call.arguments.removeFirst()
            case .timeFormat, .dateFormat:
                guard let prepared = format(of: filter, isText(argument) ? text : nil, length: argument.length) else { return nil }
                call.prepared = prepared
                call.arguments = []
            default:
                guard let text else { continue }
                guard check(text, parameter, of: filter, length: argument.length) else { return nil }
            }
        }
        return call
    }

    private func isText(_ argument: Argument) -> Bool {
        if case .constant(_, .string) = argument.source { true } else { false }
    }

    private func table(_ name: String, length: Int) -> LookupTable? {
        if let table = scope.tables[name] { return table }
        let hint = Documents.nearest(name, among: scope.tables.keys.sorted()).map { "did you mean `\($0)`?" }
        return fail(
            "there is no table \(quoted(name))", length: length,
            hint: hint ?? "add it to the rule file: tables: { \(name): { key: value } }")
    }

    private func format(of filter: Filter, _ text: String?, length: Int) -> FilterCall.Prepared? {
        guard let text else {
            return fail("`\(filter.rawValue)` takes a format in quotes", length: length, hint: "for example: \(filter.example)")
        }
        do {
            if filter == .date { return .date(try DateFormat(text)) }
            if let format = try TimestampFormat(text) { return .time(format) }
            return fail("there is no time format \(quoted(text))", length: length, hint: TimestampFormat.hint(for: text))
        } catch {
            return fail(error.what, length: length, hint: error.hint)
        }
    }

    /// Whether the literal `text` can be what the filter needs; else a problem where it stands.
    private func check(_ text: String, _ parameter: Filter.Parameter, of filter: Filter, length: Int) -> Bool {
        let bytes = Array(text.utf8)
        let number = DecimalNumber.value(bytes.span)
        let wholeNumber = Filter.wholeNumber(bytes.span)
        let expected: String
        switch parameter {
        case .text, .table, .timeFormat, .dateFormat: return true
        case .number:
            if number != nil { return true }
            expected = "a number"
        case .divisor:
            if let number, number != 0 { return true }
            expected = "a number other than 0"
        case .integer:
            if wholeNumber != nil { return true }
            expected = "a whole number"
        case .count:
            if let wholeNumber, wholeNumber >= 0 { return true }
            expected = "a whole number, at least 0"
        case .key:
            if !text.isEmpty { return true }
            expected = "a key"
        }
        problems.add(
            "`\(filter.rawValue)` takes \(expected) here, found \(quoted(text))", at: node.place(atOffset: index), length: length,
            hint: "for example: \(filter.example)")
        return false
    }
}
