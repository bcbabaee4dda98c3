// Finding offenders by halving.

import Delivery
import RandomSupport
import Testing

@Suite struct BisectionTests {
    /// Runs to the end against a receiver that refuses every request with a bad call.
    private func run(count: Int, bad: Set<Int>) -> (accepted: [Int], refused: [Int], requests: Int) {
        var bisection = Bisection(count: count)
        var accepted: [Int] = []
        var refused: [Int] = []
        var requests = 0
        while let range = bisection.current {
            requests += 1
            if bad.isDisjoint(with: range) {
                accepted += range
                bisection.finish()
            } else if range.count == 1 {
                refused += range
                bisection.finish()
            } else {
                bisection.split()
            }
        }
        return (accepted, refused, requests)
    }

    @Test func nothingToDecide() {
        #expect(Bisection(count: 0).current == nil)
    }

    @Test func aGoodBatchTakesOneRequest() {
        #expect(run(count: 1000, bad: []).requests == 1)
    }

    @Test func oneOffenderAmongAThousandTakesFewRequests() {
        for offender in [0, 1, 499, 500, 999] {
            let (accepted, refused, requests) = run(count: 1000, bad: [offender])
            #expect(refused == [offender])
            #expect(accepted.count == 999)
            #expect(requests <= 21)
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func everyCallIsDecidedOnceAndInOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...60, using: &random)
        let bad = Set((0..<count).filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
        let (accepted, refused, _) = run(count: count, bad: bad)
        #expect(accepted == (0..<count).filter { !bad.contains($0) })
        #expect(refused == bad.sorted())
    }
}
