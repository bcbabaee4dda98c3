// The series of one metric, as Prometheus knows it: a name, what kind of number it is, and a value for each set of labels.
//
// Their number is bounded: beyond `seriesMax` further ones are folded into one whose labels all say `other`, so that a monitor
// is never flooded, however many rules there are. Which ones are folded depends on the order of adding alone.

package struct MetricFamily: Sendable {
    /// https://prometheus.io/docs/concepts/metric_types/
    package enum Kind: String, Sendable {
        /// Grows, and starts again from 0 with the process or the state directory.
        case counter
        case gauge
        case histogram
    }

    /// How the values of folded series become one.
    package enum Folding: Sendable {
        case sum
        case max
    }

    package enum Value: Hashable, Sendable {
        case number(Double)
        case distribution(Distribution)
    }

    package struct Series: Hashable, Sendable {
        package var labels: [Label]
        package var value: Value

        package init(labels: [Label], value: Value) {
            (self.labels, self.value) = (labels, value)
        }
    }

    package struct Label: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    package let name: String
    package let kind: Kind
    /// One sentence for people.
    package let help: String
    private let folding: Folding
    package private(set) var series: [Series] = []
    /// How many series were folded.
    package private(set) var foldedCount = 0

    /// Series of one metric, the folded one not counted.
    package static let seriesMax = 1000
    /// What the labels of the folded series say.
    package static let foldedValue = "other"

    /// - Parameters:
    ///   - name: by the conventions, https://prometheus.io/docs/practices/naming/.
    ///   - folding: of numbers.
    package init(_ name: String, _ kind: Kind, _ help: String, folding: Folding = .sum) {
        (self.name, self.kind, self.help, self.folding) = (name, kind, help, folding)
    }

    package mutating func add(_ number: Double, _ labels: Label...) {
        add(Series(labels: labels, value: .number(number)))
    }

    package mutating func add(_ number: Int64, _ labels: Label...) {
        add(Series(labels: labels, value: .number(Double(number))))
    }

    /// Every series is to be added once.
    package mutating func add(_ new: Series) {
        guard series.count >= Self.seriesMax else { return series.append(new) }
        foldedCount += 1
        guard foldedCount > 1 else {
            let labels = new.labels.map { Label($0.name, Self.foldedValue) }
            return series.append(Series(labels: labels, value: new.value))
        }
        series[Self.seriesMax].value = folded(series[Self.seriesMax].value, new.value)
    }

    private func folded(_ one: Value, _ other: Value) -> Value {
        switch (one, other) {
        case (.number(let one), .number(let other)): .number(folding == .sum ? one + other : Swift.max(one, other))
        case (.distribution(let one), .distribution(let other)): .distribution(one.merging(other))
        case (.number, .distribution), (.distribution, .number): one
        }
    }
}
