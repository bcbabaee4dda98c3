// Numbers that filters calculate with. Decimal fractions of up to 19 digits are exact, as they are in Liquid: 0.1 plus 0.2 is
// 0.3. What has more digits is a double, and so is a quotient without an end; of a double the shortest text is written.
//
// A number is decimal if it was written with a fraction or an exponent. Two that are not divide as integers, rounded down.

struct Quantity {
    /// `mantissa` / 10^`scale`.
    private struct Exact {
        var mantissa: Int128
        var scale: Int
    }

    /// Nil where only the double is known.
    private var exact: Exact?
    private var double: Double
    private(set) var isDecimal: Bool

    /// So many digits has each operand at most, and so many of them behind the point: sums and products then fit in 128 bits.
    private static let (digitsMax, scaleMax) = (19, 18)
    /// A double tells fractions of so many digits apart.
    private static let fractionDigitsMax = 17

    /// The number that `text` states.
    /// - Parameter isDecimal: it is known to be decimal even if the text, in canonical form, does not show it.
    init?(_ text: Span<UInt8>, isDecimal: Bool) {
        guard let double = DecimalNumber.value(text), double.isFinite, let parts = DecimalNumber.parse(text) else { return nil }
        self.double = double
        self.isDecimal = isDecimal || DecimalNumber.isDecimal(text)
        let integer = DecimalNumber.trimmingLeadingZeros(text, parts.integer)
        let fraction = DecimalNumber.trimmingTrailingZeros(text, parts.fraction)
        let scale = fraction.count - (parts.exponent ?? 0)
        let digits = integer.count + fraction.count
        guard digits <= Self.digitsMax, scale <= Self.scaleMax, digits - Swift.min(scale, 0) <= Self.digitsMax else { return }
        var mantissa: Int128 = 0
        for index in integer { mantissa = mantissa * 10 + Int128(text[index] - UInt8(ascii: "0")) }
        for index in fraction { mantissa = mantissa * 10 + Int128(text[index] - UInt8(ascii: "0")) }
        if scale < 0 { mantissa *= Self.power(-scale) }
        exact = Exact(mantissa: parts.isNegative ? -mantissa : mantissa, scale: Swift.max(scale, 0))
    }

    private init(_ exact: Exact, isDecimal: Bool) {
        self.exact = exact
        double = Double(exact.mantissa) / Double(Self.power(exact.scale))
        self.isDecimal = isDecimal
    }

    private init(_ double: Double, isDecimal: Bool) {
        self.double = double
        self.isDecimal = isDecimal
    }

    var negated: Quantity {
        guard let exact else { return Quantity(-double, isDecimal: isDecimal) }
        return Quantity(Exact(mantissa: -exact.mantissa, scale: exact.scale), isDecimal: isDecimal)
    }

    var magnitude: Quantity {
        double < 0 ? negated : self
    }

    func adding(_ other: Quantity) -> Quantity {
        let isDecimal = isDecimal || other.isDecimal
        guard let (left, right, scale) = aligned(other) else { return Quantity(double + other.double, isDecimal: isDecimal) }
        return Quantity(Exact(mantissa: left + right, scale: scale), isDecimal: isDecimal)
    }

    func multiplied(by other: Quantity) -> Quantity {
        let isDecimal = isDecimal || other.isDecimal
        guard let exact, let otherExact = other.exact else { return Quantity(double * other.double, isDecimal: isDecimal) }
        return Quantity(
            Exact(mantissa: exact.mantissa * otherExact.mantissa, scale: exact.scale + otherExact.scale), isDecimal: isDecimal)
    }

    /// Nil where `other` is zero.
    func divided(by other: Quantity) -> Quantity? {
        guard other.double != 0 else { return nil }
        guard isDecimal || other.isDecimal else {
            guard let (left, right, _) = aligned(other) else { return Quantity((double / other.double).rounded(.down), isDecimal: false) }
            return Quantity(Exact(mantissa: Self.flooredQuotient(left, right), scale: 0), isDecimal: false)
        }
        if let (left, right, _) = aligned(other) {
            // Quotients that end after few digits stay exact: 0.3 / 3 is 0.1, which it is not in doubles.
            let scaled = left.multipliedReportingOverflow(by: Self.power(Self.fractionDigitsMax))
            if !scaled.overflow, scaled.partialValue % right == 0 {
                return Quantity(Exact(mantissa: scaled.partialValue / right, scale: Self.fractionDigitsMax), isDecimal: true)
            }
            return Quantity(Double(left) / Double(right), isDecimal: true)
        }
        return Quantity(double / other.double, isDecimal: true)
    }

