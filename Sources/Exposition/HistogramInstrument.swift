// The distribution of one series: a timer, in seconds, or an aggregating recorder of swift-metrics.

import CoreMetrics
import Synchronization

final class HistogramInstrument: Instrument, TimerHandler, RecorderHandler {
    private let distribution: Mutex<Distribution>

    init(bounds: [Double]) {
        distribution = Mutex(Distribution(bounds: bounds))
    }

    var value: MetricFamily.Value { .distribution(distribution.withLock { $0 }) }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { distribution.withLock { $0.add(value) } }
}
