// Which chunks are being worked on, so that a sender never posts what the pipeline drops for want of room, nor the other way
// round. Kept in memory: both sides live in this process.

import Synchronization

final class ChunkClaims: Sendable {
    private struct State {
        /// Chunks that a sender is about to post, or has posted and not settled.
        var sending: Set<Int64> = []
        /// Chunks that the pipeline is dropping.
        var dropping: Set<Int64> = []
    }

    private let state = Mutex(State())

    init() {}

    /// - Returns: false when some are being dropped; then nothing is claimed.
    func claimForSending(_ ids: [Int64]) -> Bool {
        state.withLock { state in
            guard state.dropping.isDisjoint(with: ids) else { return false }
            state.sending.formUnion(ids)
            return true
        }
    }

    func endSending(_ ids: [Int64]) {
        state.withLock { $0.sending.subtract(ids) }
    }

    /// - Returns: those of `ids` that nobody sends.
    func claimForDropping(_ ids: [Int64]) -> [Int64] {
        state.withLock { state in
            let free = ids.filter { !state.sending.contains($0) }
            state.dropping.formUnion(free)
            return free
        }
    }

    func endDropping(_ ids: [Int64]) {
        state.withLock { $0.dropping.subtract(ids) }
    }
}
