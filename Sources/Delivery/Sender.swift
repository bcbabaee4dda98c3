// Sends what waits for one destination, and settles it by the receiver's answers. The decisions are structs of their own
// (LaneSchedule, Batch, Bisection, AnswerDecision, RetrySchedule, RateLimiter, Hold, RefusalRun, RuleRefusals, Parking); this
// actor holds their state and does the waiting, reading, posting and settling between them.
//
// Each lane is a task that takes a batch, posts it until every call of it is decided, and takes the next. A request that is
// in flight when the sender stops is finished and settled; one that is cut off is sent again after the restart, with the
// same ids. Nothing is ever dropped here: a call leaves the outbox delivered or as a dead letter (also one that waited longer
// than it may).

import AsyncHTTPClient
import Calls
package import CoreMetrics
package import Logging
package import Store
import Synchronization

package actor Sender {
    let configuration: DestinationConfiguration
    let store: SenderStore
    let clock: SenderClock
    let logger: Logger
    let metrics: SenderMetrics
    private let random: @Sendable () -> Double
    private let retries: RetrySchedule

    nonisolated let bell = Bell()
    private nonisolated let shared = Mutex(SenderSnapshot())
    private nonisolated let stopping = Atomic(false)
    /// How often rows may have been added to the outbox. Above `arrivalsLoaded` when there may be rows that are not here.
    private nonisolated let arrivals = Atomic<UInt64>(1)

    private var arrivalsLoaded: UInt64 = 0
    private var isLoading = false
    /// Counts how often the schedule started anew, so that rows read for an older one are not added.
    private var scheduleVersion = 0
    var schedule: LaneSchedule
    var limiter: RateLimiter
    /// No request before this moment: the receiver asked for it.
    private var pausedUntil: Duration = .zero
    private var isDraining = false
    var hold: Hold?
    var refusals = RefusalRun()
    var ruleRefusals = RuleRefusals()
    var parking = Parking()
    /// By lane: when calls that are passed over are looked at again for their age.
    var parkedExpiryAt: [Int: Duration] = [:]
    /// Refusals that will wait again as soon as no lane works on chunks that they may come back to; nothing is sent till then.
    var takingBack: [TakenBack] = []
    /// Since when each lane has been at a step that it will not wait at for long; lanes that wait are not here.
    var busySince: [Int: Duration] = [:]
    /// By lane: when its last batch was taken.
    private var tookAt: [Int: Duration] = [:]
    /// Lanes that have taken a batch or are about to.
    private var lanesAtWork: Set<Int> = []
    /// By lane: the chunks that nobody may drop while the lane works on them.
    private var claims: [Int: [Int64]] = [:]
    var failureLog = RepeatFolding()
    var refusalLog = RepeatFolding()
    var storeLog = RepeatFolding()

    /// Rows read from the store at once.
    private static let rowsPerLoad = 4096
    /// The pause after the store failed, for example on a full disk.
    static let storeRetryDelay = Duration.seconds(1)
    /// How soon chunks that are being dropped are asked for again.
    static let claimRetryDelay = Duration.milliseconds(50)

    package init(
        _ configuration: DestinationConfiguration, store: SenderStore, clock: SenderClock = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "destination"] = "\(configuration.name)"
        self.logger = logger
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.random = random
        self.metrics = SenderMetrics(destination: configuration.name, factory: metrics)
        retries = RetrySchedule(configuration.retry)
        schedule = LaneSchedule(lanes: configuration.lanes)
        limiter = RateLimiter(configuration.rate, now: clock.now())
    }

    /// Sends until `stop` was called or the task is cancelled. To be called once.
    /// - Throws: `StoreError` when the database cannot be used any more.
    package func run() async throws {
        let client = Transport.clientConfiguration(configuration)
        try await HTTPClient.withHTTPClient(configuration: client) { client in
            let transport = Transport(client, configuration)
            try await loadParked()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<configuration.lanes {
                    group.addTask { try await self.work(lane, transport) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Chunks were committed. From any thread; does not block.
    package nonisolated func wake() {
        arrivals.wrappingAdd(1, ordering: .releasing)
        bell.ring()
    }

    /// Lets `run` return as soon as what is in flight has settled. From any thread; does not block.
    package nonisolated func stop() {
        stopping.store(true, ordering: .releasing)
        bell.ring()
    }

    package nonisolated var destination: String { configuration.name }

    package nonisolated var snapshot: SenderSnapshot { shared.withLock { $0 } }

    /// Calls a second that were delivered lately.
    package nonisolated var deliveredPerSecond: Double { snapshot.deliveredRate.perSecond(now: clock.now()) }

    /// Waits, while `run` is running, until nothing waits for this destination. Calls are not held back for a fuller batch
    /// meanwhile.
    /// - Parameter giveUpAfter: how long nothing may get on.
    package func drain(giveUpAfter: Duration) async -> DrainOutcome {
        isDraining = true
        defer { isDraining = false }
        bell.ring()
        var settled = 0
        var progressAt = clock.now()
        while true {
            let seen = bell.rings
            do throws(StoreError) {
                let isEmpty = try await store.rows(destination: configuration.name, after: 0, countMax: 1).isEmpty
                if let hold { return .held(reason: hold.reason) }
                if isEmpty, lanesAtWork.isEmpty { return .empty }
                if let parked = parking.rules.first, isNothingElseLeft { return .held(reason: parked.reason) }
            } catch {
                guard error.isTransient else { return .gaveUp(reason: "\(error)") }
            }
            let now = clock.now()
            let snapshot = snapshot
            if snapshot.deliveredCalls + snapshot.deadLetteredCalls > settled {
                settled = snapshot.deliveredCalls + snapshot.deadLetteredCalls
                progressAt = now
            }
            guard now - progressAt < giveUpAfter, !isStopped else {
                return .gaveUp(reason: snapshot.lastFailure ?? "the receiver got nothing")
            }
            await bell.rung(after: seen, timeout: progressAt + giveUpAfter - now, clock)
        }
    }

    var isStopped: Bool { Task.isCancelled || stopping.load(ordering: .acquiring) }

    nonisolated func note(_ change: (inout SenderSnapshot) -> Void) {
        shared.withLock { change(&$0) }
    }

    private func work(_ lane: Int, _ transport: Transport) async throws {
        defer {
            busySince[lane] = nil
            releaseClaim(lane)
        }
        while let batch = try await nextBatch(lane) {
            try await deliver(batch, lane, transport)
            try await leaveWork(lane)
        }
    }

    /// Whether all that waits is parked, and none of it is due for a try.
    private var isNothingElseLeft: Bool {
        arrivals.load(ordering: .acquiring) == arrivalsLoaded && !isLoading && schedule.count == 0 && lanesAtWork.isEmpty
            && takingBack.isEmpty && parking.probeAt.map { $0 > clock.now() } == true
    }

    /// The lane works on these chunks from now on.
    /// - Returns: false while some of them are being dropped.
    func enterWork(_ lane: Int, _ ids: [Int64]) -> Bool {
        guard store.claim(ids) else { return false }
        claims[lane] = ids
        lanesAtWork.insert(lane)
        return true
    }

    private func releaseClaim(_ lane: Int) {
        if let ids = claims.removeValue(forKey: lane) { store.release(ids) }
    }

    func leaveWork(_ lane: Int) async throws {
        releaseClaim(lane)
        hold?.endProbe(lane, now: clock.now())
        parking.endProbe(lane, now: clock.now())
        lanesAtWork.remove(lane)
        if lanesAtWork.isEmpty, !takingBack.isEmpty {
            let run = takingBack
            let nowMS = clock.wallMS()
            try await patiently { () async throws(StoreError) in try await store.takeBack(run, nowMS: nowMS) }
            takingBack = []
            note { $0.deadLetteredCalls -= run.count }
            rescheduleAll()
        }
        bell.ring()
    }
}

// MARK: - What goes next

extension Sender {
    /// The next calls of `lane`, when it is their time; nil when the sender stops.
    private func nextBatch(_ lane: Int) async throws -> Batch? {
        while !isStopped {
            busySince[lane] = clock.now()
            let seen = bell.rings
            try await loadRows()
            let bytesMax = min(configuration.batch.bytesMax, limiter.bytesMax) - Envelope.byteCount
            let callsMax = min(configuration.batch.callsMax, limiter.callsMax)
            if !parking.isEmpty {
                if let probe = try await parkedBatch(lane, bytesMax: bytesMax) { return probe }
                if try await expireParked(lane) { continue }
            }
            let now = clock.now()
            var wait = parkedWait(lane, now: now)
            if let pick = schedule.pick(lane: lane, bytesMax: bytesMax, callsMax: callsMax) {
                let delay = delay(of: lane, pick, now: now)
                let expiry = timeUntilExpiry(of: pick)
                if delay == .zero || expiry == .zero {
                    if enterWork(lane, pick.ids) {
                        tookAt[lane] = now
                        if expiry == .zero {
                            try await expire(pick.rows, lane)
                        } else {
                            let isProbe = hold != nil
                            if let batch = try await batch(pick, lane, bytesMax: bytesMax, callsMax: isProbe ? 1 : callsMax) {
                                if isProbe { hold?.beginProbe(lane) }
                                return batch
                            }
                        }
                        try await leaveWork(lane)
                        continue
                    }
                    wait = Self.claimRetryDelay
                }
                wait = [wait, delay, expiry].compactMap(\.self).min()
            }
            await rest(lane, after: seen, timeout: wait)
        }
        return nil
    }

    /// How long until `lane` may send what it has; nil when only a ring can tell.
    private func delay(of lane: Int, _ pick: LaneSchedule.Pick, now: Duration) -> Duration? {
        guard takingBack.isEmpty else { return nil }
        if let hold {
            guard let probeAt = hold.probeAt else { return nil }
            guard now >= probeAt else { return probeAt - now }
            let hasWork = { self.schedule.pick(lane: $0, bytesMax: 1, callsMax: 1) != nil }
            return hold.isTurn(of: lane, lanes: configuration.lanes, hasWork: hasWork) ? .zero : nil
        }
        // What comes after a quiet time is likely alone and leaves at once; what follows soon after a batch waits for company.
        guard !isDraining, !pick.isFull, let tookAt = tookAt[lane] else { return .zero }
        return max(.zero, min(tookAt, pick.seenAt) + configuration.batch.delayMax - now)
    }

    /// Reads more rows when there may be some and there is room for them.
    private func loadRows() async throws {
        let arrivals = arrivals.load(ordering: .acquiring)
        guard arrivals != arrivalsLoaded, !isLoading, schedule.count <= LaneSchedule.rowsMax - Self.rowsPerLoad else { return }
        isLoading = true
        defer { isLoading = false }
        let (version, last) = (scheduleVersion, schedule.lastID)
        let rows = try await patiently { () async throws(StoreError) in
            try await store.rows(destination: configuration.name, after: last, countMax: Self.rowsPerLoad)
        }
        guard version == scheduleVersion else { return bell.ring() }
        let now = clock.now()
        for row in rows { schedule.append(row, seenAt: now) }
        if rows.count < Self.rowsPerLoad { arrivalsLoaded = arrivals }
        if !rows.isEmpty { bell.ring() }
    }

    private func batch(_ pick: LaneSchedule.Pick, _ lane: Int, bytesMax: Int, callsMax: Int) async throws -> Batch? {
        let ids = callsMax == 1 ? [pick.ids[0]] : pick.ids
        let version = scheduleVersion
        let chunks = try await patiently { () async throws(StoreError) in try await store.chunks(ids) }
        // Parked calls that may go again meanwhile go first, where they are older than these.
        guard version == scheduleVersion else { return nil }
        let gone = Set(ids).subtracting(chunks.map(\.id))
        schedule.remove(gone, lane: lane)
        guard !chunks.isEmpty, gone.isEmpty else { return nil }
        guard !parking.isEmpty else { return Batch(filling: chunks, bytesMax: bytesMax, callsMax: callsMax) }
        let isParked = { [parking] in parking.isParked(rule: $1, chunk: $0) }
        // Where all calls are parked there is nothing to wait for any more.
        let parked = chunks.filter { stored in stored.chunk.entries.allSatisfy { isParked(stored.id, $0.rule) } }
        schedule.remove(Set(parked.map(\.id)), lane: lane)
        let batch = Batch(filling: chunks, bytesMax: bytesMax, callsMax: callsMax, skipping: isParked)
        return batch.callCount > 0 ? batch : nil
    }

    /// Whether a request of `lane` may go: waits for the limits, and says no when the sender stops or holds.
    func clearance(_ lane: Int, calls: Int, bytes: Int) async -> Bool {
        while true {
            let seen = bell.rings
            guard !isStopped, mayGo(lane) else { return false }
            let now = clock.now()
            let delay = max(pausedUntil - now, limiter.delay(calls: calls, bytes: bytes, now: now))
            if delay <= .zero {
                limiter.take(calls: calls, bytes: bytes, now: now)
                tellOfRecovery(now)
                busySince[lane] = now
                return true
            }
            await rest(lane, after: seen, timeout: delay)
        }
    }

    /// Waits before the same calls are sent again.
    /// - Returns: whether they may: false when the sender stops or holds.
    func backOff(_ lane: Int, failures: Int, retryAfter: String?) async -> Bool {
        let start = clock.now()
        if let delay = retryAfter.flatMap({ RetrySchedule.delay(retryAfter: $0, nowMS: clock.wallMS()) }) {
            pausedUntil = max(pausedUntil, start + delay)
        }
        let end = start + retries.delay(failures: failures, random: random())
        while !isStopped, mayGo(lane) {
            let seen = bell.rings
            let now = clock.now()
            guard now < end else { return true }
            await rest(lane, after: seen, timeout: end - now)
        }
        return false
    }

    private func mayGo(_ lane: Int) -> Bool { takingBack.isEmpty && (hold?.isProbing(lane) ?? true) }

    /// Makes the schedule follow what was settled.
    func reschedule(_ settlement: Settlement, lane: Int) {
        schedule.remove(Set(settlement.removed), lane: lane)
        for (id, chunk) in settlement.rewritten {
            schedule.shrink(id, lane: lane, callCount: chunk.entries.count, byteCount: chunk.bytes.count)
        }
        bell.ring()
    }

    /// Reads the outbox from its start again: rows came back to places that were passed.
    func rescheduleAll() {
        schedule = LaneSchedule(lanes: configuration.lanes)
        scheduleVersion += 1
        arrivalsLoaded = 0
        bell.ring()
    }
}
