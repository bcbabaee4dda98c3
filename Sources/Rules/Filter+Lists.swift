// Filters of lists and objects, which are JSON texts: a record's own, those that `parse_json` checked, and those that `split`
// made. Where Liquid has the filter, a value that is no list is treated as there.

import Calls
import Formats
import Records

extension Filter {
    /// The first or last element; absent of what is no list.
    func end(of input: Span<UInt8>, _ kind: ValueKind, into output: inout [UInt8]) -> Result {
        guard Self.isList(input, kind) else { return .absent }
        var reader = JSONMembers()
        var found: Range<Int>?
        while let element = reader.next(input) {
            found = element.value
            if self == .first { break }
        }
        guard let found else { return .absent }
        return Self.value(input.extracting(found), into: &output)
    }

    /// The texts of all elements, also of lists within the list, with the argument or a space between.
    static func joined(_ input: Span<UInt8>, _ kind: ValueKind, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        guard isList(input, kind) else { return join(input, Span(), into: &output) }
        let separator = arguments.count > 0 ? arguments.first : [UInt8.space]
        var isFirst = true
        joinElements(input, separator, &isFirst, into: &output)
        return .text
    }

    private static func joinElements(_ input: Span<UInt8>, _ separator: [UInt8], _ isFirst: inout Bool, into output: inout [UInt8]) {
        var reader = JSONMembers()
        while let element = reader.next(input) {
            let value = input.extracting(element.value)
            if isList(value, .json) {
                joinElements(value, separator, &isFirst, into: &output)
                continue
            }
            if !isFirst { output.append(contentsOf: separator) }
            isFirst = false
            if case .boolean(let truth) = Self.value(value, into: &output) { output.append(contentsOf: truth ? "true".utf8 : "false".utf8) }
        }
    }

    /// A list of what the objects of a list, or a lone object, hold under a name; the name may be a path, `user.id`. Objects
    /// without it are left out.
    static func mapped(_ input: Span<UInt8>, _ kind: ValueKind, _ name: Span<UInt8>, into output: inout [UInt8]) -> Result {
        guard case .json = kind else { return .absent }
        var list = ListWriter(into: &output)
        mapElements(input, name, &list, into: &output)
        list.end(into: &output)
        return .json
    }

    private static func mapElements(_ input: Span<UInt8>, _ name: Span<UInt8>, _ list: inout ListWriter, into output: inout [UInt8]) {
        if isList(input, .json) {
            var reader = JSONMembers()
            while let element = reader.next(input) { mapElements(input.extracting(element.value), name, &list, into: &output) }
        } else if let range = member(name, of: input, 0..<input.count), input[range.lowerBound] != UInt8(ascii: "n") {
            list.json(input.extracting(range), into: &output)
        }
    }

    /// Where the value lies that the object at `object` holds under `name`, or else under the path that `name` is.
    private static func member(_ name: Span<UInt8>, of input: Span<UInt8>, _ object: Range<Int>) -> Range<Int>? {
        guard input[object.lowerBound] == UInt8(ascii: "{") else { return nil }
        if let range = ownMember(name, of: input, object) { return range }
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")),
            let range = ownMember(name.extracting(0..<dot), of: input, object)
        else { return nil }
        return member(name.extracting(dot + 1..<name.count), of: input, range)
    }

    /// Of a repeated key the first counts.
    private static func ownMember(_ name: Span<UInt8>, of input: Span<UInt8>, _ object: Range<Int>) -> Range<Int>? {
        let text = input.extracting(object)
        var reader = JSONMembers()
        while let member = reader.next(text) {
            let key = text.extracting(member.key)
            let isEqual: Bool
            if key.firstIndex(of: .backslash) == nil {
                isEqual = key.hasSameBytes(as: name)
            } else {
                var decoded: [UInt8] = []
                JSONString.decode(key, into: &decoded)
                isEqual = decoded.span.hasSameBytes(as: name)
            }
            if isEqual { return object.lowerBound + member.value.lowerBound..<object.lowerBound + member.value.upperBound }
        }
        return nil
    }

