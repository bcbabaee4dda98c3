// `eventail derive`: from log files to calls on standard output, without state and network. What it prints is what `run`
// would send, byte for byte.

import Calls
import Dispatch
import Rules
import Synchronization

package struct Derivation: Sendable {
    package struct Options: Sendable {
        /// Adds `_origin` to each call: rule, and file, line and offset, or the entry's time.
        package var showsOrigin = false
        /// What message ids depend on besides the log; nil: this machine's own.
        package var idScope: String?
        /// The time for records that state none, RFC 3339; nil: now.
        package var now: String?

        package init() {}
    }

    /// What was done, for a closing line.
    package struct Summary: Sendable {
        package var records = 0
        package var oversizeRecords = 0
        package var unparsed = 0
        package var cutRecords = 0
        package var calls = 0
        package var shadowed = 0
        package var rejected = 0
        package var incomplete = 0
        package var limitHits = 0
        package var unreadableTimes = 0
        package var implausibleTimes = 0
        /// What was wrong with the journal, in sentences.
        package var journalFaults: [String] = []

        mutating func add(_ other: Summary) {
            calls += other.calls
            shadowed += other.shadowed
            rejected += other.rejected
            oversizeRecords += other.oversizeRecords
        }

        mutating func add(_ sink: LineSink) {
            calls += sink.calls
            shadowed += sink.shadowed
            rejected += sink.rejected
        }
    }

    let sets: [RuleSet]
    /// The names of all rules, in the order in which they emit.
    let rules: [String]
    let showsOrigin: Bool
    let scope: String
    let nowMilliseconds: Int64

    package init(_ rules: RuleFiles, _ options: Options) throws(AgentError) {
        sets = rules.ruleSets
        self.rules = rules.packs.flatMap { $0.rules.map(\.name) }
        showsOrigin = options.showsOrigin
        guard let scope = options.idScope ?? IDScope.ofThisMachine() else {
            throw AgentError(
                .usage, "this machine has no id to make message ids from", hint: "give one with --id-scope, for example --id-scope web-1")
        }
        self.scope = scope
        nowMilliseconds = try options.now.map { text throws(AgentError) in try Clock.milliseconds(of: text) } ?? Clock.wallMilliseconds()
    }

    /// Derives from the files in turn; `-` is standard input. What was written before an error are whole calls.
    /// - Parameters:
    ///   - jobs: how many threads share the work, at most; the output is the same for any number.
    ///   - descriptor: where calls are written; stays the caller's.
    /// - Throws: `AgentError` for a file that cannot be read, or an output that cannot be written. A reader of the output that
    ///   has gone is none: the rest is not derived.
    package func run(files: [String], jobs: Int = 1, to descriptor: Int32) throws(AgentError) -> Summary {
        let parts = DerivationParts(files, cutsFiles: !showsOrigin && sets.allSatisfy(\.framing.isByLine))
        let turns = OutputTurns()
        let total = Mutex(Total(ruleCounts: sets.map(\.rules.count)))
        DispatchQueue.concurrentPerform(iterations: max(1, parts.worthwhile(atMost: jobs))) { _ in
            let worker = DerivationWorker(self, parts, BufferedOutput(descriptor: descriptor, turns: turns))
            let outcome = Result { try worker.run() }
            total.withLock { $0.add(worker, outcome) }
        }
        let (counters, error, partial) = total.withLock { ($0.counters, $0.error, $0.summary) }
        if let error { throw error }
        var summary = partial
        // Of several ways to make records of the lines the one that understands most of them.
        summary.unparsed = counters.map(\.unparsed).min() ?? 0
        for counted in counters { add(counted, to: &summary) }
        return summary
    }

    /// What all workers did together.
    private struct Total {
        var counters: [DeriverCounters]
        var summary = Summary()
        var error: AgentError?

        init(ruleCounts: [Int]) {
            counters = ruleCounts.map { DeriverCounters(ruleCount: $0) }
        }

        mutating func add(_ worker: DerivationWorker, _ outcome: Result<Void, any Error>) {
            summary.add(worker.summary)
            for (index, lane) in worker.lanes.enumerated() { counters[index].add(lane.takeCounters()) }
            guard case .failure(let failure) = outcome, error == nil else { return }
            error = AgentError(failure)
        }
    }

    func add(_ counters: DeriverCounters, to summary: inout Summary) {
        // Of several ways to make records of the lines the one that makes most.
        summary.records = max(summary.records, counters.records)
        summary.cutRecords += counters.cutRecords
        summary.limitHits += counters.framingLimitHits
        for rule in counters.rules {
            summary.incomplete += rule.incomplete
            summary.limitHits += rule.limitHits
            summary.unreadableTimes += rule.unreadableTimes
            summary.implausibleTimes += rule.implausibleTimes
        }
    }
}
