// What the store needs now and then while the agent runs: dead letters past their age go and so does what the trace keeps
// beyond its bounds, free space is given back, what `dead-letters retry` put into the outbox is sent, and what `outbox drop` names is
// dropped.

import Delivery
import Glibc
import Logging
import ServiceLifecycle
import Store

struct UpkeepService: Service {
    let store: SenderStore
    /// Called when another process added to the outbox.
    let onReplay: @Sendable () -> Void
    /// Called when calls were dropped from the outbox.
    let onDrop: @Sendable () async -> Void
    let logger: Logger

    private static let interval = Duration.seconds(10)
    /// Between turns of work that others may have to wait for.
    private static let pause = Duration.milliseconds(50)

    /// Works until it is to shut down.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var troubles = RepeatFolding()
            while !Task.isCancelled {
                do throws(StoreError) {
                    try await work()
                    _ = troubles.ended()
                } catch {
                    guard error.isTransient else { throw error }
                    // The pipeline and the senders say more of a database in trouble.
                    if troubles.happened(error.what, now: .milliseconds(Clock.monotonicMilliseconds())) != nil {
                        logger.notice("the state cannot be tidied now", metadata: ["reason": "\(error.what)", "path": "\(error.path)"])
                    }
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Everything that is due now. Errors wait for the next time.
    func turn() async {
        try? await work()
    }

    private func work() async throws(StoreError) {
        if try await store.noticeReplays() { onReplay() }
        if try await store.carryOutDropRequests(nowMS: Clock.wallMilliseconds()) { await onDrop() }
        while try await store.removeOldDeadLetters(nowMS: Clock.wallMilliseconds()) == SenderStore.lettersPerTurn, !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
        }
        while try await store.pruneTrace(nowMS: Clock.wallMilliseconds()), !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
        }
        var isUnderWay = false
        while try await store.shrink(isUnderWay: isUnderWay), !Task.isCancelled {
            isUnderWay = true
            try? await Task.sleep(for: Self.pause)
        }
    }
}
