// The part of JSON Schema that the OpenAPI file of the Pipelines API uses. A keyword outside of it is an error when the
// schema is read, so that no constraint is ever passed over.

import Yams

struct Schema: Sendable {
    var reference: String?
    var types: [String]?
    var required: [String] = []
    var properties: [String: Schema] = [:]
    var additionalProperties = true
    /// None or one.
    var items: [Schema] = []
    var enumeration: [String]?
    var format: String?

    struct Unsupported: Error, CustomStringConvertible {
        let description: String
    }

    private static let annotations: Set = ["description", "title", "example", "examples", "deprecated"]

    init(_ node: Node) throws {
        guard let mapping = node.mapping else { throw Unsupported(description: "a schema that is no mapping") }
        for (key, value) in mapping {
            switch key.string {
            case "$ref": reference = value.string
            case "type": types = value.sequence.map { $0.compactMap(\.string) } ?? value.string.map { [$0] }
            case "required": required = value.array().compactMap(\.string)
            case "properties":
                for (name, schema) in value.mapping ?? [:] {
                    properties[name.string ?? ""] = try Schema(schema)
                }
            case "additionalProperties":
                guard let allowed = value.bool else { throw Unsupported(description: "additionalProperties with a schema") }
                additionalProperties = allowed
            case "items": items = [try Schema(value)]
            case "enum": enumeration = value.array().compactMap(\.string)
            case "format": format = value.string
            case let name?:
                guard Self.annotations.contains(name) else { throw Unsupported(description: "the keyword '\(name)'") }
            case nil: throw Unsupported(description: "a keyword that is no string")
            }
        }
        if let format, !Format.known.contains(format) { throw Unsupported(description: "the format '\(format)'") }
    }

    /// What is wrong with a value, each with its place.
    /// - Parameters:
    ///   - place: the value's place, like `batch[3].traits`.
    ///   - schemas: what references lead to, by their last part.
    func problems(in value: JSON, at place: String, schemas: [String: Schema]) -> [String] {
        if let reference {
            guard let name = reference.split(separator: "/").last, let schema = schemas[String(name)] else {
                return ["\(place): \(reference) leads nowhere"]
            }
            return schema.problems(in: value, at: place, schemas: schemas)
        }
        if let types, !types.contains(value.typeName), !(value.typeName == "integer" && types.contains("number")) {
            return ["\(place): \(value.typeName) instead of \(types.joined(separator: " or "))"]
        }
        switch value {
        case .object(let members): return problems(in: members, at: place, schemas: schemas)
        case .array(let elements):
            return items.flatMap { schema in
                elements.enumerated().flatMap { schema.problems(in: $1, at: "\(place)[\($0)]", schemas: schemas) }
            }
        case .string(let text): return problems(in: text, at: place)
        case .null, .boolean, .number: return enumeration == nil ? [] : ["\(place): none of the allowed values"]
        }
    }

    private func problems(in members: [String: JSON], at place: String, schemas: [String: Schema]) -> [String] {
        var problems = required.filter { members[$0] == nil }.map { "\(place): no \($0)" }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let schema = properties[name] {
                problems += schema.problems(in: member, at: "\(place).\(name)", schemas: schemas)
            } else if !additionalProperties {
                problems.append("\(place): \(name) is not allowed")
            }
        }
        return problems
    }

    private func problems(in text: String, at place: String) -> [String] {
        if let enumeration, !enumeration.contains(text) { return ["\(place): '\(text)' is none of the allowed values"] }
        if let format, !Format.matches(text, format) { return ["\(place): '\(text)' is no \(format)"] }
        return []
    }
}
