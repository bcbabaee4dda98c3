// What rules make of a record, and why others make nothing of it: for people who write rules. Runs every rule on every record
// and looks closely at those that fail, so it is for thousands of lines, not for millions.

import BasicContainers
import Calls
package import Documents
import Formats
import Glibc
import Patterns
package import Records

/// What the rules of a set made of one record.
package struct Explanation: Sendable {
    package struct Capture: Sendable {
        package let name: String
        package let text: String
        /// Where it stands in the line, or in the entry's message; nil for one that does not, such as one whose escapes were undone.
        package let range: Range<Int>?
    }

    package struct Match: Sendable {
        package let rule: String
        package let place: Place
        package let captures: [Capture]
        /// The calls, as JSON, each with why it would not be sent, if so.
        package let calls: [(json: String, refusal: String?)]
    }

    /// A rule that failed late.
    package struct NearMiss: Sendable {
        /// What held it up.
        package enum Reason: Sendable {
            /// The pattern matched up to here, wanted that, and found this.
            case pattern(matched: String, wanted: String, found: String)
            /// A condition did not hold.
            case condition(field: String, wanted: String, found: String?)
        }

        package let rule: String
        package let place: Place
        package let reason: Reason
    }

    package let matches: [Match]
    package let nearMisses: [NearMiss]
    /// The formats that the record does not have, of packs whose rules wanted to see it.
    package let otherFormats: [String]
}

/// What happened to one rule over all records.
package struct RuleUse: Sendable {
    package let rule: String
    package fileprivate(set) var matched = 0
    package fileprivate(set) var limitHits = 0
    package fileprivate(set) var nanoseconds: UInt64 = 0
}

