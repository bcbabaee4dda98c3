// A source at work, whatever it reads: what the pipeline asks of it, once per turn, poll or commit and never per record.

import Calls
import Logging
import Rules
import Store
import Tailing

/// Confined to the pipeline's thread.
protocol SourceWorker: AnyObject {
    var name: String { get }
    /// When `poll` wants to be called, of the monotonic clock.
    var nextPollAtMS: Int64 { get }
    /// Readable when `readEvents` has something to do; negative: there are no events.
    var descriptor: Int32 { get }
    /// How many files, or journals, it follows now.
    var followedCount: Int { get }
    /// Whether all is read that it knows of.
    var isCaughtUp: Bool { get }

    func poll(nowMS: Int64)
    func readEvents()
    /// Reads about `bytesMax` bytes and passes what they give to `builder`.
    /// - Returns: whether another turn would find something to do at once.
    func turn(bytesMax: Int, nowMilliseconds: Int64, into builder: TurnBuilder) -> Bool
    /// Whether all is read that was there when this was first asked.
    func hasReadAllThereWas() -> Bool
    /// Adds where reading stands, as far as it has changed since the last call.
    func takePosition(into turn: inout Turn)
    /// - Parameter checkpointIDs: of those that were taken last, in their order.
    func didCommit(_ checkpointIDs: [Int64])
    /// Its open files that have no name any more.
    func deletedFiles() -> [DeletedFile]
    /// Closes some of them, read or not. May come between `takePosition` and `didCommit`.
    func letGo(of files: [FileID])
    /// Adds what was counted since the last call.
    func takeCounters(into turn: inout Turn)
    /// What is unread, and what keeps it from being read. Looks at every file, so it is asked between turns and not in each.
    func standing() -> SourceStanding
    func tellNotices(to logger: Logger)
    /// Says so when there is nothing to follow yet.
    func tellOfNothing(to logger: Logger)
}

extension Turn {
    mutating func add(_ count: Int, _ name: String, _ subject: String) {
        if count > 0 { counters[Counter(name, subject), default: 0] += Int64(count) }
    }

    private mutating func add(_ count: Int, _ name: String, _ subject: String, _ particular: String) {
        if count > 0 { counters[Counter(name, subject, particular), default: 0] += Int64(count) }
    }

    /// Adds what a deriver has counted.
    mutating func add(_ counted: DeriverCounters, of set: RuleSet, source: String) {
        add(counted.records, "records_read", source)
        if counted.records > 0 { moments[Counter("source_last_read_ms", source)] = atMS }
        add(counted.unparsed, "records_unparsed", source)
        add(counted.cutRecords, "records_cut", source)
        add(counted.framingLimitHits, "framing_limit_hits", source)
        for (index, rule) in counted.rules.enumerated() where rule != .zero {
            let name = set.rules[index].name
            add(rule.matched, "rule_matched", name)
            if rule.matched > 0 { moments[Counter("rule_last_match_ms", name)] = atMS }
            for type in CallType.allCases { add(rule.callsByType[type.number], "rule_calls", name, type.rawValue) }
            add(rule.incomplete, "rule_incomplete", name)
            add(rule.limitHits, "rule_limit_hits", name)
            add(rule.unreadableTimes, "rule_unreadable_times", name)
            add(rule.implausibleTimes, "rule_implausible_times", name)
        }
    }
}
