// The outbox's size in bytes, kept in memory so that the pipeline can ask before every turn. Both connections change it
// right after they committed; in between it is off by what is being committed.
//
// Another process may add to the outbox (dead letters that are sent again). It counts the bytes in the database, where they
// are noticed later; until then the size is too small by them.

import Synchronization

final class OutboxSize: Sendable {
    private let value: Atomic<Int64>
    private let replayed: Atomic<Int64>

    /// - Parameter replayedBytes: of those bytes, the ones that other processes added since the database was made.
    init(bytes: Int64, replayedBytes: Int64) {
        value = Atomic(bytes)
        replayed = Atomic(replayedBytes)
    }

    var bytes: Int64 { value.load(ordering: .relaxed) }

    func change(by difference: Int64) {
        value.wrappingAdd(difference, ordering: .relaxed)
    }

    /// - Parameter total: what other processes have added since the database was made.
    /// - Returns: whether there is something new.
    func notice(replayedBytes total: Int64) -> Bool {
        let known = replayed.exchange(total, ordering: .relaxed)
        change(by: total - known)
        return total != known
    }
}
