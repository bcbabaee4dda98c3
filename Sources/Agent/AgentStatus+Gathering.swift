// Puts an agent's status together from what its parts say of themselves, and from the counters and the outbox of the store.

import Delivery
import Rules
import Settings
import Store

extension AgentStatus {
    /// - Parameter refusal: why the last reload was refused, in one line.
    init(_ assembly: Assembly, _ crew: SenderCrew, pipeline: PipelineCondition, startedAtMS: Int64, refusal: String?)
        async throws(StoreError)
    {
        self.init(startedAtMS: startedAtMS, followed: pipeline.followedCount)
        let configuration = assembly.configuration
        let counters = try await assembly.store.sender.counters()
        func count(_ name: String, _ subject: String) -> Int64 { counters[Counter(name, subject)] ?? 0 }
        sources = configuration.sources.map { source in
            let name = source.settings.name
            return Source(name: name, recordsRead: count("records_read", name), unparsed: count("records_unparsed", name))
        }
        var names: Set<String> = []
        rules = configuration.sources.flatMap(\.rules.rules).map(\.name).filter { names.insert($0).inserted }.map { name in
            Rule(
                name: name, matched: count("rule_matched", name), calls: count("rule_calls", name),
                incomplete: count("rule_incomplete", name),
                limitHits: count("rule_limit_hits", name))
        }
        var bytes: [(destination: String, waiting: Int)] = []
        for (destination, sender) in zip(configuration.destinations, crew.senders) {
            let (books, waiting) = try await assembly.store.sender.books(destination: destination.name)
            bytes.append((destination.name, waiting.bytes))
            let snapshot = sender.snapshot
            destinations.append(
                Destination(
                    name: destination.name, url: destination.endpoint.url, derived: books[.derived(destination.name)] ?? 0,
                    delivered: books[.delivered(destination.name)] ?? 0, deadLettered: books[.deadLettered(destination.name)] ?? 0,
                    discarded: books.reduce(0) { $0 + ($1.key.key.hasPrefix("discarded/\(destination.name)/") ? $1.value : 0) },
                    waiting: Int64(waiting.calls), hold: snapshot.holdReason,
                    parked: snapshot.parkedRules.map { Parked(rule: $0.name, sinceMS: $0.atMS, answer: $0.answer) },
                    reducedTo: snapshot.requestsPerSecondReduced,
                    lastFailure: snapshot.lastFailure))
            if let hold = snapshot.holdReason {
                reasons.append("delivery to \(destination.name) is on hold: \(hold)")
            } else if let failure = snapshot.lastFailure {
                reasons.append("delivery to \(destination.name) fails, and will be tried again: \(failure)")
            }
            for parked in snapshot.parkedRules {
                reasons.append(
                    "calls wait that are not sent to \(destination.name): \(parked.reason); mend the rule or the receiver and "
                        + "`eventail reload`, or drop them: `eventail outbox drop --rule \(parked.name)`")
            }
        }
        for stranded in try await StrandedCalls.find(assembly.store.sender, besides: configuration.destinations.map(\.name)) {
            reasons.append("\(stranded.text): \(stranded.hint)")
        }
        if let standstill = pipeline.standstill {
            let cause = pipeline.isOutboxFull ? Self.cause(of: bytes) : ""
            reasons.insert("nothing is read: \(standstill)\(cause)", at: 0)
        }
        if let refusal { reasons.append("the last reload was refused: \(refusal)") }
        if !reasons.isEmpty { health = .degraded }
    }

    /// For whom most of a full outbox waits, which is where help is needed. One destination can keep all others from what would be
    /// read for them.
    private static func cause(of bytes: [(destination: String, waiting: Int)]) -> String {
        let sum = bytes.reduce(0) { $0 + $1.waiting }
        guard bytes.count > 1, sum > 0, let most = bytes.max(by: { $0.waiting < $1.waiting }) else { return "" }
        return "; \(Int64(most.waiting) * 100 / Int64(sum)) % of it waits for \(most.destination)"
    }
}
