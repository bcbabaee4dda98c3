// Durations, sizes and shares: a whole number and a unit.

extension Node {
    /// The longest duration, a hundred years: its nanoseconds still fit 64 bits.
    package static let durationMillisecondsMax = 36_500 * 86_400_000

    /// Milliseconds of `250ms`, `5s`, `10m`, `2h`, `7d`.
    package func duration(
        in problems: ProblemCollector, what: String, range: ClosedRange<Int> = 0...durationMillisecondsMax
    ) -> Int? {
        guard let text, let value = durationMilliseconds(text) else {
            let isBareNumber = text.map { Int($0) != nil } ?? false
            problems.add(
                isBareNumber ? "the duration `\(what)` lacks a unit: \(found)" : "expected a duration for `\(what)`, found \(found)",
                at: self, hint: "a whole number and its unit: 250ms, 5s, 10m, 2h or 7d")
            return nil
        }
        return checked(value, range, problems, what) { Self.durationText(milliseconds: $0) }
    }

    /// Bytes of `64KiB`, `500KB`, `1GiB`; a plain number is bytes. `KB MB GB TB` are powers of 1000, `KiB MiB GiB TiB` of 1024.
    package func byteSize(in problems: ProblemCollector, what: String, range: ClosedRange<Int> = 0...Int.max) -> Int? {
        guard let text, let value = Self.quantity(text, units: Self.sizeUnits) else {
            problems.add(
                "expected a size for `\(what)`, found \(found)", at: self,
                hint: "a whole number of bytes, or one with a unit: 64KiB, 500KB, 1GiB")
            return nil
        }
        return checked(value, range, problems, what) { "\($0) bytes" }
    }

    /// Hundredths: `0%` to `100%`.
    package func percent(in problems: ProblemCollector, what: String) -> Int? {
        guard let text, text.hasSuffix("%"), let value = Self.quantity(text, units: ["%": 1]) else {
            problems.add("expected a share for `\(what)`, found \(found)", at: self, hint: "a whole number of hundredths: 10%")
            return nil
        }
        return checked(value, 0...100, problems, what) { "\($0)%" }
    }

    private func checked(
        _ value: Int, _ range: ClosedRange<Int>, _ problems: ProblemCollector, _ what: String, written: (Int) -> String
    ) -> Int? {
        if range.contains(value) { return value }
        let isTooLittle = value < range.lowerBound
        let limit = written(isTooLittle ? range.lowerBound : range.upperBound)
        problems.add(
            "`\(what)` is out of range: \(found)", at: self,
            hint: "\(limit) is the \(isTooLittle ? "least" : "most") it can be")
        return nil
    }

    /// A duration in the largest unit that takes it whole.
    private static func durationText(milliseconds: Int) -> String {
        let unit = durationUnits.sorted { $0.value > $1.value }.first { milliseconds % $0.value == 0 && milliseconds >= $0.value }
        return unit.map { "\(milliseconds / $0.value)\($0.key)" } ?? "\(milliseconds)ms"
    }

    fileprivate static let durationUnits: [String: Int] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    private static let sizeUnits: [String: Int] = [
        "": 1, "B": 1,
        "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]

    /// Nil also when the product does not fit.
    fileprivate static func quantity(_ text: String, units: [String: Int]) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        guard let amount = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let (product, overflow) = amount.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }
}

/// Milliseconds of `250ms`, `5s`, `10m`, `2h`, `7d`; nil for anything else.
package func durationMilliseconds(_ text: String) -> Int? {
    Node.quantity(text, units: Node.durationUnits)
}
