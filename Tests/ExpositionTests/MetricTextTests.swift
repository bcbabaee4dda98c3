// The text that monitors read: names, escapes, histograms, and the bound on series.

import Exposition
import Testing

struct MetricTextTests {
    private func text(_ families: MetricFamily...) -> String {
        var text = MetricText()
        for family in families { text.add(family) }
        return text.text
    }

    @Test func aFamilyIsItsHelpItsTypeAndItsSeries() {
        var family = MetricFamily("reads_total", .counter, "Records\nread \\ all.")
        family.add(Int64(3), .init("source", "a\"b\\c\nd"))
        family.add(0.25)
        #expect(
            text(family) == #"""
                # HELP reads_total Records\nread \\ all.
                # TYPE reads_total counter
                reads_total{source="a\"b\\c\nd"} 3
                reads_total 0.25

                """#)
    }

    @Test func aFamilyWithoutSeriesIsLeftOut() {
        #expect(text(MetricFamily("none", .gauge, "None.")) == "")
    }

    @Test func familiesOfOneNameAreOne() {
        var one = MetricFamily("hits_total", .counter, "Hits.")
        one.add(Int64(1), .init("limit", "a"))
        var other = MetricFamily("hits_total", .counter, "Hits.")
        other.add(Int64(2), .init("limit", "b"))
        #expect(text(one, other).split(separator: "\n").filter { $0.hasPrefix("#") }.count == 2)
    }

    @Test func bucketsOfAHistogramAddUp() {
        var distribution = Distribution(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { distribution.add(value) }
        var family = MetricFamily("wait_seconds", .histogram, "Waits.")
        family.add(.init(labels: [.init("to", "x")], value: .distribution(distribution)))
        #expect(
            text(family) == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{to="x",le="0.1"} 2
                wait_seconds_bucket{to="x",le="1"} 3
                wait_seconds_bucket{to="x",le="+Inf"} 4
                wait_seconds_sum{to="x"} 7.65
                wait_seconds_count{to="x"} 4

                """)
    }

    @Test func seriesBeyondTheBoundBecomeOneThatKeepsTheirSum() {
        var sums = MetricFamily("calls_total", .counter, "Calls.")
        var latest = MetricFamily("last_seconds", .gauge, "Last.", folding: .max)
        for number in 0..<MetricFamily.seriesMax + 7 {
            sums.add(Int64(number), .init("rule", "r\(number)"))
            latest.add(Int64(number), .init("rule", "r\(number)"))
        }
        #expect(sums.series.count == MetricFamily.seriesMax + 1)
        #expect(sums.foldedCount == 7)
        let folded = sums.series.last
        #expect(folded?.labels == [.init("rule", "other")])
        #expect(folded?.value == .number(Double((0..<7).reduce(0) { $0 + MetricFamily.seriesMax + $1 })))
        #expect(latest.series.last?.value == .number(Double(MetricFamily.seriesMax + 6)))
    }
}
