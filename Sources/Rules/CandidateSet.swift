// The rules that may match the record at hand: a bit per rule, so that hits in any order give rules in file order, once each.

struct CandidateSet {
    private var words: [UInt64]
    private(set) var isEmpty = true

    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ rule: Int) {
        words[rule >> 6] |= 1 << UInt64(rule & 63)
        isEmpty = false
    }

    /// Takes out the lowest rule; nil when there is none left.
    mutating func removeFirst() -> Int? {
        for index in words.indices where words[index] != 0 {
            let bit = words[index].trailingZeroBitCount
            words[index] &= words[index] - 1
            return index << 6 | bit
        }
        isEmpty = true
        return nil
    }
}
