// How often values fell between which bounds, for a histogram.

package struct Distribution: Hashable, Sendable {
    /// Ascending upper bounds, each inclusive; a last bucket without a bound follows.
    package let bounds: [Double]
    /// Per bucket, one more than there are bounds.
    package private(set) var counts: [Int64]
    package private(set) var sum = 0.0

    /// Of times in seconds, from a receiver on the same machine to one that is in trouble.
    package static let secondsBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Of amounts of any kind.
    package static let amountBounds = [1, 10, 100, 1e3, 1e4, 1e5, 1e6]

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    package var count: Int64 { counts.reduce(0, +) }

    /// Both together; of different bounds this one alone.
    func merging(_ other: Distribution) -> Distribution {
        guard bounds == other.bounds else { return self }
        var result = self
        for index in counts.indices { result.counts[index] += other.counts[index] }
        result.sum += other.sum
        return result
    }
}
