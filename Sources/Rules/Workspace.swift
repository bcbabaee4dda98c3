// Evaluates templates against the record at hand. All memory is reused from record to record: texts that are not part of the
// record are appended to `scratch`, which is emptied when the next record begins.

import Formats
import Records

struct Workspace {
    /// Texts made for this record.
    private(set) var scratch: [UInt8] = []
    /// The named groups of the rule at hand, in the order of its group names; nil: took no part.
    var captures: [Text?] = []
    /// The fields of the record in the format of the rule at hand.
    var fields: [Field] = []
    var sourceName: [UInt8] = []
    var sourcePath: [UInt8] = []

    private var output: [UInt8] = []
    private var composed: [UInt8] = []
    private var firstArgument: [UInt8] = []
    private var secondArgument: [UInt8] = []

    mutating func beginRecord() {
        scratch.removeAll(keepingCapacity: true)
    }

    mutating func value(of template: Template, _ record: Span<UInt8>) -> Value {
        if template.parts.count == 1, case .expression(let expression) = template.parts[0] { return value(of: expression, record) }
        composed.removeAll(keepingCapacity: true)
        for part in template.parts {
            switch part {
            case .literal(let bytes):
                composed.append(contentsOf: bytes)
            case .expression(let expression):
                guard let text = text(of: value(of: expression, record)) else { return .absent }
                Self.copy(text, record, scratch, into: &composed)
            }
        }
        let start = scratch.count
        scratch.append(contentsOf: composed)
        return .text(Text(.scratch, start..<scratch.count))
    }

    /// A field's value as text in the record or, with its escapes undone, in the scratch.
    mutating func text(ofField slot: Int, _ record: Span<UInt8>) -> Text? {
        let field = fields[slot]
        guard let range = field.range else { return nil }
        guard field.isEscaped else { return Text(.record, range) }
        let start = scratch.count
        AccessLog.decode(record.extracting(range), into: &scratch)
        return Text(.scratch, start..<scratch.count)
    }

    /// The text of a value; booleans become `true` and `false`. Nil for an absent value.
    mutating func text(of value: Value) -> Text? {
        switch value {
        case .absent: nil
        case .text(let text), .number(let text): text
        case .boolean(let truth): append(truth ? Self.trueText : Self.falseText)
        }
    }

    private static let trueText = [UInt8]("true".utf8)
    private static let falseText = [UInt8]("false".utf8)

    private mutating func value(of expression: Expression, _ record: Span<UInt8>) -> Value {
        var value = fetch(expression.source, record)
        for call in expression.filters {
            value = apply(call, to: value, record)
        }
        return value
    }

    mutating func fetch(_ source: ValueSource, _ record: Span<UInt8>) -> Value {
        switch source {
        case .capture(let index, let type):
            guard let text = captures[index] else { return .absent }
            return typed(text, type, record)
        case .field(let slot): return self.text(ofField: slot, record).map { .text($0) } ?? .absent
        case .sourceName: return .text(append(sourceName))
        case .sourcePath: return .text(append(sourcePath))
        case .constant(let bytes, .number): return .number(append(bytes))
        case .constant(let bytes, .boolean): return .boolean(bytes == Self.trueText)
        case .constant(let bytes, _): return .text(append(bytes))
        }
    }

    private mutating func typed(_ text: Text, _ type: ValueType, _ record: Span<UInt8>) -> Value {
        switch type {
        case .string: .text(text)
        case .number: run(.toNumber, on: text, record)
        case .integer: run(.toInteger, on: text, record)
        case .boolean: run(.toBoolean, on: text, record)
        }
    }

    private mutating func apply(_ call: FilterCall, to value: Value, _ record: Span<UInt8>) -> Value {
        if call.filter == .default { return isBlank(value) ? fetch(call.arguments[0], record) : value }
        guard let input = text(of: value) else { return .absent }
        for (index, argument) in call.arguments.enumerated() {
            guard let text = text(of: fetch(argument, record)) else { return .absent }
            if index == 0 {
                firstArgument.removeAll(keepingCapacity: true)
                Self.copy(text, record, scratch, into: &firstArgument)
            } else {
                secondArgument.removeAll(keepingCapacity: true)
                Self.copy(text, record, scratch, into: &secondArgument)
            }
        }
        return run(call.filter, on: input, record)
    }

    /// What Liquid's `default` replaces: nothing, false, and the empty text.
    private func isBlank(_ value: Value) -> Bool {
        switch value {
        case .absent, .boolean(false): true
        case .text(let text): text.isEmpty
        case .number, .boolean: false
        }
    }

    private mutating func run(_ filter: Filter, on input: Text, _ record: Span<UInt8>) -> Value {
        let result = output(of: filter, on: input, record)
        switch result {
        case .absent: return .absent
        case .text: return .text(append(output))
        case .number: return .number(append(output))
        case .boolean(let truth): return .boolean(truth)
        }
    }

    /// Leaves the filter's output in `output`. The scratch is held by a second name for the time of the call, so that one can be
    /// read while the other is written; it must be let go before anything is appended, or all of it would be copied.
    private mutating func output(of filter: Filter, on input: Text, _ record: Span<UInt8>) -> Filter.Result {
        output.removeAll(keepingCapacity: true)
        let (scratch, first, second) = (scratch, firstArgument, secondArgument)
        return switch input.space {
        case .record: filter.run(record.extracting(input.range), first.span, second.span, into: &output)
        case .scratch: filter.run(scratch.span.extracting(input.range), first.span, second.span, into: &output)
        }
    }

    private mutating func append(_ bytes: [UInt8]) -> Text {
        let start = scratch.count
        scratch.append(contentsOf: bytes)
        return Text(.scratch, start..<scratch.count)
    }

    private static func copy(_ text: Text, _ record: Span<UInt8>, _ scratch: [UInt8], into target: inout [UInt8]) {
        switch text.space {
        case .record: target.append(contentsOf: record.extracting(text.range))
        case .scratch: target.append(contentsOf: scratch[text.range])
        }
    }
}
