// How a report on calls comes about: what the store found of each call is put in order, and the senders say why what waits does.

import Calls
import Delivery
import Foundation
import Store

extension TraceReport {
    /// A reply that would be larger is cut: no line of the control socket may be endless.
    private static let bytesMax = 8 << 20
    /// Of one call no more is told, the latest; a call that people send again and again has no end.
    private static let sightingsPerCallMax = 500

    /// - Parameter senders: how those of the configured destinations are, by destination.
    init(_ findings: TraceFindings, _ question: TraceQuestion, senders: [String: SenderSnapshot]) {
        struct Group {
            var sightings: [TraceSighting] = []
            /// The latest moment, and of one moment the place of what was found last.
            var last = (atMS: Int64.min, place: 0)

            mutating func add(_ sighting: TraceSighting, _ place: Int) {
                sightings.append(sighting)
                if (sighting.atMS, place) > last { last = (sighting.atMS, place) }
            }
        }
        var groups: [[UInt8]: Group] = [:]
        for (place, sighting) in findings.sightings.enumerated() {
            groups[sighting.head, default: Group()].add(sighting, place)
        }
        let recent = groups.values.filter { group in
            question.sinceMS.map { since in group.last.atMS >= since || group.sightings.contains { $0.isWaiting } } ?? true
        }
        calls = []
        var bytes = 0
        for group in recent.sorted(by: { $0.last > $1.last }).prefix(min(max(question.limit, 1), TraceQuestion.limitRange.upperBound)) {
            let sightings = Array(group.sightings.suffix(Self.sightingsPerCallMax))
            bytes += sightings.reduce(0) { $0 + $1.byteCount }
            guard bytes <= Self.bytesMax else { break }
            calls.append(CallTrace(sightings, findings, senders))
        }
        calls.reverse()
        isCut = findings.isCut || calls.count < recent.count
        completeSinceMS = findings.completeSinceMS
    }
}

extension CallTrace {
    /// - Parameter sightings: of one call, at least one.
    fileprivate init(_ sightings: [TraceSighting], _ findings: TraceFindings, _ senders: [String: SenderSnapshot]) {
        let last = sightings[sightings.count - 1]
        // What the head holds is strings, and in JSON.
        call = (try? JSONDecoder().decode(Head.self, from: Data(last.head))) ?? Head()
        let label = findings.text(of: last.source)
        let name = label.prefix { $0 != ":" }
        let path = label.dropFirst(name.count + 1)
        source = String(name)
        if path == JournalWorker.path {
            realtimeMicroseconds = last.offset
        } else {
            (file, offset) = (String(path), last.offset)
        }
        rule = findings.text(of: last.rule)
        destinations = Dictionary(grouping: sightings, by: \.destination).sorted { $0.key < $1.key }.map { destination, sightings in
            Fate(destination, sightings, senders[destination])
        }
    }
}

extension CallTrace.Fate {
    /// - Parameter sender: nil when the destination is not configured.
    fileprivate init(_ destination: String, _ sightings: [TraceSighting], _ sender: SenderSnapshot?) {
        self.destination = destination
        steps = Self.steps(of: sightings)
        let waiting = sightings.compactMap { sighting in
            if case .waits(let chunk) = sighting.fact { (chunk, sighting.rule) } else { nil }
        }
        let letters = sightings.compactMap { if case .isDeadLetter(let id, _, _) = $0.fact { id } else { nil } }
        if let (chunk, rule) = waiting.first {
            state = .waiting
            why = Self.reason(toWaitIn: chunk, rule, sender)
        } else if let id = letters.last {
            (state, deadLetter) = (.deadLetter, id)
        } else {
            switch sightings.last?.fact {
            case .step(.delivered, _, _)?: state = .delivered
            case .step(.discarded, _, _)?: state = .discarded
            case .step(.deadLetter, _, _)?: state = .deadLetter
            default: state = .waiting
            }
        }
    }

    private static func steps(of sightings: [TraceSighting]) -> [CallTrace.Step] {
        var steps: [(atMS: Int64, step: CallTrace.Step)] = []
        func add(_ what: String, _ atMS: Int64, reason: String? = nil, answer: String? = nil) {
            steps.append((atMS, CallTrace.Step(what: what, time: CallTime(milliseconds: atMS).text, reason: reason, answer: answer)))
        }
        let putBackAtMS = sightings.filter { if case .step(.putBack, _, _) = $0.fact { true } else { false } }.map(\.atMS)
        for atMS in Set(sightings.compactMap(\.queuedAtMS)).subtracting(putBackAtMS).sorted() { add("queued", atMS) }
        var burials: Set<Int64> = []
        for sighting in sightings {
            guard case .step(let step, let reason, let answer) = sighting.fact else { continue }
            add(step.rawValue, sighting.atMS, reason: reason, answer: answer)
            if step == .deadLetter { burials.insert(sighting.atMS) }
        }
        // Of those that became dead letters before the trace was kept nothing else tells.
        for sighting in sightings {
            guard case .isDeadLetter(_, let reason, let answer) = sighting.fact, !burials.contains(sighting.atMS) else { continue }
            add(TraceStep.deadLetter.rawValue, sighting.atMS, reason: reason, answer: answer)
        }
        // Of one moment, the order of the trace is that of the happenings.
        return steps.enumerated().sorted { ($0.element.atMS, $0.offset) < ($1.element.atMS, $1.offset) }.map(\.element.step)
    }

    private static func reason(toWaitIn chunk: Int64, _ rule: UInt32, _ sender: SenderSnapshot?) -> String? {
        guard let sender else { return "the destination is not configured" }
        let parked = sender.parkedRules.first { $0.rule == rule && chunk <= $0.upTo ?? .max }
        return parked?.reason ?? sender.holdReason.map { "delivery is on hold: \($0)" }
            ?? sender.lastFailure.map { "delivery fails, and will be tried again: \($0)" }
    }
}

extension TraceSighting {
    fileprivate var isWaiting: Bool { if case .waits = fact { true } else { false } }

    /// What it takes in a reply, roughly.
    fileprivate var byteCount: Int {
        switch fact {
        case .waits: head.count + 200
        case .isDeadLetter(_, _, let answer), .step(_, _, let answer): head.count + (answer?.utf8.count ?? 0) + 200
        }
    }
}
