// Those who listen to what an agent derives. The pipeline asks once a turn whether there is anybody; if so it gathers copies in a
// `TapFeed` and hands them over at the turn's end. It never waits for a listener: each has a queue of bounded size, and what does
// not fit is counted and told.

import Delivery
import Synchronization

final class TapHub: Sendable {
    private let count = Atomic(0)
    private let taps = Mutex<[Tap]>([])

    /// Who comes later is refused.
    static let tapsMax = 16

    /// Nil when there are too many.
    func begin(_ filter: TapFilter) -> Tap? {
        taps.withLock { taps in
            guard taps.count < Self.tapsMax else { return nil }
            let tap = Tap(filter)
            taps.append(tap)
            count.store(taps.count, ordering: .relaxed)
            return tap
        }
    }

    /// Nothing more is kept for this listener, and its `next` returns nil.
    func end(_ tap: Tap) {
        taps.withLock { taps in
            taps.removeAll { $0 === tap }
            count.store(taps.count, ordering: .relaxed)
        }
        tap.close()
    }

    /// For one turn of the pipeline; nil when nobody listens.
    func feed() -> TapFeed? {
        guard count.load(ordering: .relaxed) > 0 else { return nil }
        return taps.withLock { $0.isEmpty ? nil : TapFeed($0) }
    }
}

/// One who listens: what waits to be taken.
final class Tap: Sendable {
    let filter: TapFilter
    private let bell = Bell()
    private let state = Mutex(State())

    private struct State {
        var lines: [[UInt8]] = []
        var byteCount = 0
        var droppedCount = 0
        var isClosed = false
    }

    /// Of lines that wait.
    static let bytesMax = 512 << 10

    init(_ filter: TapFilter) {
        self.filter = filter
    }

    /// Bytes that there is room for.
    var room: Int { state.withLock { Self.bytesMax - $0.byteCount } }

    /// - Parameter droppedCount: how many lines there were besides.
    func add(_ lines: [[UInt8]], droppedCount: Int) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.lines += lines
            state.byteCount += lines.reduce(0) { $0 + $1.count }
            state.droppedCount += droppedCount
        }
        bell.ring()
    }

    /// All lines that wait, the last of them about those that were dropped, when there are some; nil at the end, or when the task is
    /// cancelled.
    func next() async -> (lines: [[UInt8]], droppedCount: Int)? {
        while !Task.isCancelled {
            let seen = bell.rings
            var taken = state.withLock { state in
                defer { state = State(isClosed: state.isClosed) }
                return state
            }
            if taken.isClosed { return nil }
            if taken.droppedCount > 0 { taken.lines.append(TapEvent.line(ofDropped: taken.droppedCount)) }
            if !taken.lines.isEmpty { return (taken.lines, taken.droppedCount) }
            await bell.rung(after: seen)
        }
        return nil
    }

    func close() {
        state.withLock { $0 = State(isClosed: true) }
        bell.ring()
    }
}
