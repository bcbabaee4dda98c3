// From a batch to its end: each answer decides about the calls of its request, and what is decided is settled at once.

import Calls
import Logging
import Store

extension Sender {
    /// Posts the batch, or parts of it, until every call is decided, the sender stops, or it holds. What is left undecided
    /// waits in the outbox.
    func deliver(_ full: Batch, _ lane: Int, _ transport: Transport) async throws {
        var batch = full
        if batch.isOversized {
            try await bury(0, of: &batch, lane, reason: .largerThanBatch, answer: nil)
            return
        }
        var bisection = Bisection(count: batch.callCount)
        var failures = 0
        var parkingSeen = 0
        while let range = bisection.current {
            if failures > 0, isExpired(batch) { return }
            if parking.version != parkingSeen, !parking.isProbing(lane) {
                // What was parked meanwhile waits, and the rest goes without it.
                if batch.holdsUnsettled({ parking.isParked(rule: $1, chunk: $0) }) { return }
                parkingSeen = parking.version
            }
            let bytes = batch.byteCount(range) + Envelope.byteCount
            guard await clearance(lane, calls: range.count, bytes: bytes) else { return }
            let body = Envelope.body(batch, range, sentAtMS: clock.wallMS())
            let sentAt = clock.now()
            let answer = await transport.post(body, failures: failures)
            if case .failed = answer, Task.isCancelled { return }
            note { $0.requests += 1 }
            metrics.note(answer, took: clock.now() - sentAt, bodyBytes: body.count)
            let decision = AnswerDecision(answer)
            logger.debug(
                "a batch was answered",
                metadata: [
                    "calls": "\(range.count)", "bytes": "\(body.count)", "lane": "\(lane)", "failures": "\(failures)",
                    "answer": "\(answer.excerpt.prefix(80))",
                ])
            switch decision {
            case .deliver:
                try await accept(range, of: &batch, lane, answer)
                bisection.finish()
                failures = 0
            case .retry:
                failures += 1
                failed(answer)
                if case .status(429, _, _) = answer { slowDown(sentAt: sentAt) }
                var retryAfter: String?
                if case .status(_, let header, _) = answer { retryAfter = header }
                if parking.isProbing(lane) || hold?.isProbing(lane) == true { return }
                guard await backOff(lane, failures: failures, retryAfter: retryAfter) else { return }
            case .bisect, .halve:
                failures = 0
                if let hold {
                    if hold.isRefusal { return }
                    endHold()
                }
                if range.count > 1 {
                    bisection.split()
                } else {
                    let isRefused = decision == .bisect
                    let reason: DeadLetter.Reason = isRefused ? .refused : .tooLargeForReceiver
                    let letter = try await bury(range.lowerBound, of: &batch, lane, reason: reason, answer: answer.excerpt)
                    bisection.finish()
                    // A parked call that is refused again says nothing new of the rule, and nothing of the receiver.
                    guard isRefused, !parking.isProbing(lane) else { continue }
                    if endsInHold(letter, lane, answer) { return }
                    if let culprit = ruleRefusals.refused(rule: letter.rule, answer: answer.excerpt) { try await park(culprit) }
                }
            case .hold:
                if hold == nil, case .status(let code, _, _) = answer {
                    beginHold(Hold(status: code, lane: lane, now: clock.now()), answer)
                }
                return
            }
        }
    }

    /// The calls at `range` were accepted.
    private func accept(_ range: Range<Int>, of batch: inout Batch, _ lane: Int, _ answer: Answer) async throws {
        var settlement = batch.settle(range, destination: configuration.name)
        settlement.answer = answer.kind
        if answer.isDoubtful {
            settlement.counters[.doubtfulAnswers(configuration.name)] = 1
            if let untold = refusalLog.happened("doubtful", now: clock.now()) {
                logger.warning(
                    "the receiver accepted a batch but speaks of an error",
                    metadata: ["answer": "\(answer.excerpt)", "and_before": "\(repeats(untold))"])
            }
        }
        _ = try await settle(settlement, lane)
        let now = clock.now()
        note {
            $0.deliveredCalls += range.count
            $0.deliveredRate.add(range.count, now: now)
            $0.lastFailure = nil
        }
        bell.ring()
        refusals.accepted()
        endHold()
        let failures = failureLog.ended()
        if failures > 0 { logger.notice("delivery works again", metadata: ["failures": "\(failures)"]) }
        if let probe = parking.probe, parking.isProbing(lane) { try await unpark(probe.rule) }
        guard !ruleRefusals.isEmpty else { return }
        for culprit in ruleRefusals.accepted(rules: batch.rules(range)) { try await park(culprit) }
    }

