// What is measured through swift-metrics, kept until a monitor asks for it: a backend of that package, handed to those who
// measure. Everything is bounded: beyond `MetricFamily.seriesMax` series of a name further ones share one whose labels all say
// `other`, and beyond `namesMax` names nothing is kept.

package import CoreMetrics
import Synchronization

package final class MetricRegistry: MetricsFactory {
    private struct Family {
        var kind: MetricFamily.Kind
        var instruments: [[MetricFamily.Label]: any Instrument] = [:]
        /// In the order of making.
        var order: [[MetricFamily.Label]] = []
    }

    private let help: [String: String]
    private let families = Mutex<[String: Family]>([:])

    /// Names that are kept.
    package static let namesMax = 200

    /// - Parameter help: a sentence for each name; one without is told by its name.
    package init(help: [String: String] = [:]) {
        self.help = help
    }

    /// What was measured so far, by name.
    package var collected: [MetricFamily] {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { name, family in
                var result = MetricFamily(name, family.kind, help[name] ?? name)
                for labels in family.order {
                    if let instrument = family.instruments[labels] { result.add(.init(labels: labels, value: instrument.value)) }
                }
                return result
            }
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        number(label, dimensions, .counter) ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        number(label, dimensions, .counter) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        number(label, dimensions, .gauge) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return number(label, dimensions, .gauge) ?? NOOPMetricsHandler.instance }
        return instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: Distribution.amountBounds) }
            ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: Distribution.secondsBounds) }
            ?? NOOPMetricsHandler.instance
    }

    // Counts must not vanish while a monitor looks at them; what the bounds allow is kept for good.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func number(_ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind) -> NumberInstrument? {
        instrument(label, dimensions, kind) { NumberInstrument() }
    }

    /// The instrument of these labels, made if it is not there; nil where there is no room for the name, or it is of another kind.
    private func instrument<Kind: Instrument>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind, _ make: () -> Kind
    ) -> Kind? {
        let name = Self.name(label)
        var labels = dimensions.map { MetricFamily.Label(Self.name($0.0), $0.1) }
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind, families[name] != nil || families.count < Self.namesMax else { return nil }
            if family.instruments[labels] == nil, family.order.count >= MetricFamily.seriesMax {
                labels = labels.map { .init($0.name, MetricFamily.foldedValue) }
            }
            if let known = family.instruments[labels] { return known as? Kind }
            let new = make()
            family.instruments[labels] = new
            family.order.append(labels)
            families[name] = family
            return new
        }
    }

    /// Letters, digits and underscores, and no digit first, as Prometheus wants names.
    private static func name(_ text: String) -> String {
        let clean = text.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
        }
        return (clean.first?.isNumber ?? true) ? "_" + String(clean) : String(clean)
    }
}

/// Something that holds the value of one series.
protocol Instrument: AnyObject, Sendable {
    var value: MetricFamily.Value { get }
}
