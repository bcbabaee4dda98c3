// `${NAME}`, `${NAME:-default}` and `${NAME:?message}` in values, for the names that the configuration lists and no others:
// what the environment holds besides (keys, passwords) cannot end up where configuration is printed. `$${` stands for `${`.

internal import Documents

/// Expands the values of one configuration.
struct Expansion {
    let allowed: Set<String>
    let environment: [String: String]
    let problems: ProblemCollector
    private var expandedBytes = 0

    /// What all expansions of a configuration together may add to it.
    static let expandedBytesMax = 1 << 20

    init(allowed: Set<String>, environment: [String: String], problems: ProblemCollector) {
        self.allowed = allowed
        self.environment = environment
        self.problems = problems
    }

    /// The node with all values below it expanded; keys stay as they are.
    mutating func expand(_ node: Node) -> Node {
        var result = node
        switch node.content {
        case .null: break
        case .scalar(let text, let isPlain):
            guard text.contains("${") else { break }
            // In braces `${NAME}` must be quoted; a value that is nothing else may still mean a number.
            let isWhole = text.hasPrefix("${") && text.firstIndex(of: "}") == text.indices.last
            result = node.replacingText(expand(text, of: node), isPlain: isPlain || isWhole)
        case .list(let items):
            result.content = .list(items.map { expand($0) })
        case .map(let entries):
            result.content = .map(entries.map { Node.Entry(key: $0.key, value: expand($0.value)) })
        }
        return result
    }

    private mutating func expand(_ text: String, of node: Node) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if rest[..<start.lowerBound].last == "$" {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            let offset = text.distance(from: text.startIndex, to: start.lowerBound)
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                problems.add(
                    "`${` is not closed", at: node.place(atOffset: offset), length: 2, hint: "write `${NAME}`, or `$${` for a plain `${`")
                return text
            }
            let inside = rest[start.upperBound..<end]
            switch value(of: inside) {
            case .success(let value):
                expandedBytes += value.utf8.count
                result += value
            case .failure(let mistake):
                problems.add(mistake.message, at: node.place(atOffset: offset), length: inside.count + 3, hint: mistake.hint)
                result += rest[start.lowerBound...end]
            }
            rest = rest[rest.index(after: end)...]
            guard expandedBytes <= Self.expandedBytesMax else {
                problems.add("expanded values are larger than \(Self.expandedBytesMax) bytes", at: node)
                return text
            }
        }
        return result + rest
    }

    private func value(of expression: Substring) -> Result<String, Problem> {
        let name = String(expression.prefix { $0 != ":" })
        let form = expression.dropFirst(name.count)
        guard Self.isName(name), form.isEmpty || form.hasPrefix(":-") || form.hasPrefix(":?") else {
            return .failure(
                Problem(
                    "\(quoted("${\(expression)}")) is not `${NAME}`, `${NAME:-default}` or `${NAME:?message}`",
                    hint: "write `$${` for a plain `${`"))
        }
        guard allowed.contains(name) else {
            return .failure(
                Problem(
                    "`\(name)` is not listed under `environment:`",
                    hint: nearest(name, among: allowed.sorted()).map { "did you mean `\($0)`?" }
                        ?? "only listed names expand: `environment: [\(name)]`; write `$${` for a plain `${`"))
        }
        let value = environment[name] ?? ""
        if form.isEmpty {
            if environment[name] != nil { return .success(value) }
            return .failure(
                Problem("`\(name)` is not set in the environment", hint: "`${\(name):-default}` says what to use when it is not set"))
        }
        if !value.isEmpty { return .success(value) }
        if form.hasPrefix(":-") { return .success(String(form.dropFirst(2))) }
        let message = form.count > 2 ? String(form.dropFirst(2)) : "it must be"
        return .failure(Problem("`\(name)` is not set in the environment: \(message)"))
    }

    /// A name as the shell allows it.
    static func isName(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isWord && !text.isEmpty && !text.first!.isNumber
    }
}