    /// What is left of a division rounded down, so it has the sign of `other`. Nil where that is zero.
    func modulo(_ other: Quantity) -> Quantity? {
        guard other.double != 0 else { return nil }
        let isDecimal = isDecimal || other.isDecimal
        guard let (left, right, scale) = aligned(other) else {
            return Quantity(double - other.double * (double / other.double).rounded(.down), isDecimal: isDecimal)
        }
        return Quantity(Exact(mantissa: left - right * Self.flooredQuotient(left, right), scale: scale), isDecimal: isDecimal)
    }

    /// Rounded to an integer.
    func rounded(_ rule: FloatingPointRoundingRule) -> Quantity {
        rounded(rule, places: 0)
    }

    /// Rounded to so many digits behind the point, or with a negative number before it.
    func rounded(_ rule: FloatingPointRoundingRule, places: Int) -> Quantity {
        let places = Swift.min(Swift.max(places, -Self.scaleMax), Self.scaleMax)
        guard let exact else {
            let factor = Double(Self.power(abs(places)))
            let scaled = (places < 0 ? double / factor : double * factor).rounded(rule)
            return Quantity(places < 0 ? scaled * factor : scaled / factor, isDecimal: isDecimal && places > 0)
        }
        guard exact.scale > places else { return Quantity(exact, isDecimal: isDecimal && places > 0) }
        let divisor = Self.power(exact.scale - places)
        var quotient = Self.flooredQuotient(exact.mantissa, divisor)
        let rest = exact.mantissa - quotient * divisor
        switch rule {
        case .up: quotient += rest > 0 ? 1 : 0
        case .toNearestOrAwayFromZero: quotient += rest * 2 > divisor || (rest * 2 == divisor && exact.mantissa > 0) ? 1 : 0
        default: break
        }
        return places < 0
            ? Quantity(Exact(mantissa: quotient * Self.power(-places), scale: 0), isDecimal: false)
            : Quantity(Exact(mantissa: quotient, scale: places), isDecimal: isDecimal && places > 0)
    }

    /// Appends the canonical form, see `DecimalNumber`. False for what JSON has no number for.
    func write(into output: inout [UInt8]) -> Bool {
        if let exact, Self.write(exact, into: &output) { return true }
        guard double.isFinite, case .written = DecimalNumber.write([UInt8](double.description.utf8).span, into: &output) else {
            return false
        }
        return true
    }

    /// - Returns: false, and nothing is written, where so many digits would say more than a receiver can read.
    private static func write(_ exact: Exact, into output: inout [UInt8]) -> Bool {
        var (mantissa, scale) = (exact.mantissa, exact.scale)
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        let digits = [UInt8](String(mantissa.magnitude).utf8)
        guard scale == 0 ? Int64(exactly: mantissa) != nil : digits.count <= fractionDigitsMax && scale <= fractionDigitsMax else {
            return false
        }
        if mantissa < 0 { output.append(UInt8(ascii: "-")) }
        if digits.count <= scale { output.append(UInt8(ascii: "0")) }
        output.append(contentsOf: digits.dropLast(scale))
        guard scale > 0 else { return true }
        output.append(UInt8(ascii: "."))
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(0, scale - digits.count)))
        output.append(contentsOf: digits.suffix(scale))
        return true
    }

    /// Both mantissas at the larger scale.
    private func aligned(_ other: Quantity) -> (Int128, Int128, scale: Int)? {
        guard let exact, let otherExact = other.exact else { return nil }
        let scale = Swift.max(exact.scale, otherExact.scale)
        return (exact.mantissa * Self.power(scale - exact.scale), otherExact.mantissa * Self.power(scale - otherExact.scale), scale)
    }

    private static func flooredQuotient(_ left: Int128, _ right: Int128) -> Int128 {
        let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
        return remainder != 0 && (remainder < 0) != (right < 0) ? quotient - 1 : quotient
    }

    private static func power(_ exponent: Int) -> Int128 {
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
