// The outbox's size in bytes, kept in memory so that the pipeline can ask before every turn. Both connections change it
// right after they committed; in between it is off by what is being committed.

import Synchronization

final class OutboxSize: Sendable {
    private let value: Atomic<Int64>

    init(bytes: Int64) {
        value = Atomic(bytes)
    }

    var bytes: Int64 { value.load(ordering: .relaxed) }

    func change(by difference: Int64) {
        value.wrappingAdd(difference, ordering: .relaxed)
    }
}
