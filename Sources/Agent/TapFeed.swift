// What one turn of the pipeline has for those who listen, and the sink that copies it there on its way to the turn.

import Calls
import Records
import Rules
import Store

/// Confined to the pipeline's thread.
final class TapFeed {
    private struct Listener {
        let tap: Tap
        let filter: TapFilter
        let encodedUser: [UInt8]?
        var room: Int
        var lines: [[UInt8]] = []
        var droppedCount = 0

        init(_ tap: Tap) {
            self.tap = tap
            filter = tap.filter
            encodedUser = filter.encodedUser
            room = tap.room
        }

        func wants(_ call: Span<UInt8>, rule: String, source: String) -> Bool {
            !filter.wantsMissed && filter.rule ?? rule == rule && filter.source ?? source == source
                && (encodedUser.map { CallHead.names($0.span, in: call) } ?? true)
        }

        func wantsMissed(source: String) -> Bool { filter.wantsMissed && filter.source ?? source == source }

        /// Takes the line if there is room. It is made once for all who want it.
        mutating func take(_ line: inout [UInt8]?, making make: () -> [UInt8]) {
            guard room > 0 else { return droppedCount += 1 }
            let made = line ?? make()
            line = made
            guard made.count <= room else { return droppedCount += 1 }
            room -= made.count
            lines.append(made)
        }
    }

    private var listeners: [Listener]

    init(_ taps: [Tap]) {
        listeners = taps.map(Listener.init)
    }

    /// Whether somebody wants records of this source that no rule matched.
    func wantsMissed(source: String) -> Bool { listeners.contains { $0.wantsMissed(source: source) } }

    func add(_ call: Span<UInt8>, _ facts: CallFacts, rule: String, source: String, path: String?) {
        var line: [UInt8]?
        for index in listeners.indices where listeners[index].wants(call, rule: rule, source: source) {
            listeners[index].take(&line) {
                TapEvent.line(of: call, rule: rule, verdict: facts.verdict.word, source: source, Self.origin(path, facts.recordOffset))
            }
        }
    }

    func add(missed record: Span<UInt8>, offset: UInt64, source: String, path: String?) {
        var line: [UInt8]?
        for index in listeners.indices where listeners[index].wantsMissed(source: source) {
            listeners[index].take(&line) { TapEvent.line(ofMissed: record, source: source, Self.origin(path, offset)) }
        }
    }

    /// Hands over what was gathered.
    func deliver() {
        for listener in listeners where !listener.lines.isEmpty || listener.droppedCount > 0 {
            listener.tap.add(listener.lines, droppedCount: listener.droppedCount)
        }
        listeners = []
    }

    private static func origin(_ path: String?, _ offset: UInt64) -> TapEvent.Origin {
        path.map { .file($0, offset) } ?? .journal(offset)
    }
}

/// Passes calls on to the turn, and copies of them, and of records that no rule matched, to a feed.
struct TappedSink: CallSink {
    let turn: TurnSink
    let feed: TapFeed
    let source: String
    let rules: RuleSet
    /// Nil: entries of a journal.
    let path: String?
    let wantsMisses: Bool

    init(turn: TurnSink, feed: TapFeed, source: String, rules: RuleSet, path: String?) {
        (self.turn, self.feed, self.source, self.rules, self.path) = (turn, feed, source, rules, path)
        wantsMisses = feed.wantsMissed(source: source)
    }

    func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        turn.take(call, facts)
        feed.add(call, facts, rule: rules.rules[facts.rule].name, source: source, path: path)
    }

    func miss(_ record: Span<UInt8>, offset: UInt64) {
        guard path == nil else { return feed.add(missed: record, offset: offset, source: source, path: path) }
        var message = 0..<0
        EntryBlock.forEachField(in: record) { name, value in
            guard record.extracting(name).hasSameBytes(as: Self.message.span) else { return true }
            message = value
            return false
        }
        feed.add(missed: record.extracting(message), offset: offset, source: source, path: nil)
    }

    private static let message = Array("MESSAGE".utf8)
}

extension CallFacts.Verdict {
    /// A word that never changes; for a dead letter that of its reason.
    fileprivate var word: String {
        switch self {
        case .send: "send"
        case .shadow: "shadow"
        case .reject(let rejection): DeadLetter.Reason(rejection).rawValue
        }
    }
}
