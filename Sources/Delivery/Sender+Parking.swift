// Parks the calls of a rule that the receiver refuses one after the other, tries one now and then, and lets them all go when it is
// accepted. What is decided here is kept in the store as well, so that a restart changes nothing.

import Calls
import Logging
import Store

extension Sender {
    /// Chunks looked at, and bytes of calls buried, in one turn of `expireParked`.
    private static let rowsPerExpiry = 256
    private static let bytesPerExpiry = 4 << 20
    /// How long calls that are passed over may be older than they may.
    private static let expiryInterval = Duration.seconds(60)

    /// Goes on from what an earlier sender left.
    func loadParked() async throws {
        let parked = try await patiently { () async throws(StoreError) in
            try await store.parkedRules(destination: configuration.name)
        }
        parking = Parking(parked, now: clock.now())
        tellOfParking()
        for rule in parked {
            logger.warning("calls of a rule are still parked, one of them is tried", metadata: ["rule": "\(rule.name)"])
        }
    }

    /// Lets one call of each parked rule be tried now instead of later.
    package func tryParked() {
        parking.probeSoon(now: clock.now())
        bell.ring()
    }

    func park(_ culprit: RuleRefusals.Culprit) async throws {
        var parked = ParkedRule(rule: culprit.rule, name: "", upTo: nil, atMS: clock.wallMS(), answer: culprit.answer)
        // At once, so that other lanes try no more of them; the name is for people.
        parking.park(parked, now: clock.now())
        refusals.forget(rule: culprit.rule)
        parked.name = try await patiently { () async throws(StoreError) in try await store.text(ofLabel: culprit.rule) } ?? ""
        parking.park(parked, now: clock.now())
        try await patiently { () async throws(StoreError) in try await store.park(parked, destination: configuration.name) }
        tellOfParking()
        logger.error(
            "the receiver refuses all calls of a rule while it accepts others; from now on they wait",
            metadata: [
                "rule": "\(parked.name)", "answer": "\(parked.answer)",
                "hint":
                    "mend the rule, or the receiver, and reload; `eventail dead-letters list --rule \(parked.name)` tells what was refused",
            ])
    }

    /// Lets the rule's calls go again, each at its old place.
    func unpark(_ rule: UInt32, isAnyWaiting: Bool = true) async throws {
        guard let parked = parking.release(rule) else { return }
        // At once: a batch that is being made looks for it.
        if isAnyWaiting { rescheduleAll() }
        try await patiently { () async throws(StoreError) in try await store.unpark(rule: rule, destination: configuration.name) }
        tellOfParking()
        logger.notice("the calls of a rule are no longer parked", metadata: ["rule": "\(parked.name)"])
    }

    /// A parked call for `lane` to send alone, when one is to be tried and it is this lane's to do that.
    func parkedBatch(_ lane: Int, bytesMax: Int) async throws -> Batch? {
        if let tryAt, tryAt <= clock.now(), let rule = parking.beginProbe(now: clock.now()) {
            let upTo = parking.upTo(of: rule)
            let row = try await patiently { () async throws(StoreError) in
                try await store.firstRow(destination: configuration.name, rule: rule, upTo: upTo)
            }
            guard let row else {
                // They were dropped, or waited too long.
                try await unpark(rule, isAnyWaiting: false)
                return nil
            }
            parking.found(chunk: row.id, lane: schedule.lane(of: row))
            bell.ring()
        }
        guard takingBack.isEmpty, hold == nil || schedule.count == 0, let probe = parking.probe, probe.lane == lane,
            let id = probe.chunk
        else { return nil }
        parking.start(lane)
        guard enterWork(lane, [id]) else {
            parking.endProbe(lane, now: clock.now())
            return nil
        }
        let chunks = try await patiently { () async throws(StoreError) in try await store.chunks([id]) }
        let batch = Batch(filling: chunks, bytesMax: bytesMax, callsMax: 1) { $1 != probe.rule }
        if batch.callCount == 1, !isExpired(batch) {
            if hold != nil { hold?.beginProbe(lane) }
            return batch
        }
        try await leaveWork(lane)
        return nil
    }

    /// Turns those calls of `lane` that wait too long into dead letters, also where the lane passes over them.
    /// - Returns: whether there were some.
    func expireParked(_ lane: Int) async throws -> Bool {
        guard let waitMax = configuration.waitMax, clock.now() >= parkedExpiryAt[lane] ?? .zero else { return false }
        let rows = try await patiently { () async throws(StoreError) in
            try await store.rows(destination: configuration.name, after: 0, countMax: Self.rowsPerExpiry)
        }
        let nowMS = clock.wallMS()
        var bytes = 0
        var due: [OutboxRow] = []
        for row in rows where schedule.lane(of: row) == lane && .milliseconds(nowMS - row.storedAtMS) >= waitMax {
            bytes += row.byteCount
            if due.isEmpty || bytes <= Self.bytesPerExpiry { due.append(row) }
        }
        let age = rows.first.map { .milliseconds($0.storedAtMS - nowMS) + waitMax } ?? Self.expiryInterval
        parkedExpiryAt[lane] = clock.now() + min(max(age, .seconds(1)), Self.expiryInterval)
        guard !due.isEmpty, enterWork(lane, due.map(\.id)) else { return false }
        parkedExpiryAt[lane] = nil
        try await expire(due, lane)
        try await leaveWork(lane)
        return true
    }

    /// How long until `lane` has to look at parked calls again; nil when there are none.
    func parkedWait(_ lane: Int, now: Duration) -> Duration? {
        guard !parking.isEmpty else { return nil }
        let expiry = configuration.waitMax == nil ? nil : parkedExpiryAt[lane].map { max(.zero, $0 - now) }
        return [tryAt.map { max(.zero, $0 - now) }, expiry].compactMap(\.self).min()
    }

    /// When a parked call may be tried; nil while only a ring can tell. On hold one is tried only for want of any other call.
    private var tryAt: Duration? {
        guard takingBack.isEmpty, let probeAt = parking.probeAt else { return nil }
        guard let hold else { return probeAt }
        guard schedule.count == 0, let holdProbeAt = hold.probeAt else { return nil }
        return max(probeAt, holdProbeAt)
    }

    private func tellOfParking() {
        let rules = parking.rules
        note { $0.parkedRules = rules }
        bell.ring()
    }
}

extension ParkedRule {
    /// Why the calls are not sent, for people.
    package var reason: String { "the receiver refuses the calls of the rule \(name): \(answer)" }
}
