// How the status of a running agent comes about: from the books of one moment, and from what its parts say of themselves.

import Calls
import Delivery
import Rules
import Settings
import Store

extension AgentStatus {
    /// - Parameters:
    ///   - startedAtMS: in milliseconds since 1970.
    ///   - troubles: those of other parts.
    init(_ assembly: Assembly, _ crew: SenderCrew, _ control: PipelineControl, startedAtMS: Int64, troubles: [Trouble])
        async throws(StoreError)
    {
        let books = try await assembly.store.observer.books()
        let condition = control.condition
        let standings = control.standings
        let configuration = assembly.configuration
        self.init(startedAtMS: startedAtMS, atMS: Clock.wallMilliseconds(), followed: condition.followedCount)
        isAtStandstill = condition.standstill != nil
        let monotonicMS = Clock.monotonicMilliseconds()
        sources = configuration.sources.map { source in
            Source(
                source.settings.name, books, standings.first { $0.name == source.settings.name }, monotonicMS: monotonicMS)
        }
        var names: Set<String> = []
        rules = configuration.sources.flatMap(\.rules.rules).map(\.name).filter { names.insert($0).inserted }.map { Rule($0, books) }
        // While a reload exchanges them, there may be other senders than destinations.
        let senders = Dictionary(crew.senders.map { ($0.destination, $0) }) { first, _ in first }
        destinations = configuration.destinations.map { Destination($0, senders[$0.name], books, atMS: atMS) }
        limits = LimitCounts.acted(books.counters)
        reasons = destinations.compactMap { Self.trouble(of: $0, hint: senders[$0.name]?.snapshot.holdHint) }
        if let standstill = condition.standstill {
            reasons.insert(Trouble("nothing is read: \(standstill.what)", hint: standstill.hint), at: 0)
        }
        if condition.isDropping {
            reasons.append(
                Trouble(
                    "the outbox is full, and its oldest calls are dropped",
                    hint: "see why calls are not delivered, or raise `spool.max_bytes`"))
        }
        reasons += standings.flatMap(\.troubles) + troubles
        if !reasons.isEmpty { health = .degraded }
    }

    private static func trouble(of destination: Destination, hint: String?) -> Trouble? {
        if let hold = destination.hold {
            return Trouble(
                "delivery to \(destination.name) is on hold: \(hold)",
                hint: "\(hint ?? "see the agent's log"); then `eventail reload`. Nothing is lost")
        }
        guard let failure = destination.lastFailure else { return nil }
        return Trouble(
            "delivery to \(destination.name) fails, and will be tried again: \(failure)",
            hint: "see that \(destination.url) works and can be reached from here (`eventail check --online`); nothing is lost")
    }
}

extension AgentStatus.Source {
    fileprivate init(_ name: String, _ books: StoreBooks, _ standing: SourceStanding?, monotonicMS: Int64) {
        self.init(
            name: name, recordsRead: books.count("records_read", name), bytesRead: books.count("bytes_read", name),
            unparsed: books.count("records_unparsed", name), followed: standing?.followedCount ?? 0,
            unreadable: standing?.unreadableCount ?? 0, lagBytes: standing?.unreadBytes.map { Int64(clamping: $0) },
            lagSeconds: standing?.behindSinceMS.map { Double(max(0, monotonicMS - $0)) / 1000 } ?? 0,
            lastReadAtMS: books.counters[Counter("source_last_read_ms", name)])
    }
}

extension AgentStatus.Rule {
    fileprivate init(_ name: String, _ books: StoreBooks) {
        var callsByType: [String: Int64] = [:]
        for type in CallType.allCases { callsByType[type.rawValue] = books.counters[Counter("rule_calls", name, type.rawValue)] }
        self.init(
            name: name, matched: books.count("rule_matched", name), calls: callsByType.values.reduce(0, +), callsByType: callsByType,
            incomplete: books.count("rule_incomplete", name), limitHits: books.count("rule_limit_hits", name),
            lastMatchAtMS: books.counters[Counter("rule_last_match_ms", name)])
    }
}

extension AgentStatus.Destination {
    fileprivate init(_ destination: DestinationConfiguration, _ sender: Sender?, _ books: StoreBooks, atMS: Int64) {
        let name = destination.name
        let snapshot = sender?.snapshot ?? SenderSnapshot()
        let waiting = books.waiting(for: name)
        let discarded = books.particulars("discarded", name)
        self.init(
            name: name, url: destination.endpoint.url, derived: books.counters[.derived(name)] ?? 0,
            delivered: books.counters[.delivered(name)] ?? 0, deadLettered: books.counters[.deadLettered(name)] ?? 0,
            deadLetteredByReason: books.particulars("became_dead_letter", name), discarded: discarded.values.reduce(0, +),
            discardedByReason: discarded, waiting: Int64(waiting.calls), waitingBytes: Int64(waiting.bytes),
            oldestWaitingSeconds: waiting.oldestStoredAtMS.map { Double(max(0, atMS - $0)) / 1000 },
            perSecond: sender?.deliveredPerSecond ?? 0, hold: snapshot.holdReason, reducedTo: snapshot.requestsPerSecondReduced,
            lastFailure: snapshot.lastFailure, latestError: snapshot.latestError?.text, latestErrorAtMS: snapshot.latestError?.atMS)
    }
}

extension StoreBooks {
    fileprivate func count(_ name: String, _ subject: String) -> Int64 { counters[Counter(name, subject)] ?? 0 }

    /// The counters of `name/subject/PARTICULAR` by their last part.
    fileprivate func particulars(_ name: String, _ subject: String) -> [String: Int64] {
        var result: [String: Int64] = [:]
        for (counter, count) in counters {
            if let particular = counter.particular(of: name, subject) { result[String(particular)] = count }
        }
        return result
    }
}
