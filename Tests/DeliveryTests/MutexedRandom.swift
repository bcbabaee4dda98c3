// Random numbers of one seed for several threads: a receiver that fails by chance draws from it.

import RandomSupport
import Synchronization

final class MutexedRandom: Sendable {
    private let random: Mutex<SeededRandom>

    init(seed: UInt64) {
        random = Mutex(SeededRandom(seed: seed))
    }

    func number(below bound: Int) -> Int {
        random.withLock { Int.random(in: 0..<bound, using: &$0) }
    }
}
