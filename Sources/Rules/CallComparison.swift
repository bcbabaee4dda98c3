// Compares a derived call with what a test states: a subset of the call at the top level, and properties, traits and context,
// where stated, exactly. Numbers are compared by value.

import Documents
import Foundation

struct CallComparison {
    private let call: [String: Any]

    /// Keys whose objects must be stated whole.
    private static let wholeObjects: Set<String> = ["properties", "traits", "context"]

    /// - Parameter json: a call that this program wrote.
    init(_ json: String) {
        call = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any] ?? [:]
    }

    /// What differs, a line each.
    func differences(from expected: Node) -> [String] {
        guard case .map(let entries) = expected.content else {
            return ["\(expected.place): an expected call is a map, such as { type: track }"]
        }
        return entries.flatMap { entry -> [String] in
            let name = entry.name
            var actual = call[name]
            if name == "context", var context = actual as? [String: Any], case .map(let stated) = entry.value.content {
                // Every call names this program; a test need not.
                if !stated.contains(where: { $0.name == "library" }) { context["library"] = nil }
                actual = context
            }
            if Self.wholeObjects.contains(name) { return compare(entry.value, actual, path: name) }
            // Everything else at the top level is a string, also where YAML would read a number.
            if let text = entry.value.text, let string = actual as? String, text == string { return [] }
            return compare(entry.value, actual, path: name)
        }
    }

    private func compare(_ expected: Node, _ actual: Any?, path: String) -> [String] {
        switch expected.content {
        case .map(let entries):
            guard let object = actual as? [String: Any] ?? (actual == nil && entries.isEmpty ? [:] : nil) else {
                return difference(path, expected, actual)
            }
            let stated = Set(entries.map(\.name))
            return entries.flatMap { compare($0.value, object[$0.name], path: "\(path).\($0.name)") }
                + object.keys.filter { !stated.contains($0) }.sorted().map { "\(path).\($0): not expected, got \(Self.json(object[$0]))" }
        case .list(let nodes):
            guard let list = actual as? [Any], list.count == nodes.count else { return difference(path, expected, actual) }
            return zip(nodes, list).enumerated().flatMap { index, pair in compare(pair.0, pair.1, path: "\(path)[\(index)]") }
        case .null:
            return actual == nil ? [] : difference(path, expected, actual)
        case .scalar(let text, let isPlain):
            return isSame(text, isPlain: isPlain, actual) ? [] : difference(path, expected, actual)
        }
    }

    private func isSame(_ text: String, isPlain: Bool, _ actual: Any?) -> Bool {
        let constant = isPlain ? Payload.constant(text) : nil
        if let string = actual as? String { return constant == nil && string == text }
        guard let number = actual as? NSNumber, case .constant(let bytes, let type)? = constant else { return false }
        let stated = String(decoding: bytes, as: UTF8.self)
        guard type != .boolean, !Self.isBoolean(number) else { return Self.isBoolean(number) && stated == "\(number.boolValue)" }
        // Integers may have more digits than a double.
        if let integer = Int64(stated) { return number.int64Value == integer && number.doubleValue == Double(integer) }
        return number.doubleValue == Double(stated)
    }

    private func difference(_ path: String, _ expected: Node, _ actual: Any?) -> [String] {
        ["\(path): expected \(Self.words(expected)), got \(Self.json(actual))"]
    }

    /// The value as JSON.
    private static func words(_ node: Node) -> String {
        switch node.content {
        case .null: "nothing"
        case .scalar(let text, isPlain: true) where Payload.constant(text) != nil: text
        case .scalar(let text, _): json(text)
        case .list(let nodes): "[\(nodes.map(words).joined(separator: ","))]"
        case .map(let entries): "{\(entries.map { "\(json($0.name)):\(words($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func json(_ value: Any?) -> String {
        guard let value else { return "nothing" }
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
