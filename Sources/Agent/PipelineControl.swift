// How other threads speak to the pipeline's, and what they may know of it.

import Delivery
import Synchronization

/// What the pipeline says of itself.
struct PipelineCondition: Equatable, Sendable {
    /// Files and journals.
    var followedCount = 0
    /// Why nothing is read; nil: it is.
    var standstill: Trouble?
    /// Whether that is because the outbox is full.
    var isOutboxFull = false
    /// Whether the oldest calls were dropped lately for want of room.
    var isDropping = false
}

final class PipelineControl: Sendable {
    let wakeup = Wakeup()
    /// Rings when something has changed that people should be told.
    let news = Bell()
    /// Who listens to what is derived.
    let taps = TapHub()
    private let stopping = Atomic(false)
    private let turnCount = Atomic<UInt64>(0)
    private let state = Mutex(State())

    private struct State {
        var replacement: PipelinePlan?
        /// Who waits for the replacement to be at work.
        var waiting: CheckedContinuation<Void, any Error>?
        var whenStarted: [CheckedContinuation<Void, Never>] = []
        var isStarted = false
        var condition = PipelineCondition()
        var standings: [SourceStanding] = []
    }

    /// A reload that came when the pipeline was about to end.
    struct StoppedError: Error {}

    init() {}

    // MARK: For other threads

    /// Lets the pipeline commit what it has read and return.
    func stop() {
        stopping.store(true, ordering: .releasing)
        wakeup.ring()
    }

    /// Has the pipeline commit what it has read and go on by another plan. Returns when it does.
    /// - Throws: why the new plan cannot be followed; the old one is, then.
    func replace(with plan: PipelinePlan) async throws {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                state.waiting?.resume(throwing: StoppedError())
                (state.replacement, state.waiting) = (plan, continuation)
            }
            wakeup.ring()
        }
    }

    /// Returns once the pipeline is at work.
    func started() async {
        await withCheckedContinuation { continuation in
            let isStarted = state.withLock { state in
                if !state.isStarted { state.whenStarted.append(continuation) }
                return state.isStarted
            }
            if isStarted { continuation.resume() }
        }
    }

    /// Grows with each turn of the pipeline's loop, which takes one at least when the wake-up is rung.
    var turns: UInt64 { turnCount.load(ordering: .relaxed) }

    /// How the pipeline was at its last turn.
    var condition: PipelineCondition { state.withLock { $0.condition } }

    /// How the sources were when the pipeline last rested, or no longer than about a second ago.
    var standings: [SourceStanding] { state.withLock { $0.standings } }

    /// Whether the pipeline is at work and not about to end.
    var isReady: Bool { state.withLock { $0.isStarted } && !isStopping }

    // MARK: For the pipeline

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Whether the pipeline is to return, for good or for another plan.
    var isToReturn: Bool { isStopping || state.withLock { $0.replacement != nil } }

    func beginTurn() { turnCount.add(1, ordering: .relaxed) }

    func note(_ condition: PipelineCondition) {
        let isNews = state.withLock { state in
            defer { state.condition = condition }
            return state.condition != condition
        }
        if isNews { news.ring() }
    }

    func note(_ standings: [SourceStanding]) {
        let isNews = state.withLock { state in
            defer { state.standings = standings }
            return state.standings.map(\.troubles) != standings.map(\.troubles)
        }
        if isNews { news.ring() }
    }

    func takeReplacement() -> PipelinePlan? {
        state.withLock { state in
            defer { state.replacement = nil }
            return isStopping ? nil : state.replacement
        }
    }

    /// The pipeline follows a plan: the first one, or that of the last replacement if `error` is nil.
    func begin(refusing error: (any Error)? = nil) {
        var waiting: CheckedContinuation<Void, any Error>?
        let starters = state.withLock { state in
            // Who came with a replacement that was not taken yet goes on waiting.
            if state.replacement == nil || isStopping { swap(&waiting, &state.waiting) }
            defer { (state.whenStarted, state.isStarted) = ([], true) }
            return state.whenStarted
        }
        for starter in starters { starter.resume() }
        if let error { waiting?.resume(throwing: error) } else { waiting?.resume() }
    }

    /// The pipeline has ended; nobody may wait for it.
    func end() {
        stopping.store(true, ordering: .releasing)
        begin(refusing: StoppedError())
    }
}
