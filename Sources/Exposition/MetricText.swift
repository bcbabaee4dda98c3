// Metrics in Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/

package struct MetricText: Sendable {
    private var families: [MetricFamily] = []

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package init() {}

    /// Series of a name that is there already join those.
    package mutating func add(_ family: MetricFamily) {
        guard let index = families.firstIndex(where: { $0.name == family.name }) else { return families.append(family) }
        for series in family.series { families[index].add(series) }
    }

    /// How many series were folded for want of room; see `MetricFamily`.
    package var foldedCount: Int { families.reduce(0) { $0 + $1.foldedCount } }

    /// Families without series are left out.
    package var text: String {
        var text = ""
        for family in families where !family.series.isEmpty {
            text += "# HELP \(family.name) \(Self.escapedHelp(family.help))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for series in family.series {
                switch series.value {
                case .number(let number): text += Self.line(family.name, series.labels, number)
                case .distribution(let distribution): text += Self.lines(family.name, series.labels, distribution)
                }
            }
        }
        return text
    }

    private static func lines(_ name: String, _ labels: [MetricFamily.Label], _ distribution: Distribution) -> String {
        var text = ""
        var count: Int64 = 0
        for (index, bucket) in distribution.counts.enumerated() {
            count += bucket
            let bound = index < distribution.bounds.count ? numberText(distribution.bounds[index]) : "+Inf"
            text += line("\(name)_bucket", labels + [.init("le", bound)], Double(count))
        }
        return text + line("\(name)_sum", labels, distribution.sum) + line("\(name)_count", labels, Double(count))
    }

    private static func line(_ name: String, _ labels: [MetricFamily.Label], _ number: Double) -> String {
        let list = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
        return "\(name)\(list.isEmpty ? "" : "{\(list)}") \(numberText(number))\n"
    }

    private static func numberText(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? (number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Inf" : "+Inf") : "\(number)")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func escapedHelp(_ help: String) -> String {
        help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: #"\\"#)
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: #"\n"#)
    }
}
