// Evaluates templates against the record at hand. All memory is reused from record to record: texts that are not part of the
// record are appended to `scratch`, which is emptied when the next record begins.

import BasicContainers
import Calls
import Formats
import Records

struct Workspace: ~Copyable {
    /// Texts made for this record.
    private(set) var scratch = UniqueArray<UInt8>()
    /// The named groups of the rule at hand, in the order of its group names; nil: took no part.
    var captures: [Text?] = []
    /// The fields of the record in each layout of the rule set.
    var parsed: [RecordFields]
    /// Which of `parsed` the rule at hand looks at, and for each slot of its pack the slot there.
    private(set) var layout = 0
    private(set) var slots: [Int] = []
    /// What times without a year or a zone are completed with.
    private(set) var timeContext = TimestampContext(nowMilliseconds: 0)
    var sourceName: [UInt8] = []
    var sourcePath: [UInt8] = []

    private var output: [UInt8] = []
    private var composed: [UInt8] = []
    private var arguments = Filter.Arguments()
    private var rewriter = JSONRewriter()

    init(layoutCount: Int) {
        parsed = Array(repeating: RecordFields(), count: layoutCount)
    }

    /// Turns to the records' fields as a pack sees them.
    mutating func choose(layout: Int, slots: [Int], _ timeContext: TimestampContext) {
        self.layout = layout
        self.slots = slots
        self.timeContext = timeContext
    }

    mutating func beginRecord() {
        scratch.removeAll(keepingCapacity: true)
    }

    mutating func value(of template: Template, _ record: Span<UInt8>) -> Value {
        if let capture = template.capture { return captures[capture.group].map { typed($0, capture.type, record) } ?? .absent }
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
        return .text(Self.append(composed, to: &scratch))
    }

    /// A field's value as text in the record or, with its escapes undone, in the scratch.
    mutating func text(ofField slot: Int, _ record: Span<UInt8>) -> Text? {
        let field = field(slot)
        guard let range = field.range else { return nil }
        if field.space == .record, field.encoding == .verbatim { return Text(.record, range) }
        output.removeAll(keepingCapacity: true)
        switch field.space {
        case .record: field.decode(record.extracting(range), into: &output)
        case .inner:
            let inner = parsed[layout].inner
            field.decode(inner.span.extracting(range), into: &output)
        }
        return Self.append(output, to: &scratch)
    }

    /// The message of an entry, which lies in the record as it is whatever its format.
    var message: Range<Int>? { parsed[layout].fields[0].range }

    private func field(_ slot: Int) -> Field {
        parsed[layout].fields[slots[slot]]
    }

    /// A field with its JSON type. A number that receivers would round, or could not read, is text.
    private mutating func value(ofField slot: Int, _ record: Span<UInt8>) -> Value {
        guard let text = text(ofField: slot, record) else { return .absent }
        switch field(slot).kind {
        case .missing, .null: return .absent
        case .text: return .text(text)
        case .json: return .json(text)
        case .boolean: return .boolean(text.range.count == Self.trueText.count)
        case .number:
            let number = run(.toNumber, on: text, .text, record)
            return number.isAbsent ? .text(text) : number
        }
    }

    /// The object that a template gives, or states as JSON text, as the API takes it; nil where it is none, or has no members.
    mutating func object(of template: Template, _ record: Span<UInt8>) -> Text? {
        let value = value(of: template, record)
        guard let input = text(of: value), case .json(let text) = run(.parseJSON, on: input, kind(of: value), record) else { return nil }
        let object = rewritten(text, record)
        return scratch[object.start] == UInt8(ascii: "{") && object.range.count > 2 ? object : nil
    }

    /// The list or object `text` as the API takes it.
    mutating func rewritten(_ text: Text, _ record: Span<UInt8>) -> Text {
        output.removeAll(keepingCapacity: true)
        rewriter.write(text, record, scratch, into: &output)
        return Self.append(output, to: &scratch)
    }

    /// The text of a value; booleans become `true` and `false`. Nil for an absent value.
    mutating func text(of value: Value) -> Text? {
        switch value {
        case .absent: nil
        case .text(let text), .number(let text, _), .json(let text): text
        case .boolean(let truth): Self.append(truth ? Self.trueText : Self.falseText, to: &scratch)
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
        case .field(let slot): return value(ofField: slot, record)
        case .sourceName: return .text(Self.append(sourceName, to: &scratch))
        case .sourcePath: return .text(Self.append(sourcePath, to: &scratch))
        case .constant(let bytes, .number): return .number(Self.append(bytes, to: &scratch), isDecimal: true)
        case .constant(let bytes, .integer): return .number(Self.append(bytes, to: &scratch), isDecimal: false)
        case .constant(let bytes, .boolean): return .boolean(bytes == Self.trueText)
        case .constant(let bytes, .string): return .text(Self.append(bytes, to: &scratch))
        }
    }

    private mutating func typed(_ text: Text, _ type: ValueType, _ record: Span<UInt8>) -> Value {
        switch type {
        case .string: .text(text)
        case .number where isWritten(text, record), .integer where isWritten(text, record): .number(text, isDecimal: false)
        case .number: run(.toNumber, on: text, .text, record)
        case .integer: run(.toInteger, on: text, .text, record)
        case .boolean: run(.toBoolean, on: text, .text, record)
        }
    }