    /// How many elements or members, or else characters.
    static func size(_ input: Span<UInt8>, _ kind: ValueKind, into output: inout [UInt8]) -> Result {
        var count = 0
        if case .json = kind {
            var reader = JSONMembers()
            while reader.next(input) != nil { count += 1 }
        } else {
            count = input.characterCount
        }
        output.append(contentsOf: String(count).utf8)
        return .number(isDecimal: false)
    }

    /// So many characters or elements, by default one, from a position on; a negative one counts from the end. A position outside
    /// gives nothing.
    static func slice(_ input: Span<UInt8>, _ kind: ValueKind, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        guard let position = wholeNumber(arguments.first.span),
            let length = arguments.count > 1 ? wholeNumber(arguments.second.span) : 1
        else { return .absent }
        guard isList(input, kind) else {
            guard let start = offset(position, count: input.characterCount), length > 0 else { return .text }
            let place = input.place(ofCharacter: start, from: 0)
            return join(input.extracting(place..<input.place(ofCharacter: length, from: place)), Span(), into: &output)
        }
        var list = ListWriter(into: &output)
        var reader = JSONMembers()
        var count = 0
        while reader.next(input) != nil { count += 1 }
        if let start = offset(position, count: count) {
            reader = JSONMembers()
            var number = 0
            while let element = reader.next(input) {
                if number >= start, number - start < length { list.json(input.extracting(element.value), into: &output) }
                number += 1
            }
        }
        list.end(into: &output)
        return .json
    }

    private static func offset(_ position: Int, count: Int) -> Int? {
        let offset = position < 0 ? position + count : position
        return (0...count).contains(offset) ? offset : nil
    }

    /// The value as JSON text.
    static func json(_ input: Span<UInt8>, _ kind: ValueKind, into output: inout [UInt8]) -> Result {
        switch kind {
        case .text: output.appendJSONString(input)
        case .number, .boolean: output.append(contentsOf: input)
        case .json:
            var rewriter = JSONRewriter()
            rewriter.write(input, into: &output)
        }
        return .text
    }

    /// The value that a text states as JSON; absent where it states none.
    static func parseJSON(_ input: Span<UInt8>, _ kind: ValueKind, into output: inout [UInt8]) -> Result {
        if case .json = kind {
            output.append(contentsOf: input)
            return .json
        }
        guard JSONScanner.kind(of: input) != nil else { return .absent }
        var (start, end) = (0, input.count)
        while input[start].isWhitespace { start += 1 }
        while input[end - 1].isWhitespace { end -= 1 }
        return value(input.extracting(start..<end), into: &output)
    }

    /// Whether a value is a list.
    private static func isList(_ input: Span<UInt8>, _ kind: ValueKind) -> Bool {
        if case .json = kind { input[0] == UInt8(ascii: "[") } else { false }
    }

    /// Appends the value that the JSON text `text` states; null is absent. A number that receivers would round is text.
    private static func value(_ text: Span<UInt8>, into output: inout [UInt8]) -> Result {
        switch text[0] {
        case .quote:
            JSONString.decode(text.extracting(1..<text.count - 1), into: &output)
            return .text
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            output.append(contentsOf: text)
            return .json
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .absent
        default: return number(text, .text, into: &output)
        }
    }
}

/// Writes a JSON list into bytes that others write as well.
struct ListWriter {
    private var isEmpty = true

    init(into output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
    }

    mutating func text(_ text: Span<UInt8>, into output: inout [UInt8]) {
        separate(&output)
        output.appendJSONString(text)
    }

    mutating func json(_ value: Span<UInt8>, into output: inout [UInt8]) {
        separate(&output)
        output.append(contentsOf: value)
    }

    func end(into output: inout [UInt8]) {
        output.append(UInt8(ascii: "]"))
    }

    private mutating func separate(_ output: inout [UInt8]) {
        if !isEmpty { output.append(UInt8(ascii: ",")) }
        isEmpty = false
    }
}
