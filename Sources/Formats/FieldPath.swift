// How rules name a field of a JSON record:
//
//     user.id            the member `id` of the object `user`, or the record's own member "user.id" where it has one
//     items[0].sku       an element of a list, from 0
//     ["@timestamp"]     a name taken literally, whatever it holds; the way to `["message"]` and to names with dots
//     ["user"].id        only the member `id` of the object `user`
//
// Within the quotes there are no escapes; a name that holds one kind of quote is written in the other.

struct FieldPath: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case key([UInt8])
        case element(Int)
    }

    let steps: [Step]
    /// The same path with the names before the first bracket as one key; nil where that is no other path.
    let flatSteps: [Step]?

    /// The most steps of one path.
    static let stepsMax = 32

    /// Nil where `text` is no path.
    init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        let head = bytes.firstIndex(of: UInt8(ascii: "[")) ?? bytes.count
        var steps: [Step] = []
        if head > 0 {
            for name in bytes[..<head].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
                guard Self.isName(name) else { return nil }
                steps.append(.key(Array(name)))
            }
        }
        let dotted = steps.count
        var index = head
        while index < bytes.count {
            guard let step = Self.step(bytes, &index) else { return nil }
            steps.append(step)
        }
        guard !steps.isEmpty, steps.count <= Self.stepsMax else { return nil }
        self.steps = steps
        flatSteps = dotted > 1 ? [.key(Array(bytes[..<head]))] + steps[dotted...] : nil
    }

    /// The name, where the path is one of a single name.
    var onlyName: [UInt8]? {
        if steps.count == 1, case .key(let name) = steps[0] { name } else { nil }
    }

    /// `[0]`, `["name"]`, `['name']` or `.name`.
    private static func step(_ bytes: [UInt8], _ index: inout Int) -> Step? {
        if bytes[index] == UInt8(ascii: ".") {
            let start = index + 1
            index = bytes[start...].firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? bytes.count
            return isName(bytes[start..<index]) ? .key(Array(bytes[start..<index])) : nil
        }
        guard bytes[index] == UInt8(ascii: "["), index + 1 < bytes.count else { return nil }
        let first = bytes[index + 1]
        if first == .quote || first == UInt8(ascii: "'") {
            guard let close = bytes[(index + 2)...].firstIndex(of: first), close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "]")
            else { return nil }
            defer { index = close + 2 }
            return .key(Array(bytes[(index + 2)..<close]))
        }
        guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "]")),
            bytes[(index + 1)..<close].allSatisfy(\.isDigit), let number = Int(String(decoding: bytes[(index + 1)..<close], as: UTF8.self))
        else { return nil }
        index = close + 1
        return .element(number)
    }

    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        !name.isEmpty && !name.contains { $0 == .quote || $0 == UInt8(ascii: "]") || $0.isWhitespace }
    }
}
