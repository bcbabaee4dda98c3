// A status as a page of text: health first, then sources, rules, destinations, and the bounds that acted.

import Agent

struct StatusPage {
    private let status: AgentStatus

    init(_ status: AgentStatus) {
        self.status = status
    }

    var lines: [String] {
        head + [sources, rules, destinations].flatMap { [""] + AlignedTable.lines($0, left: [0]) } + details + limits
    }

    private var head: [String] {
        guard !status.reasons.isEmpty else { return ["well: \(status.line)"] }
        return status.reasons.flatMap { reason in
            ["degraded: \(Printable.text(reason.what))"] + (reason.hint.map { ["  hint: \(Printable.text($0))"] } ?? [])
        }
    }

    private var sources: [[String]] {
        [["source", "records", "unparsed", "files", "unreadable", "lag bytes", "lag", "last read"]]
            + status.sources.map { source in
                [
                    source.name, "\(source.recordsRead)", "\(source.unparsed)", "\(source.followed)", "\(source.unreadable)",
                    source.lagBytes.map { "\($0)" } ?? "-", Self.age(source.lagSeconds), age(sinceMS: source.lastReadAtMS),
                ]
            }
    }

    private var rules: [[String]] {
        [["rule", "matched", "calls", "incomplete", "limit hits", "last match"]]
            + status.rules.map { rule in
                [
                    Printable.text(rule.name), "\(rule.matched)", "\(rule.calls)", "\(rule.incomplete)", "\(rule.limitHits)",
                    age(sinceMS: rule.lastMatchAtMS),
                ]
            }
    }

    private var destinations: [[String]] {
        [["destination", "derived", "delivered", "dead letters", "discarded", "waiting", "oldest", "calls/s"]]
            + status.destinations.map { destination in
                [
                    destination.name, "\(destination.derived)", "\(destination.delivered)", "\(destination.deadLettered)",
                    "\(destination.discarded)", "\(destination.waiting)", destination.oldestWaitingSeconds.map(Self.age) ?? "-",
                    Self.tenths(destination.perSecond),
                ]
            }
    }

    /// What of a destination is no number.
    private var details: [String] {
        let lines = status.destinations.flatMap { destination in
            var lines: [String] = []
            if let error = destination.latestError {
                lines.append(
                    "last error of \(destination.name), \(age(sinceMS: destination.latestErrorAtMS)) ago: \(Printable.text(error))")
            }
            if let perSecond = destination.reducedTo {
                lines.append("\(destination.name) gets no more than \(Self.tenths(perSecond)) requests a second, as its receiver wants it")
            }
            if destination.deadLettered > 0 {
                lines.append(
                    "dead letters of \(destination.name): `eventail dead-letters list --destination \(destination.name)` tells why")
            }
            return lines
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private var limits: [String] {
        guard !status.limits.isEmpty else { return [] }
        return ["", "limits that acted: " + status.limits.map { "\($0.name) \($0.hits)" }.joined(separator: ", ")]
    }

    private func age(sinceMS momentMS: Int64?) -> String {
        momentMS.map { Self.age(Double(max(0, status.atMS - $0)) / 1000) } ?? "-"
    }

    /// In the largest unit of which there is one: 0s, 59s, 3m, 5h, 2d.
    static func age(_ seconds: Double) -> String {
        for (unit, length) in [("d", 86_400.0), ("h", 3600), ("m", 60)] where seconds >= length { return "\(Int(seconds / length))\(unit)" }
        return "\(Int(seconds))s"
    }

    static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
