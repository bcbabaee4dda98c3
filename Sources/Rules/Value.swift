// Values while a call is being made: ranges of bytes that lie in the record or in the workspace's scratch, with their JSON
// type. Nothing here owns memory, so a record costs no allocation.

/// A range of bytes in the record at hand or in the scratch.
struct Text {
    enum Space {
        case record
        case scratch
    }

    var space: Space
    var start: Int
    var end: Int

    init(_ space: Space, _ range: Range<Int>) {
        self.space = space
        start = range.lowerBound
        end = range.upperBound
    }

    var range: Range<Int> { start..<end }
    var isEmpty: Bool { start == end }
}

/// What a template, capture or field gives.
enum Value {
    /// The field is missing: whatever was to hold it is left out.
    case absent
    case text(Text)
    /// A JSON number in canonical form, see `DecimalNumber`. It is decimal where it was written with a fraction or an exponent, also
    /// when nothing of that is left (5.00): such numbers divide without cutting off.
    case number(Text, isDecimal: Bool)
    case boolean(Bool)
    /// A list or an object as JSON text, which may still hold what the API does not take: see `JSONRewriter`.
    case json(Text)

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }
}

/// What a filter is told of the value whose text it gets.
enum ValueKind {
    case text
    case number(isDecimal: Bool)
    case boolean
    case json
}

/// What `types:` may say of a capture.
enum ValueType: String, CaseIterable, Sendable {
    case string, number, integer, boolean
}
