// What swift-metrics hands to the registry is what a monitor gets, and no one can make it grow without end.

import CoreMetrics
import Exposition
import Testing

struct MetricRegistryTests {
    private let registry = MetricRegistry(help: ["requests_total": "Requests."])

    private func values(_ name: String) -> [[String]: MetricFamily.Value] {
        let family = registry.collected.first { $0.name == name }
        return Dictionary(uniqueKeysWithValues: (family?.series ?? []).map { ($0.labels.map(\.value), $0.value) })
    }

    @Test func countersOfTheSameLabelsAreOne() {
        for status in ["200", "503", "200"] {
            Counter(label: "requests_total", dimensions: [("status", status)], factory: registry).increment()
        }
        #expect(values("requests_total") == [["200"]: .number(2), ["503"]: .number(1)])
        #expect(registry.collected.first?.help == "Requests.")
        #expect(registry.collected.first?.kind == .counter)
    }

    @Test func gaugesKeepTheLatestValueAndTimersTheirDistribution() {
        let gauge = Gauge(label: "depth", factory: registry)
        gauge.record(3)
        gauge.record(2)
        Timer(label: "wait_seconds", factory: registry).recordMilliseconds(20)
        #expect(values("depth") == [[]: .number(2)])
        guard case .distribution(let distribution)? = values("wait_seconds")[[]] else {
            Issue.record("no distribution")
            return
        }
        #expect(distribution.count == 1 && abs(distribution.sum - 0.02) < 1e-9)
        #expect(distribution.counts[distribution.bounds.firstIndex(of: 0.025)!] == 1)
    }

    @Test func endlessLabelsShareOneSeries() {
        for number in 0..<3 * MetricFamily.seriesMax {
            Counter(label: "requests_total", dimensions: [("status", "\(number)")], factory: registry).increment()
        }
        #expect(values("requests_total").count == MetricFamily.seriesMax + 1)
        #expect(values("requests_total")[["other"]] == .number(Double(2 * MetricFamily.seriesMax)))
    }

    @Test func endlessNamesAreNotKept() {
        for number in 0..<2 * MetricRegistry.namesMax { Counter(label: "name\(number)", factory: registry).increment() }
        #expect(registry.collected.count == MetricRegistry.namesMax)
    }

    @Test func namesAreMadeFitForPrometheus() {
        Counter(label: "1st.thing-total", dimensions: [("a-b", "x")], factory: registry).increment()
        #expect(registry.collected.map(\.name) == ["_1st_thing_total"])
        #expect(registry.collected.first?.series.first?.labels == [.init("a_b", "x")])
    }

    @Test func oneNameIsOfOneKind() {
        Counter(label: "thing", factory: registry).increment()
        Gauge(label: "thing", factory: registry).record(7)
        #expect(values("thing") == [[]: .number(1)])
    }
}
