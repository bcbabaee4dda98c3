// The agent's status as metrics. Totals come from the database and all from one moment of it, so that for each destination
// `destination_calls_derived = calls_delivered + dead_letters + calls_discarded + outbox_calls` in every scrape; what is only
// measured while the agent runs (requests, times) comes from swift-metrics. Nothing here is touched by the hot path.

import CoreMetrics
import Delivery
import Exposition

struct MetricsPage {
    private let status: AgentStatus

    /// Of the metrics that go through swift-metrics.
    static let help = [
        SenderMetrics.requests: "Requests by the status code of their answer; failed: there was none.",
        SenderMetrics.requestBytes: "Bytes of request bodies.",
        SenderMetrics.requestSeconds: "Time from a request's start to its answer or failure.",
        limitHits: limitHelp,
    ]
    static let limitHits = "eventail_limit_hits_total"
    private static let limitHelp = "How often a bound acted; see the page on configuration for each of them."

    init(_ status: AgentStatus) {
        self.status = status
    }

    func text(_ registry: MetricRegistry) -> String {
        var text = MetricText()
        for family in agent + sources + rules + destinations + registry.collected { text.add(family) }
        var limits = MetricFamily(Self.limitHits, .counter, Self.limitHelp)
        // A monitor can tell that something began only if it was there before.
        for name in LimitCounts.allNames {
            limits.add(status.limits.first { $0.name == name }?.hits ?? 0, .init("limit", name))
        }
        limits.add(Int64(text.foldedCount), .init("limit", "metric_series"))
        text.add(limits)
        for family in ProcessFigures.families(startedAtMS: status.startedAtMS) { text.add(family) }
        return text.text
    }

    private var agent: [MetricFamily] {
        var info = MetricFamily("eventail_build_info", .gauge, "1; the label tells the version.")
        info.add(Int64(1), .init("version", status.version))
        var degraded = MetricFamily("eventail_degraded", .gauge, "1 while something needs a person; `eventail status` tells what.")
        degraded.add(Int64(status.health == .degraded ? 1 : 0))
        var stopped = MetricFamily(
            "eventail_reading_stopped", .gauge, "1 while nothing is read because the outbox is full or the state cannot be written.")
        stopped.add(Int64(status.isAtStandstill ? 1 : 0))
        return [info, degraded, stopped]
    }

    private var sources: [MetricFamily] {
        var records = MetricFamily("eventail_records_read_total", .counter, "Records read.")
        var bytes = MetricFamily("eventail_bytes_read_total", .counter, "Bytes read.")
        var unparsed = MetricFamily("eventail_records_unparsed_total", .counter, "Records in none of the formats that rules wanted.")
        var followed = MetricFamily("eventail_source_files", .gauge, "Files and journals that are followed.")
        var unreadable = MetricFamily("eventail_source_unreadable_files", .gauge, "Files that cannot be read.")
        var lagBytes = MetricFamily("eventail_source_lag_bytes", .gauge, "Bytes of files that are not read.")
        var lagSeconds = MetricFamily(
            "eventail_source_lag_seconds", .gauge, "For how long there has always been more to read.", folding: .max)
        var lastRead = MetricFamily(
            "eventail_source_last_read_timestamp_seconds", .gauge, "When a record was read last.", folding: .max)
        for source in status.sources {
            let label = MetricFamily.Label("source", source.name)
            records.add(source.recordsRead, label)
            bytes.add(source.bytesRead, label)
            unparsed.add(source.unparsed, label)
            followed.add(Int64(source.followed), label)
            unreadable.add(Int64(source.unreadable), label)
            if let bytes = source.lagBytes { lagBytes.add(bytes, label) }
            lagSeconds.add(source.lagSeconds, label)
            if let lastReadAtMS = source.lastReadAtMS { lastRead.add(Double(lastReadAtMS) / 1000, label) }
        }
        return [records, bytes, unparsed, followed, unreadable, lagBytes, lagSeconds, lastRead]
    }

    private var rules: [MetricFamily] {
        var matches = MetricFamily("eventail_rule_matches_total", .counter, "Records that the rule matched.")
        var calls = MetricFamily(
            "eventail_calls_derived_total", .counter,
            "Calls that rules made, each once, whatever became of it and for how many destinations.")
        var incomplete = MetricFamily(
            "eventail_calls_incomplete_total", .counter, "Calls not made for want of a user or another field that their type needs.")
        var lastMatch = MetricFamily("eventail_rule_last_match_timestamp_seconds", .gauge, "When a record matched last.", folding: .max)
        for rule in status.rules {
            let label = MetricFamily.Label("rule", rule.name)
            matches.add(rule.matched, label)
            for (type, count) in rule.callsByType.sorted(by: { $0.key < $1.key }) { calls.add(count, label, .init("type", type)) }
            incomplete.add(rule.incomplete, label)
            if let lastMatchAtMS = rule.lastMatchAtMS { lastMatch.add(Double(lastMatchAtMS) / 1000, label) }
        }
        return [matches, calls, incomplete, lastMatch]
    }

    private var destinations: [MetricFamily] {
        var derived = MetricFamily(
            "eventail_destination_calls_derived_total", .counter,
            "Calls made for the destination: the sum of those delivered, discarded, dead letters and in the outbox.")
        var delivered = MetricFamily("eventail_calls_delivered_total", .counter, "Calls that the receiver accepted.")
        var deadLetters = MetricFamily("eventail_dead_letters", .gauge, "Dead letters that are kept.")
        var deadLettered = MetricFamily(
            "eventail_calls_dead_lettered_total", .counter, "Calls that became dead letters, those that were sent again included.")
        var discarded = MetricFamily("eventail_calls_discarded_total", .counter, "Calls that a bound or a person removed.")
        var waiting = MetricFamily("eventail_outbox_calls", .gauge, "Calls that wait.")
        var waitingBytes = MetricFamily("eventail_outbox_bytes", .gauge, "Bytes of the calls that wait.")
        var oldest = MetricFamily(
            "eventail_outbox_oldest_seconds", .gauge, "How long the call that waits longest has been waiting; 0: none does.", folding: .max)
        var hold = MetricFamily("eventail_delivery_on_hold", .gauge, "1 while nothing is sent until a person acts.", folding: .max)
        for destination in status.destinations {
            let label = MetricFamily.Label("destination", destination.name)
            derived.add(destination.derived, label)
            delivered.add(destination.delivered, label)
            deadLetters.add(destination.deadLettered, label)
            for (reason, count) in destination.deadLetteredByReason.sorted(by: { $0.key < $1.key }) {
                deadLettered.add(count, label, .init("reason", reason))
            }
            for (reason, count) in destination.discardedByReason.sorted(by: { $0.key < $1.key }) {
                discarded.add(count, label, .init("reason", reason))
            }
            waiting.add(destination.waiting, label)
            waitingBytes.add(destination.waitingBytes, label)
            oldest.add(destination.oldestWaitingSeconds ?? 0, label)
            hold.add(Int64(destination.hold == nil ? 0 : 1), label)
        }
        return [derived, delivered, deadLetters, deadLettered, discarded, waiting, waitingBytes, oldest, hold]
    }
}
