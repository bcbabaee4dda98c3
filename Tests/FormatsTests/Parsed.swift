// Parses a text as a rule would have it, and hands out the values of fields.

import Formats

struct Parsed {
    let isOfFormat: Bool
    let isPartial: Bool
    private let fields: [String: Field]
    private let values: [String: String]

    /// - Parameter names: the fields that rules ask for; they must be names of the format.
    init(_ record: String, _ format: String, _ names: [String] = []) {
        self.init(Array(record.utf8), format, names)
    }

    init(_ record: [UInt8], _ format: String, _ names: [String] = []) {
        let registry = FieldNames(RecordFormat(rawValue: format)!)
        let names = names + registry.format.fixedNames
        let slots = names.map { registry.slot(of: $0)! }
        var target = RecordFields()
        isOfFormat = registry.layout.parse(record.span, into: &target)
        isPartial = target.isPartial
        var fields: [String: Field] = [:]
        var values: [String: String] = [:]
        for (name, slot) in zip(names, slots) {
            let field = target.fields[slot]
            fields[name] = field
            guard let range = field.range else { continue }
            let bytes = field.space == .record ? record : target.inner
            var value: [UInt8] = []
            field.decode(bytes.span.extracting(range), into: &value)
            values[name] = String(decoding: value, as: UTF8.self)
        }
        self.fields = fields
        self.values = values
    }

    /// The value of a field; nil where it is absent.
    subscript(_ name: String) -> String? { values[name] }

    func kind(_ name: String) -> Field.Kind { fields[name]!.kind }
}
