// Random inputs for property tests: SplitMix64, which gives the same numbers for the same seed, so that a failure can be run
// again. A test names its seed in what it expects.

package struct SeededRandom: RandomNumberGenerator {
    /// What the numbers began with.
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    package mutating func number(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    package mutating func oneOf<Element>(_ choices: [Element]) -> Element {
        choices[number(in: 0...choices.count - 1)]
    }

    /// `count` bytes out of `alphabet`, or any bytes where there is none.
    package mutating func bytes(_ count: Int, of alphabet: [UInt8] = Array(0...255)) -> [UInt8] {
        (0..<count).map { _ in oneOf(alphabet) }
    }
}
