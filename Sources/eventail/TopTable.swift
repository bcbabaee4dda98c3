// The tables of `eventail top`: sources, rules and destinations of a status, with what changed since the one before, in the order
// that was asked for.

import Agent

struct TopTable {
    enum Kind: Int, CaseIterable {
        case sources, rules, destinations
    }

    struct Row {
        var name: String
        var cells: [String]
        /// What the columns behind the name are sorted by, largest first.
        var keys: [Double]
    }

    let kind: Kind
    let titles: [String]
    private(set) var rows: [Row]

    init(_ kind: Kind, of status: AgentStatus, since previous: AgentStatus?) {
        self.kind = kind
        let seconds = previous.map { Double(status.atMS - $0.atMS) / 1000 } ?? 0
        /// The rate of a total of which `before` is the earlier value.
        func rate(_ now: Int64, _ before: Int64?) -> Double {
            guard let before, seconds > 0 else { return 0 }
            return max(0, Double(now - before) / seconds)
        }
        func age(_ momentMS: Int64?) -> (String, Double) {
            guard let momentMS else { return ("-", -.infinity) }
            let seconds = Double(max(0, status.atMS - momentMS)) / 1000
            return (StatusPage.age(seconds), -seconds)
        }
        switch kind {
        case .sources:
            titles = ["source", "records/s", "records", "unparsed", "files", "unreadable", "lag bytes", "lag", "last read"]
            rows = status.sources.map { source in
                let before = previous?.sources.first { $0.name == source.name }
                return Row(
                    source.name, number(rate: rate(source.recordsRead, before?.recordsRead)), number(source.recordsRead),
                    number(source.unparsed), number(Int64(source.followed)), number(Int64(source.unreadable)),
                    source.lagBytes.map { number($0) } ?? ("-", -1), (StatusPage.age(source.lagSeconds), source.lagSeconds),
                    age(source.lastReadAtMS))
            }
        case .rules:
            titles = ["rule", "matched/s", "matched", "calls", "incomplete", "limit hits", "last match"]
            rows = status.rules.map { rule in
                let before = previous?.rules.first { $0.name == rule.name }
                return Row(
                    rule.name, number(rate: rate(rule.matched, before?.matched)), number(rule.matched), number(rule.calls),
                    number(rule.incomplete), number(rule.limitHits), age(rule.lastMatchAtMS))
            }
        case .destinations:
            titles = ["destination", "calls/s", "derived", "delivered", "dead letters", "discarded", "waiting", "oldest"]
            rows = status.destinations.map { destination in
                Row(
                    destination.name, number(rate: destination.perSecond), number(destination.derived), number(destination.delivered),
                    number(destination.deadLettered), number(destination.discarded), number(destination.waiting),
                    destination.oldestWaitingSeconds.map { (StatusPage.age($0), $0) } ?? ("-", -1))
            }
        }
    }

    /// - Parameter column: 0, the name, ascends; the others descend. Equal ones are in the order of their names.
    mutating func sort(by column: Int, isReversed: Bool) {
        rows.sort { one, other in
            let (left, right) = isReversed ? (other, one) : (one, other)
            guard column > 0, left.keys[column - 1] != right.keys[column - 1] else { return left.name < right.name }
            return left.keys[column - 1] > right.keys[column - 1]
        }
    }
}

private typealias Cell = (text: String, key: Double)

private func number(_ count: Int64) -> Cell { ("\(count)", Double(count)) }

private func number(rate: Double) -> Cell { (StatusPage.tenths(rate), rate) }

extension TopTable.Row {
    fileprivate init(_ name: String, _ cells: Cell...) {
        self.init(name: name, cells: [Printable.text(name)] + cells.map(\.text), keys: cells.map(\.key))
    }
}
