// One rule set at work on a stream that several sets read, each with records of its own: of the lines that the stream offers, a
// lane takes those of its complete records, and the stream keeps what the slowest lane has not taken.

import Records
import Rules

/// Confined to one thread.
final class FramingLane {
    /// What the lane has taken of the stream.
    private(set) var offset: UInt64 = 0
    /// For each rule of the set its place among the rules of all lanes.
    let ranks: [Int]

    private var deriver: Deriver

    /// - Parameter rules: the names of the rules of all lanes, in the order in which their calls are wanted.
    init(_ set: RuleSet, rules: [String]) {
        let places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1, $0) })
        ranks = set.rules.map { places[$0.name]! }
        deriver = Deriver(set, version: programVersion)
    }

    /// Turns to another stream.
    /// - Parameter offset: where it begins, if that is not its source's first byte.
    func begin(at offset: UInt64 = 0) {
        self.offset = offset
    }

    /// - Parameter facts: of the whole block, of which the lane may have taken a part before.
    func derive(_ block: Span<UInt8>, _ facts: BlockFacts, isFinal: Bool, into sink: inout some CallSink) {
        let taken = offset > facts.offset ? Int(offset - facts.offset) : 0
        var own = facts
        own.offset += UInt64(taken)
        own.firstLine = facts.firstLine.map { $0 + block.extracting(first: taken).occurrences(of: .lineFeed) }
        offset = own.offset + UInt64(deriver.derive(block.extracting(droppingFirst: taken), own, isFinal: isFinal, into: &sink))
    }

    func takeCounters() -> DeriverCounters { deriver.takeCounters() }
}

extension [FramingLane] {
    /// How far all lanes have come.
    var offset: UInt64 { reduce(.max) { Swift.min($0, $1.offset) } }
}

/// Puts the calls of several lanes into one order: that of the records' first bytes, then of the rules.
struct CallMerger: CallSink {
    /// Of the lane at work.
    var ranks: [Int] = []
    private var waiting: [(facts: CallFacts, call: [UInt8])] = []

    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        var facts = facts
        facts.rule = ranks[facts.rule]
        waiting.append((facts, [UInt8](copying: call)))
    }

    /// Passes on the calls of records before `offset`, which all lanes have taken.
    mutating func pass(before offset: UInt64, to sink: inout some CallSink) {
        var order = waiting.indices.filter { waiting[$0].facts.recordOffset < offset }
        order.sort { key($0) < key($1) }
        for index in order {
            let (facts, call) = waiting[index]
            sink.take(call.span, facts)
        }
        waiting.removeAll { $0.facts.recordOffset < offset }
    }

    private func key(_ index: Int) -> (UInt64, Int, Int) {
        (waiting[index].facts.recordOffset, waiting[index].facts.rule, index)
    }
}
