// Finds the record that holds a position, among the places where records begin.

extension [Int] {
    /// The last element that is not above `position`, in ascending elements of which the first is not; by halving.
    package func lastIndex(notAbove position: Int) -> Int {
        var (low, high) = (0, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if self[middle] <= position { low = middle } else { high = middle }
        }
        return low
    }
}
