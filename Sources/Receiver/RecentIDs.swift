// The message ids accepted last, so that a call that comes again is recognised. Bounded: when it is full, the oldest id is
// forgotten for each new one. An id takes about 100 bytes.

package struct RecentIDs: Sendable {
    private let countMax: Int
    private var ids: Set<[UInt8]> = []
    /// The same ids in the order they came; once full, `oldest` is the place of the next to go.
    private var order: [[UInt8]] = []
    private var oldest = 0

    package init(countMax: Int) {
        precondition(countMax > 0)
        self.countMax = countMax
    }

    /// Notes an id.
    /// - Returns: whether it is new, as far back as the memory reaches.
    package mutating func insert(_ id: [UInt8]) -> Bool {
        guard ids.insert(id).inserted else { return false }
        if order.count < countMax {
            order.append(id)
        } else {
            ids.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % countMax
        }
        return true
    }

    package func contains(_ id: [UInt8]) -> Bool { ids.contains(id) }
}
