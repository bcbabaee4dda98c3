// Templates as they are run: literal bytes and expressions, checked and resolved when the rules are loaded.

import Formats

/// Where an expression's value comes from.
enum ValueSource: Sendable {
    /// A named group of the rule's patterns, by its place among the rule's group names.
    case capture(Int, ValueType)
    /// A field of the record, by its slot in the pack's format.
    case field(Int)
    case sourceName
    case sourcePath
    /// A literal, or a name whose value is known when the rules are loaded (`host.name`, `env.NAME`). A number is an integer unless it
    /// is written with a fraction or an exponent.
    case constant([UInt8], ValueType)
}

/// `{{ source | filter: argument | … }}`
struct Expression: Sendable {
    var source: ValueSource
    var filters: [FilterCall]
}

/// A filter with its arguments, which are literals or fields.
struct FilterCall: Sendable {
    var filter: Filter
    var arguments: [ValueSource]
    /// What an argument is made into when the rules are loaded.
    var prepared = Prepared.nothing

    enum Prepared: Sendable {
        case nothing
        /// Of `parse_time`.
        case time(TimestampFormat)
        /// Of `date`.
        case date(DateFormat)
        /// Of `lookup`; the argument that is left is what it gives for other texts.
        case table(LookupTable)
    }
}

/// Text with expressions in it. A template that is one whole expression keeps the value's type; any other gives a string, and
/// is absent when one of its expressions is.
struct Template: Sendable {
    enum Part: Sendable {
        case literal([UInt8])
        case expression(Expression)
    }

    let parts: [Part]
    /// Where the template is one capture and nothing else: most are.
    let capture: (group: Int, type: ValueType)?

    init(_ parts: [Part]) {
        self.parts = parts
        if parts.count == 1, case .expression(let expression) = parts[0], case .capture(let group, let type) = expression.source,
            expression.filters.isEmpty
        {
            capture = (group, type)
        } else {
            capture = nil
        }
    }

    init(_ source: ValueSource) {
        self.init([.expression(Expression(source: source, filters: []))])
    }

    /// Whether it gives text whatever its expressions give.
    var isText: Bool {
        if parts.count == 1, case .expression = parts[0] { false } else { true }
    }

    /// All filters in it, with their arguments.
    var filterCalls: [FilterCall] {
        parts.flatMap { part -> [FilterCall] in
            if case .expression(let expression) = part { expression.filters } else { [] }
        }
    }

    /// The text, where the template holds no expression.
    var literal: [UInt8]? {
        if parts.isEmpty { return [] }
        if parts.count == 1, case .literal(let bytes) = parts[0] { return bytes }
        return nil
    }
}
