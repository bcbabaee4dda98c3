// Calls that wait longer than they may become dead letters. A lane does that with what it would send next, whether it may send
// or not, so that nothing is both sent and buried, and so that a hold or an outage does not keep calls from expiring.

import Calls
import Logging
import Store

extension Sender {
    /// How long until the oldest of the chunks has waited long enough; zero when it has, nil when calls wait for good.
    func timeUntilExpiry(of pick: LaneSchedule.Pick) -> Duration? {
        guard let waitMax = configuration.waitMax else { return nil }
        return max(.zero, .milliseconds(pick.rows[0].storedAtMS - clock.wallMS()) + waitMax)
    }

    /// Whether calls of the batch wait too long by now.
    func isExpired(_ batch: Batch) -> Bool {
        guard let waitMax = configuration.waitMax, let oldest = batch.oldestStoredAtMS else { return false }
        return .milliseconds(clock.wallMS() - oldest) >= waitMax
    }

    /// Turns the calls of those chunks that wait too long into dead letters.
    func expire(_ rows: [OutboxRow], _ lane: Int) async throws {
        guard let waitMax = configuration.waitMax else { return }
        let now = clock.wallMS()
        let ids = rows.filter { .milliseconds(now - $0.storedAtMS) >= waitMax }.map(\.id)
        let chunks = try await patiently { () async throws(StoreError) in try await store.chunks(ids) }
        var settlement = Settlement(destination: configuration.name)
        for stored in chunks {
            settlement.removed.append(stored.id)
            for (range, entry) in zip(stored.chunk.callRanges, stored.chunk.entries) {
                settlement.deadLetters.append(
                    DeadLetter(
                        destination: configuration.name, call: Array(stored.chunk.bytes[range]), reason: .expired, answer: nil,
                        rule: entry.rule, source: entry.source, offset: entry.offset, atMS: now))
            }
        }
        let count = settlement.deadLetters.count
        _ = try await settle(settlement, lane)
        schedule.remove(Set(ids), lane: lane)
        note { $0.deadLetteredCalls += count }
        guard let untold = refusalLog.happened("expired", now: clock.now()) else { return }
        logger.warning(
            "calls waited longer than spool.max_age and became dead letters",
            metadata: ["calls": "\(count)", "and_before": "\(repeats(untold))"])
    }
}
