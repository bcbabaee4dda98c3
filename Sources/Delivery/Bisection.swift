// Which calls of a batch go into the next request: all of them at first; halves of what was refused, the earlier half
// first, so that the calls stay in order and an offender among n calls is found with about 2 log2 n requests.

package struct Bisection: Sendable {
    /// What is still to be decided, the next range last.
    private var stack: [Range<Int>]

    package init(count: Int) {
        stack = count > 0 ? [0..<count] : []
    }

    /// The calls of the next request; nil when all are decided.
    package var current: Range<Int>? { stack.last }

    /// The fate of the current calls is decided.
    package mutating func finish() {
        stack.removeLast()
    }

    /// Replaces the current calls, two or more, by their halves.
    package mutating func split() {
        let range = stack.removeLast()
        precondition(range.count > 1)
        let middle = range.lowerBound + (range.count + 1) / 2
        stack.append(middle..<range.upperBound)
        stack.append(range.lowerBound..<middle)
    }
}