    /// Turns one call into a dead letter.
    @discardableResult
    private func bury(
        _ index: Int, of batch: inout Batch, _ lane: Int, reason: DeadLetter.Reason, answer: String?
    ) async throws -> Buried {
        let (bytes, entry, stored) = batch.call(index)
        var settlement = batch.settle(index..<index + 1, destination: configuration.name)
        settlement.deadLetters = [
            DeadLetter(
                destination: configuration.name, call: bytes, reason: reason, answer: answer, rule: entry.rule, source: entry.source,
                offset: entry.offset, atMS: clock.wallMS())
        ]
        let ids = try await settle(settlement, lane)
        note { $0.deadLetteredCalls += 1 }
        noteError(answer ?? reason.text)
        bell.ring()
        if let untold = refusalLog.happened("dead letter", now: clock.now()) {
            let rule = try await patiently { () async throws(StoreError) in try await store.text(ofLabel: entry.rule) }
            logger.warning(
                "a call became a dead letter",
                metadata: [
                    "reason": "\(reason.text)", "answer": "\(answer ?? "")", "rule": "\(rule ?? "")", "offset": "\(entry.offset)",
                    "and_before": "\(repeats(untold))",
                ])
        }
        let letter = TakenBack(
            deadLetter: ids[0], chunk: stored.id, slot: stored.chunk.slot, barrierSlot: stored.chunk.barrierSlot,
            storedAtMS: stored.storedAtMS)
        return Buried(rule: entry.rule, letter: letter)
    }

    private struct Buried {
        var rule: UInt32
        var letter: TakenBack
    }

    /// Notes a refusal. When refusals have become so many that the data is not at fault, holds, and has them taken back.
    private func endsInHold(_ buried: Buried, _ lane: Int, _ answer: Answer) -> Bool {
        if !takingBack.isEmpty {
            // Another lane's refusal completed the run while this one was being settled.
            takingBack.append(buried.letter)
            return true
        }
        guard let run = refusals.refused(rule: buried.rule, buried.letter) else { return false }
        beginHold(Hold(refusing: answer.excerpt, lane: lane, now: clock.now()), answer)
        ruleRefusals = RuleRefusals()
        takingBack = run
        return true
    }

    func settle(_ settlement: Settlement, _ lane: Int) async throws -> [Int64] {
        var dated = settlement
        dated.atMS = clock.wallMS()
        let ids = try await patiently { [dated] () async throws(StoreError) in try await store.settle(dated) }
        reschedule(settlement, lane: lane)
        return ids
    }

    /// Keeps what to tell people who ask for the last error.
    private func noteError(_ text: String) {
        let atMS = clock.wallMS()
        note { $0.latestError = .init(text: text, atMS: atMS) }
    }

    private func failed(_ answer: Answer) {
        note { $0.lastFailure = answer.excerpt }
        noteError(answer.excerpt)
        guard let untold = failureLog.happened(answer.kind, now: clock.now()) else { return }
        logger.warning(
            "delivery failed, the same calls will be sent again",
            metadata: ["reason": "\(answer.excerpt)", "and_before": "\(repeats(untold))"])
    }

    /// Halves the rate after a 429.
    private func slowDown(sentAt: Duration) {
        note { $0.tooManyAnswers += 1 }
        guard let perSecond = limiter.tooMany(sentAt: sentAt, now: clock.now()) else { return }
        note {
            $0.rateHalvings += 1
            $0.requestsPerSecondReduced = perSecond
        }
        guard let untold = failureLog.happened("slower", now: clock.now()) else { return }
        logger.notice(
            "the receiver gets too many requests, sending less often",
            metadata: ["requests_per_second": "\((perSecond * 1000).rounded() / 1000)", "and_before": "\(repeats(untold))"])
    }

    func tellOfRecovery(_ now: Duration) {
        guard limiter.hasRecovered(now: now) else { return }
        note { $0.requestsPerSecondReduced = nil }
        logger.notice("sending at the full rate again")
    }

    private func beginHold(_ hold: Hold, _ answer: Answer) {
        self.hold = hold
        note {
            $0.holdReason = hold.reason
            $0.holdHint = hold.hint
            $0.lastFailure = answer.excerpt
        }
        noteError(answer.excerpt)
        logger.error(
            "delivery is on hold, nothing is lost",
            metadata: ["reason": "\(hold.reason)", "hint": "\(hold.hint)", "answer": "\(answer.excerpt)"])
        bell.ring()
    }

    private func endHold() {
        guard hold != nil else { return }
        hold = nil
        note { ($0.holdReason, $0.holdHint) = (nil, nil) }
        logger.notice("delivery is no longer on hold")
        bell.ring()
    }

    /// Repeats what the store failed to do until it succeeds: what is settled must not be lost on a full disk. Gives up only
    /// when the task is cancelled or the database is beyond repair.
    func patiently<Value: Sendable>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        while true {
            do throws(StoreError) {
                let value = try await body()
                if storeLog.ended() > 0 { logger.notice("the database works again") }
                return value
            } catch {
                guard error.isTransient, !Task.isCancelled else { throw error }
                if let untold = storeLog.happened(error.what, now: clock.now()) {
                    let trouble: Logger.Metadata = ["reason": "\(error.what)", "path": "\(error.path)", "hint": "\(error.hint ?? "")"]
                    logger.error(
                        "the database failed, will try again", metadata: trouble.merging(["and_before": "\(repeats(untold))"]) { $1 })
                }
                try? await clock.sleep(Self.storeRetryDelay)
                // A full disk is no hanging lane.
                for lane in busySince.keys { busySince[lane] = clock.now() }
            }
        }
    }
}

/// How many occurrences a message stands for besides its own; nothing where there are none, which a log leaves out.
func repeats(_ count: Int) -> String {
    count == 0 ? "" : "\(count) more of the kind"
}