package struct Explainer: ~Copyable {
    private let set: RuleSet
    private var deriver: Deriver
    private var recordMatcher: RecordMatcher
    private let patternMatcher = Matcher()
    private var counters: DeriverCounters
    /// Per rule, made when it first fails.
    private var progress: [Int: [PatternProgress]] = [:]
    package private(set) var uses: [RuleUse]

    /// How many near misses are told for a record.
    private static let nearMissesMax = 3
    /// How much of the record is shown where a pattern fails.
    private static let foundBytesMax = 40

    package init(_ set: RuleSet, version: String) {
        self.set = set
        deriver = Deriver(set, version: version)
        recordMatcher = RecordMatcher(set)
        counters = DeriverCounters(ruleCount: set.rules.count)
        uses = set.rules.map { RuleUse(rule: $0.name) }
    }

    /// - Parameters:
    ///   - record: without its line ending.
    ///   - facts: of the source; its offset is the record's.
    package mutating func explain(_ record: Span<UInt8>, _ facts: BlockFacts) -> Explanation {
        var calls = CallCollector()
        deriver.derive(record, facts, into: &calls)
        recordMatcher.beginRecord()
        return explain(record, text: 0..<record.count, calls, facts)
    }

    /// The same for an entry of a journal.
    /// - Parameters:
    ///   - entry: a block of this entry alone.
    ///   - message: where in the block its text lies.
    package mutating func explain(_ entry: borrowing EntryBlock, message: Range<Int>, _ facts: BlockFacts) -> Explanation {
        var calls = CallCollector()
        deriver.derive(entry, facts, into: &calls)
        recordMatcher.beginRecord(isEntry: true)
        let start = EntryIdentity.byteCount
        let text = max(message.lowerBound - start, 0)..<max(message.upperBound - start, 0)
        return explain(entry.bytes.span.extracting(droppingFirst: start), text: text, calls, facts)
    }

    /// - Parameter text: what of the record was logged as text.
    private mutating func explain(
        _ record: Span<UInt8>, text: Range<Int>, _ calls: CallCollector, _ facts: BlockFacts
    ) -> Explanation {
        var matches: [Explanation.Match] = []
        var nearMisses: [(weight: Int, miss: Explanation.NearMiss)] = []
        var otherFormats: [String] = []
        for index in set.rules.indices {
            let rule = set.rules[index]
            let outcome = timed(index) { $0.recordMatcher.match(index, record, nowMilliseconds: facts.nowMilliseconds, &$0.counters) }
            switch outcome {
            case .matched:
                uses[index].matched += 1
                matches.append(
                    .init(rule: rule.name, place: rule.place, captures: captures(of: rule, record, text), calls: calls.ofRule[index] ?? []))
            case .otherFormat:
                let format = set.packs[set.packOfRule[index]].format.rawValue
                if !otherFormats.contains(format) { otherFormats.append(format) }
            case .noSubject: break
            case .patternFailed: if let miss = patternMiss(rule, index, record) { nearMisses.append(miss) }
            case .conditionFailed(let number): nearMisses.append(conditionMiss(rule, number, record))
            }
            uses[index].limitHits = counters.rules[index].limitHits
        }
        nearMisses.sort { $0.weight > $1.weight }
        return Explanation(matches: matches, nearMisses: nearMisses.prefix(Self.nearMissesMax).map(\.miss), otherFormats: otherFormats)
    }

    private mutating func timed(_ index: Int, _ body: (inout Self) -> RuleMatch) -> RuleMatch {
        let start = nowNanoseconds()
        let outcome = body(&self)
        uses[index].nanoseconds += nowNanoseconds() - start
        return outcome
    }

    private func nowNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func captures(of rule: Rule, _ record: Span<UInt8>, _ text: Range<Int>) -> [Explanation.Capture] {
        guard !rule.patterns.isEmpty else { return [] }
        return zip(rule.groupNames, recordMatcher.workspace.captures).compactMap { name, capture in
            guard let capture else { return nil }
            let isInText = capture.space == .record && text.contains(capture.range)
            let range = isInText ? capture.start - text.lowerBound..<capture.range.upperBound - text.lowerBound : nil
            return .init(name: name, text: string(capture, record), range: range)
        }
    }

    private mutating func patternMiss(_ rule: Rule, _ index: Int, _ record: Span<UInt8>) -> (Int, Explanation.NearMiss)? {
        if progress[index] == nil { progress[index] = rule.patterns.map { PatternProgress($0.written) } }
        guard let subject = recordMatcher.subject(of: rule, record) else { return nil }
        let bytes = Array(string(subject, record).utf8)
        let reaches = progress[index]!.compactMap { $0.reach(bytes.span, patternMatcher) }
        guard let reach = reaches.max(by: { $0.matched.count < $1.matched.count }) else { return nil }
        let found = bytes[reach.position...].prefix(Self.foundBytesMax)
        let share = 1000 * reach.matched.count / max(1, reach.matched.count + reach.wanted.count)
        return (
            share,
            .init(
                rule: rule.name, place: rule.place,
                reason: .pattern(matched: reach.matched, wanted: reach.wanted, found: String(decoding: found, as: UTF8.self)))
        )
    }

    /// A rule whose pattern matched came closer than any whose pattern did not.
    private mutating func conditionMiss(_ rule: Rule, _ number: Int, _ record: Span<UInt8>) -> (Int, Explanation.NearMiss) {
        let entry = rule.conditionEntries[number]
        var found: String?
        if case .field(let source, _) = rule.conditions[number] {
            let value = recordMatcher.workspace.fetch(source, record)
            found = recordMatcher.workspace.text(of: value).map { string($0, record) }
        }
        let weight = (rule.patterns.isEmpty ? 0 : 1000) + number
        return (
            weight,
            .init(rule: rule.name, place: rule.place, reason: .condition(field: entry.name, wanted: entry.value.summary, found: found))
        )
    }

    private func string(_ text: Text, _ record: Span<UInt8>) -> String {
        switch text.space {
        case .record: record.extracting(text.range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        case .scratch: String(decoding: [UInt8](copying: recordMatcher.workspace.scratch.span.extracting(text.range)), as: UTF8.self)
        }
    }
}

/// The calls of one record, by rule.
private struct CallCollector: CallSink {
    var ofRule: [Int: [(json: String, refusal: String?)]] = [:]

    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        let refusal: String? =
            switch facts.verdict {
            case .send: nil
            case .shadow: "not sent: the rule is in shadow mode"
            case .reject(let rejection): "not sent: \(rejection.rawValue)"
            }
        ofRule[facts.rule, default: []].append((call.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }, refusal))
    }
}

extension Node {
    /// A condition's value on one line.
    fileprivate var summary: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, _): text
        case .list(let nodes): nodes.map(\.summary).joined(separator: " or ")
        case .map(let entries): entries.map { "\($0.name): \($0.value.summary)" }.joined(separator: ", ")
        }
    }
}
