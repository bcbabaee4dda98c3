// The table at the end of the demo: what the agent says of itself, and what a comparison of written and arrived says of it.

import Agent

struct DemoVerdict: Sendable {
    let lines: Int
    let totals: StateTotals
    let requests: Int
    /// Message id → how often it arrived.
    let arrived: [String: Int]
    /// The ids of the calls that the written lines must give.
    let expected: Set<String>

    var lost: Int { expected.filter { arrived[$0] == nil }.count }

    /// Calls beyond what the written lines account for: records that the agent derived from twice, or ids that no line gives.
    var duplicates: Int {
        max(0, totals.callsDerived - expected.count) + arrived.keys.filter { !expected.contains($0) }.count
    }

    /// Calls sent again under the same id, because the kill came between the receiver's answer and its being noted. A
    /// receiver that looks at message ids takes them once.
    private var resent: Int { arrived.values.reduce(0) { $0 + $1 - 1 } }

    var isClean: Bool { lost == 0 && duplicates == 0 && totals.recordsRead == lines }

    var table: [String] {
        let rows: [(String, Int)] = [
            ("lines written", lines), ("records read", totals.recordsRead), ("calls derived", totals.callsDerived), ("requests", requests),
            ("delivered", totals.delivered), ("sent again under the same id", resent), ("lost", lost), ("duplicates", duplicates),
        ]
        let rule = String(repeating: "─", count: 38)
        return ["", rule]
            + rows.map { label, count in
                let digits = String(count)
                return label + String(repeating: " ", count: max(1, 38 - label.count - digits.count)) + digits
            } + [rule]
    }
}
