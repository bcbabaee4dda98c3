// `where:` — what must hold of a record besides its pattern.

import Documents
import Formats
import Patterns

/// One thing that must hold.
indirect enum Condition: Sendable {
    case field(ValueSource, Test)
    /// All conditions of at least one list hold.
    case any([[Condition]])
    /// The conditions of no list hold together.
    case none([[Condition]])

    /// What a field must be.
    indirect enum Test: Sendable {
        /// Its text is one of these.
        case oneOf([[UInt8]])
        case matches(Pattern)
        case compares(Comparison, Double)
        case exists(Bool)
        case not(Test)
    }

    /// An order relation between a field's number and a constant.
    enum Comparison: String, CaseIterable, Sendable {
        // Longer signs first, so that `>=` is not read as `>`.
        case atLeast = ">="
        case atMost = "<="
        case unequal = "!="
        case above = ">"
        case below = "<"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .atLeast: left >= right
            case .atMost: left <= right
            case .unequal: left != right
            case .above: left > right
            case .below: left < right
            }
        }
    }

    /// What every record for which this holds must contain.
    func requirement(format: RecordFormat) -> LiteralRequirement {
        switch self {
        case .field(.field(let slot), let test):
            test.requirement.escaped(in: slot, of: format)
        case .any(let lists): .anyOf(lists.map { $0.requirement(format: format) })
        case .field, .none: .none
        }
    }
}

extension Condition.Test {
    fileprivate var requirement: LiteralRequirement {
        switch self {
        case .oneOf(let values): .anyOf(values.map { LiteralRequirement.literal($0) })
        case .matches(let pattern): pattern.requirement
        case .compares, .exists, .not: .none
        }
    }
}

extension LiteralRequirement {
    /// What a record must contain whose field in `slot` contains this: the same, or an escape that can hide it.
    func escaped(in slot: Int, of format: RecordFormat) -> LiteralRequirement {
        var escapes: [[UInt8]] = []
        for literal in clauses.joined() {
            for escape in FieldLayout.escapes(of: slot, in: format, hiding: literal.bytes) where !escapes.contains(escape) {
                escapes.append(escape)
            }
        }
        return escapes.reduce(self) { $0.or($1) }
    }
}

extension [Condition] {
    /// What every record for which all of these hold must contain.
    func requirement(format: RecordFormat) -> LiteralRequirement {
        reduce(.none) { $0.and($1.requirement(format: format)) }
    }
}
