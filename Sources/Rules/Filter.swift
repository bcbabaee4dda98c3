// The filters of templates: Liquid's, with Liquid's meaning where Liquid has them, and a few that logs need. A filter reads
// one value and writes its result as bytes; which JSON type the result has follows from the filter.

import Calls
import Formats
import Records

/// The names that may follow a bar in a template.
enum Filter: String, CaseIterable, Sendable {
    case append, `default`, downcase, replace, sha256, strip, upcase
    case parseTime = "parse_time"
    case toBoolean = "to_boolean"
    case toInteger = "to_integer"
    case toNumber = "to_number"
    case urlDecode = "url_decode"

    var argumentCount: ClosedRange<Int> {
        switch self {
        case .append, .default: 1...1
        case .replace: 2...2
        case .parseTime: 0...1
        case .downcase, .sha256, .strip, .toBoolean, .toInteger, .toNumber, .upcase, .urlDecode: 0...0
        }
    }

    /// The arguments in words, for messages.
    var argumentWords: String {
        switch argumentCount {
        case 0...0: "no argument"
        case 0...1: "at most one argument"
        case 1...1: "one argument"
        default: "\(argumentCount.lowerBound) arguments"
        }
    }

    var example: String {
        switch self {
        case .append: #"{{ name | append: "@example.com" }}"#
        case .default: #"{{ plan | default: "free" }}"#
        case .parseTime: #"{{ ts | parse_time: "%d/%b/%Y:%H:%M:%S %z" }}"#
        case .replace: #"{{ path | replace: "/api/", "/" }}"#
        default: "{{ name | \(rawValue) }}"
        }
    }

    /// What a filter made of its input.
    enum Result {
        case absent
        case text
        case number
        case boolean(Bool)
    }

    /// Appends the filter's result for the text `input`. `default` is not run here, for it takes values rather than text,
    /// nor `parse_time`, which depends on more than its input.
    func run(_ input: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>, into output: inout [UInt8]) -> Result {
        switch self {
        case .append:
            output.append(contentsOf: input)
            output.append(contentsOf: first)
            return .text
        case .downcase: return Self.mapCase(input, into: &output, ascii: \.lowercased, unicode: { $0.lowercased() })
        case .upcase: return Self.mapCase(input, into: &output, ascii: \.uppercased, unicode: { $0.uppercased() })
        case .strip: return Self.strip(input, into: &output)
        case .replace: return Self.replace(input, first, with: second, into: &output)
        case .urlDecode: return Self.urlDecode(input, into: &output)
        case .toNumber: return Self.number(input, into: &output, DecimalNumber.write)
        case .toInteger: return Self.number(input, into: &output, DecimalNumber.writeInteger)
        case .toBoolean: return Self.boolean(input)
        case .sha256:
            TextDigest.writeSHA256(of: input, into: &output)
            return .text
        case .default, .parseTime: preconditionFailure("\(rawValue) is not a function of text alone")
        }
    }

    private static func mapCase(
        _ input: Span<UInt8>, into output: inout [UInt8], ascii: (UInt8) -> UInt8, unicode: (String) -> String
    ) -> Result {
        let start = output.count
        for index in input.indices {
            guard input[index] < 0x80 else {
                output.removeSubrange(start...)
                output.append(contentsOf: unicode(String(decoding: [UInt8](copying: input), as: UTF8.self)).utf8)
                return .text
            }
            output.append(ascii(input[index]))
        }
        return .text
    }

    private static func strip(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        var (start, end) = (0, input.count)
        while start < end, input[start].isWhitespace { start += 1 }
        while end > start, input[end - 1].isWhitespace { end -= 1 }
        output.append(contentsOf: input.extracting(start..<end))
        return .text
    }

    /// An empty `part` is left alone: Liquid would put the replacement between all characters, which no one wants.
    private static func replace(
        _ input: Span<UInt8>, _ part: Span<UInt8>, with replacement: Span<UInt8>, into output: inout [UInt8]
    ) -> Result {
        var index = 0
        while index < input.count {
            if !part.isEmpty, index + part.count <= input.count, input.extracting(index..<index + part.count).hasSameBytes(as: part) {
                output.append(contentsOf: replacement)
                index += part.count
            } else {
                output.append(input[index])
                index += 1
            }
        }
        return .text
    }

    /// `%HH` is a byte, `+` is a space; a percent sign that begins no escape stays.
    private static func urlDecode(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        var index = 0
        while index < input.count {
            if input[index] == UInt8(ascii: "%"), index + 2 < input.count, let high = input[index + 1].hexValue,
                let low = input[index + 2].hexValue
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(input[index] == UInt8(ascii: "+") ? .space : input[index])
                index += 1
            }
        }
        return .text
    }

    private static func number(
        _ input: Span<UInt8>, into output: inout [UInt8], _ write: (Span<UInt8>, inout [UInt8]) -> DecimalNumber.Outcome
    ) -> Result {
        switch write(input, &output) {
        case .notANumber: return .absent
        case .written: return .number
        case .tooLarge:
            output.append(contentsOf: input)
            return .text
        }
    }

    /// `true yes on 1 t y` and `false no off 0 f n` in any case.
    private static func boolean(_ input: Span<UInt8>) -> Result {
        guard input.count <= 5 else { return .absent }
        switch String(decoding: [UInt8](copying: input), as: UTF8.self).lowercased() {
        case "true", "yes", "on", "1", "t", "y": return .boolean(true)
        case "false", "no", "off", "0", "f", "n": return .boolean(false)
        default: return .absent
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { isUppercaseLetter ? self | 0x20 : self }
    fileprivate var uppercased: UInt8 { isLowercaseLetter ? self & ~0x20 : self }
}
