// Gathers what a turn of the pipeline derives into chunks for the outbox: per destination and slot, in reading order.

import Calls
import Rules
import Store

/// Confined to the pipeline's thread.
final class TurnBuilder {
    private let destinations: [String]
    /// Per destination and slot the chunk that grows.
    private var open: [[CallChunk]]
    private var sealed: [CallChunk] = []
    private var rejected: [DeadLetter] = []
    /// Where those who listen get copies of what the turn derives; nil: nobody listens.
    var tap: TapFeed?
    /// The bytes of all gathered calls.
    private(set) var byteCount = 0

    /// A chunk is sealed at this size: a fraction of a batch, so that batches fill well, and few rows for many calls.
    static let chunkBytesMax = 64 << 10

    init(destinations: [String]) {
        self.destinations = destinations
        open = destinations.map { name in (0..<Slot.count).map { CallChunk(destination: name, slot: Slot(number: UInt8($0))) } }
    }

    /// Which destinations get the calls of a rule, as indices.
    func targets(of rule: Rule) -> [Int] {
        destinations.indices.filter { rule.destinations?.contains(destinations[$0]) ?? true }
    }

    /// Adds a call for each of `targets`.
    func add(_ call: Span<UInt8>, _ facts: CallFacts, _ entry: CallEntry, for targets: [Int]) {
        byteCount += call.count * targets.count
        for index in targets {
            guard let barrierSlot = facts.barrierSlot else {
                let slot = Int(facts.slot.number)
                open[index][slot].append(call, entry)
                if open[index][slot].bytes.count >= Self.chunkBytesMax { seal(index, facts.slot) }
                continue
            }
            // What was read earlier for either person must get a lower id than the barrier.
            seal(index, facts.slot)
            seal(index, barrierSlot)
            var barrier = CallChunk(destination: destinations[index], slot: facts.slot, barrierSlot: barrierSlot)
            barrier.append(call, entry)
            sealed.append(barrier)
        }
    }

    /// Keeps a call that must not be sent.
    func reject(_ call: Span<UInt8>, _ reason: CallFacts.Rejection, _ entry: CallEntry, for targets: [Int], atMS: Int64) {
        byteCount += call.count * targets.count
        for index in targets {
            rejected.append(
                DeadLetter(
                    destination: destinations[index], call: call.withUnsafeBufferPointer { Array($0) }, reason: .init(reason), answer: nil,
                    rule: entry.rule, source: entry.source, offset: entry.offset, atMS: atMS))
        }
    }

    /// Moves what was gathered into `turn`.
    func take(into turn: inout Turn) {
        for index in destinations.indices {
            for slot in 0..<Slot.count { seal(index, Slot(number: UInt8(slot))) }
        }
        turn.chunks = sealed
        turn.rejected = rejected
        sealed = []
        rejected = []
        byteCount = 0
    }

    private func seal(_ destination: Int, _ slot: Slot) {
        let index = Int(slot.number)
        guard !open[destination][index].entries.isEmpty else { return }
        sealed.append(open[destination][index])
        open[destination][index] = CallChunk(destination: destinations[destination], slot: slot)
    }
}

/// What the turn has to know of a rule.
struct RuleRoute {
    /// In the store.
    let label: UInt32
    /// As `TurnBuilder.targets`.
    let targets: [Int]
}

/// Passes the calls of one file to the turn.
struct TurnSink: CallSink {
    let builder: TurnBuilder
    /// Per rule of the source.
    let routes: [RuleRoute]
    let source: SourceLabel
    let nowMilliseconds: Int64

    func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        let route = routes[facts.rule]
        let entry = CallEntry(byteCount: UInt32(call.count), rule: route.label, source: source.value, offset: facts.recordOffset)
        switch facts.verdict {
        case .send: builder.add(call, facts, entry, for: route.targets)
        case .shadow: break
        case .reject(let reason): builder.reject(call, reason, entry, for: route.targets, atMS: nowMilliseconds)
        }
    }
}

extension DeadLetter.Reason {
    init(_ rejection: CallFacts.Rejection) {
        self =
            switch rejection {
            case .tooLarge: .callTooLarge
            case .reservedEvent: .reservedEvent
            }
    }
}
