// Filters from text to text. Positions and lengths count characters as Ruby, and so Liquid, does: Unicode code points. In
// ill-formed UTF-8 each byte that continues no character is one of its own.

import Formats
import Records

extension Filter {
    static func join(_ left: Span<UInt8>, _ right: Span<UInt8>, into output: inout [UInt8]) -> Result {
        output.append(contentsOf: left)
        output.append(contentsOf: right)
        return .text
    }

    func mapCase(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        let start = output.count
        for index in input.indices {
            let byte = input[index]
            guard byte < 0x80 else {
                output.removeSubrange(start...)
                output.append(contentsOf: mapCase(String(decoding: [UInt8](copying: input), as: UTF8.self)).utf8)
                return .text
            }
            let isUpper = self == .upcase || (self == .capitalize && index == 0)
            output.append(isUpper ? byte.uppercased : byte.lowercased)
        }
        return .text
    }

    private func mapCase(_ text: String) -> String {
        switch self {
        case .upcase: return text.uppercased()
        case .downcase: return text.lowercased()
        default:
            let scalars = text.unicodeScalars
            guard let first = scalars.first else { return "" }
            return first.properties.titlecaseMapping + String(scalars.dropFirst()).lowercased()
        }
    }

    static func strip(_ input: Span<UInt8>, left: Bool, right: Bool, into output: inout [UInt8]) -> Result {
        var (start, end) = (0, input.count)
        while left, start < end, input[start].isWhitespace { start += 1 }
        while right, end > start, input[end - 1].isWhitespace { end -= 1 }
        output.append(contentsOf: input.extracting(start..<end))
        return .text
    }

    /// An empty `part` is left alone: Liquid would put the replacement between all characters, which no one wants.
    static func replace(
        _ input: Span<UInt8>, _ part: Span<UInt8>, with replacement: Span<UInt8>, countMax: Int = .max, into output: inout [UInt8]
    ) -> Result {
        var (index, count) = (0, 0)
        while !part.isEmpty, count < countMax, let found = input.firstRange(of: part, from: index) {
            output.append(contentsOf: input.extracting(index..<found.lowerBound))
            output.append(contentsOf: replacement)
            index = found.upperBound
            count += 1
        }
        output.append(contentsOf: input.extracting(index..<input.count))
        return .text
    }

    /// The first argument's characters at most, the second one at the end included; 50 and `...` where they are not stated.
    static func truncate(_ input: Span<UInt8>, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        let stated = arguments.count > 0 ? wholeNumber(arguments.first.span) : 50
        guard let length = stated else { return .absent }
        let ending = arguments.count > 1 ? arguments.second : Array("...".utf8)
        guard input.characterCount > length else { return join(input, Span(), into: &output) }
        let kept = input.place(ofCharacter: Swift.max(0, length - ending.span.characterCount), from: 0)
        return join(input.extracting(0..<kept), ending.span, into: &output)
    }

    /// A list of one text for each part between separators. As in Ruby, parts that are empty are left out at the end, a single
    /// space stands for any white space, and without a separator each character is a part.
    static func split(_ input: Span<UInt8>, _ separator: Span<UInt8>, into output: inout [UInt8]) -> Result {
        var list = ListWriter(into: &output)
        if separator.count == 1, separator[0] == .space {
            var index = 0
            while index < input.count {
                let start = index
                while index < input.count, !input[index].isWhitespace { index += 1 }
                if index > start { list.text(input.extracting(start..<index), into: &output) }
                index += 1
            }
        } else if separator.isEmpty {
            var index = 0
            while index < input.count {
                let end = input.characterEnd(from: index)
                list.text(input.extracting(index..<end), into: &output)
                index = end
            }
        } else {
            splitParts(input, separator, &list, into: &output)
        }
        list.end(into: &output)
        return .json
    }

    private static func splitParts(_ input: Span<UInt8>, _ separator: Span<UInt8>, _ list: inout ListWriter, into output: inout [UInt8]) {
        var (index, emptyCount) = (0, 0)
        while index <= input.count {
            let found = input.firstRange(of: separator, from: index)
            let end = found?.lowerBound ?? input.count
            if end == index {
                emptyCount += 1
            } else {
                for _ in 0..<emptyCount { list.text(Span(), into: &output) }
                emptyCount = 0
                list.text(input.extracting(index..<end), into: &output)
            }
            index = found?.upperBound ?? input.count + 1
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { isUppercaseLetter ? self | 0x20 : self }
    fileprivate var uppercased: UInt8 { isLowercaseLetter ? self & ~0x20 : self }
    fileprivate var continuesCharacter: Bool { self & 0xC0 == 0x80 }
}

extension Span<UInt8> {
    /// The first place at or after `start` where `part`, which is not empty, stands.
    func firstRange(of part: Span<UInt8>, from start: Int) -> Range<Int>? {
        var index = start
        while index + part.count <= count, let place = firstIndex(of: part[0], from: index), place + part.count <= count {
            if extracting(place..<place + part.count).hasSameBytes(as: part) { return place..<place + part.count }
            index = place + 1
        }
        return nil
    }

    /// The end of the character that begins at `start`.
    func characterEnd(from start: Int) -> Int {
        let lead = self[start]
        let length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var end = start + 1
        while end < count, end < start + length, self[end].continuesCharacter { end += 1 }
        return end
    }

    var characterCount: Int {
        var (index, total) = (0, 0)
        while index < count {
            index = characterEnd(from: index)
            total += 1
        }
        return total
    }

    /// Where the character number `number`, counted from the one at `start`, begins; the end where there are not so many.
    func place(ofCharacter number: Int, from start: Int) -> Int {
        var (index, left) = (start, number)
        while left > 0, index < count {
            index = characterEnd(from: index)
            left -= 1
        }
        return index
    }
}