    private mutating func apply(_ call: FilterCall, to value: Value, _ record: Span<UInt8>) -> Value {
        if call.filter == .default { return isBlank(value) ? fetch(call.arguments[0], record) : value }
        guard let input = text(of: value) else { return .absent }
        switch call.prepared {
        case .time(let format): return time(input, format, record)
        case .date(let format): return date(input, format, record)
        case .table(let table):
            guard let found = table.value(of: input, record, scratch) ?? call.arguments.first else { return .absent }
            return fetch(found, record)
        case .nothing:
            guard take(call.arguments, record) else { return .absent }
            return run(call.filter, on: input, kind(of: value), record)
        }
    }

    /// Fetches a filter's arguments; false where one is absent.
    private mutating func take(_ sources: [ValueSource], _ record: Span<UInt8>) -> Bool {
        arguments.count = sources.count
        for (index, source) in sources.enumerated() {
            let value = fetch(source, record)
            guard let text = text(of: value) else { return false }
            if index == 0 {
                arguments.isFirstDecimal = kind(of: value).isDecimal
                arguments.first.removeAll(keepingCapacity: true)
                Self.copy(text, record, scratch, into: &arguments.first)
            } else {
                arguments.second.removeAll(keepingCapacity: true)
                Self.copy(text, record, scratch, into: &arguments.second)
            }
        }
        return true
    }

    private func kind(of value: Value) -> ValueKind {
        switch value {
        case .absent, .text: .text
        case .number(_, let isDecimal): .number(isDecimal: isDecimal)
        case .boolean: .boolean
        case .json: .json
        }
    }

    /// The time that a text states, as RFC 3339 writes it.
    private mutating func time(_ text: Text, _ format: TimestampFormat, _ record: Span<UInt8>) -> Value {
        guard let milliseconds = milliseconds(text, format, record) else { return .absent }
        let (start, characters) = (scratch.count, CallTime(milliseconds: milliseconds).characters)
        scratch.append(copying: characters.span)
        return .text(Text(.scratch, start..<scratch.count))
    }

    /// A time, however it is written, as a date format says.
    private mutating func date(_ text: Text, _ format: DateFormat, _ record: Span<UInt8>) -> Value {
        guard let milliseconds = milliseconds(text, .automatic, record) else { return .absent }
        output.removeAll(keepingCapacity: true)
        format.write(milliseconds: milliseconds, zone: timeContext.zone, into: &output)
        return .text(Self.append(output, to: &scratch))
    }

    func milliseconds(_ text: Text, _ format: TimestampFormat, _ record: Span<UInt8>) -> Int64? {
        switch text.space {
        case .record: format.milliseconds(of: record.extracting(text.range), timeContext)
        case .scratch: format.milliseconds(of: scratch.span.extracting(text.range), timeContext)
        }
    }

    /// What Liquid's `default` replaces: nothing, false, the empty text and the empty list.
    private func isBlank(_ value: Value) -> Bool {
        switch value {
        case .absent, .boolean(false): true
        case .text(let text): text.isEmpty
        case .json(let text): text.range.count == 2
        case .number, .boolean: false
        }
    }

    private mutating func run(_ filter: Filter, on input: Text, _ kind: ValueKind, _ record: Span<UInt8>) -> Value {
        let result = output(of: filter, on: input, kind, record)
        switch result {
        case .absent: return .absent
        case .text: return .text(Self.append(output, to: &scratch))
        case .number(let isDecimal): return .number(Self.append(output, to: &scratch), isDecimal: isDecimal)
        case .json: return .json(Self.append(output, to: &scratch))
        case .boolean(let truth): return .boolean(truth)
        }
    }

    /// Leaves the filter's output in `output`.
    private mutating func output(of filter: Filter, on input: Text, _ kind: ValueKind, _ record: Span<UInt8>) -> Filter.Result {
        output.removeAll(keepingCapacity: true)
        return filter.run(input, record, scratch, kind, arguments, into: &output)
    }

    func isEqual(_ text: Text, _ bytes: [UInt8], _ record: Span<UInt8>) -> Bool {
        switch text.space {
        case .record: record.extracting(text.range).hasSameBytes(as: bytes.span)
        case .scratch: scratch.span.extracting(text.range).hasSameBytes(as: bytes.span)
        }
    }

    /// Whether a number stands in the record as JSON writes it: digits that every receiver reads exactly.
    private func isWritten(_ text: Text, _ record: Span<UInt8>) -> Bool {
        text.space == .record && DecimalNumber.isWritten(record.extracting(text.range))
    }

    private static func append(_ bytes: [UInt8], to scratch: inout UniqueArray<UInt8>) -> Text {
        let start = scratch.count
        scratch.append(copying: bytes.span)
        return Text(.scratch, start..<scratch.count)
    }

    private static func copy(
        _ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>, into target: inout [UInt8]
    ) {
        switch text.space {
        case .record: target.append(contentsOf: record.extracting(text.range))
        case .scratch: target.append(contentsOf: scratch.span.extracting(text.range))
        }
    }
}

/// Where a text lies is told apart here, so that the scratch and what is written to are known to be two things.
extension JSONRewriter {
    fileprivate mutating func write(
        _ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>, into output: inout [UInt8]
    ) {
        switch text.space {
        case .record: write(record.extracting(text.range), into: &output)
        case .scratch: write(scratch.span.extracting(text.range), into: &output)
        }
    }
}

extension Filter {
    fileprivate func run(
        _ input: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>, _ kind: ValueKind, _ arguments: Arguments,
        into output: inout [UInt8]
    ) -> Result {
        switch input.space {
        case .record: run(record.extracting(input.range), kind, arguments, into: &output)
        case .scratch: run(scratch.span.extracting(input.range), kind, arguments, into: &output)
        }
    }
}
