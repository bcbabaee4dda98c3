// Filters that give numbers and booleans. What is no number gives no result, and neither does a division by zero.

import Formats
import Records

extension Filter {
    static func number(_ input: Span<UInt8>, _ kind: ValueKind, into output: inout [UInt8]) -> Result {
        switch DecimalNumber.write(input, into: &output) {
        case .notANumber: return .absent
        case .written: return .number(isDecimal: kind.isDecimal || DecimalNumber.isDecimal(input))
        case .tooLarge:
            output.append(contentsOf: input)
            return .text
        }
    }

    static func integer(_ input: Span<UInt8>, into output: inout [UInt8]) -> Result {
        switch DecimalNumber.writeInteger(input, into: &output) {
        case .notANumber: return .absent
        case .written: return .number(isDecimal: false)
        case .tooLarge:
            output.append(contentsOf: input)
            return .text
        }
    }

    /// `true yes on 1 t y` and `false no off 0 f n` in any case.
    static func boolean(_ input: Span<UInt8>) -> Result {
        guard input.count <= 5 else { return .absent }
        switch String(decoding: [UInt8](copying: input), as: UTF8.self).lowercased() {
        case "true", "yes", "on", "1", "t", "y": return .boolean(true)
        case "false", "no", "off", "0", "f", "n": return .boolean(false)
        default: return .absent
        }
    }

    func rounded(_ input: Span<UInt8>, _ kind: ValueKind, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        guard let number = Quantity(input, isDecimal: kind.isDecimal) else { return .absent }
        switch self {
        case .abs: return number.magnitude.write(into: &output)
        case .ceil: return number.rounded(.up).write(into: &output)
        case .floor: return number.rounded(.down).write(into: &output)
        default:
            guard arguments.count > 0 else { return number.rounded(.toNearestOrAwayFromZero).write(into: &output) }
            guard let places = Self.wholeNumber(arguments.first.span) else { return .absent }
            return number.rounded(.toNearestOrAwayFromZero, places: places).write(into: &output)
        }
    }

    func calculated(_ input: Span<UInt8>, _ kind: ValueKind, _ arguments: Arguments, into output: inout [UInt8]) -> Result {
        guard let left = Quantity(input, isDecimal: kind.isDecimal),
            let right = Quantity(arguments.first.span, isDecimal: arguments.isFirstDecimal)
        else { return .absent }
        let result: Quantity? =
            switch self {
            case .plus: left.adding(right)
            case .minus: left.adding(right.negated)
            case .times: left.multiplied(by: right)
            case .modulo: left.modulo(right)
            default: left.divided(by: right)
            }
        return result?.write(into: &output) ?? .absent
    }

    /// A count or position.
    static func wholeNumber(_ text: Span<UInt8>) -> Int? {
        var digits: [UInt8] = []
        guard !DecimalNumber.isDecimal(text), case .written = DecimalNumber.write(text, into: &digits) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}

extension ValueKind {
    var isDecimal: Bool {
        if case .number(isDecimal: true) = self { true } else { false }
    }
}

extension Quantity {
    /// Appends the number in canonical form; one that is infinite or not a number is absent.
    fileprivate func write(into output: inout [UInt8]) -> Filter.Result {
        write(into: &output) ? .number(isDecimal: isDecimal) : .absent
    }
}
