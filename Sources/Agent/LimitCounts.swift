// How often each bound acted, from the persisted counters, under the names that people know the bounds by: the settings', where
// they are settings.

import Store

enum LimitCounts {
    /// Bounds by the counters that tell of them; of `NAME/…` the first part, of the bounds of calls also the last.
    private static let names: [(counter: String, reason: String?, limit: String)] = [
        ("records_oversize", nil, "max_record"),
        ("files_let_go", nil, "hold_deleted"),
        ("fields_oversize", nil, "journal_field"),
        ("records_cut", nil, "multiline"),
        ("framing_limit_hits", nil, "multiline_match"),
        ("rule_limit_hits", nil, "match"),
        ("reading_stopped", "spool_full", "spool.max_bytes"),
        ("discarded", "spool_full", "spool.when_full"),
        ("discarded", "dead_letters_full", "dead_letters.max_bytes"),
        ("discarded", "dead_letter_age", "dead_letters.max_age"),
        ("traces_forgotten", "max_age", "trace.max_age"),
        ("traces_forgotten", "max_calls", "trace.max_calls"),
        ("became_dead_letter", "expired", "spool.max_age"),
        ("became_dead_letter", "call_too_large", "call_bytes"),
        ("became_dead_letter", "larger_than_batch", "batch.max_bytes"),
    ]

    /// All of them.
    static var allNames: [String] { names.map(\.limit) }

    /// Those that acted, in the order above.
    static func acted(_ counters: [Counter: Int64]) -> [AgentStatus.Limit] {
        var hits = Array(repeating: Int64(0), count: names.count)
        for (counter, count) in counters {
            let name = String(counter.name)
            for (index, entry) in names.enumerated()
            where entry.counter == name && (entry.reason.map { counter.key.hasSuffix("/\($0)") } ?? true) { hits[index] += count }
        }
        return zip(names, hits).filter { $0.1 > 0 }.map { AgentStatus.Limit(name: $0.0.limit, hits: $0.1) }
    }
}
