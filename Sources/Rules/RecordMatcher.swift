// Decides which candidate rules match a record: parse, pattern, conditions. What a match leaves behind (captures and fields)
// is in the workspace, for the calls that are written from it.

import BasicContainers
import Formats
import Patterns
import Records

/// How a rule took a record.
enum RuleMatch: Equatable {
    case matched
    /// The record does not have the format of the rule's pack.
    case otherFormat
    /// The record lacks the field that the patterns look at.
    case noSubject
    case patternFailed
    /// The condition of this number does not hold, or could not be decided.
    case conditionFailed(Int)
}

struct RecordMatcher: ~Copyable {
    var workspace: Workspace
    /// Which of its rule's patterns the last match was of.
    private(set) var matchedPattern = 0
    private let set: RuleSet
    private let matcher = Matcher()
    /// Per layout of the set: whether the workspace has the fields of the record at hand.
    private var states: [ParseState]
    /// Whether the record at hand counts as one that has none of the formats that were tried.
    private var isUnparsed = false
    private var isParsed = false

    private var isEntry = false
    /// The pack that the workspace was last turned to, and the time of reading then.
    private var chosen: (pack: Int, nowMilliseconds: Int64)?

    private enum ParseState {
        case unknown
        case parsed
        case otherFormat
    }

    init(_ set: RuleSet) {
        self.set = set
        workspace = Workspace(layoutCount: set.layouts.count)
        states = Array(repeating: .unknown, count: set.layouts.count)
    }

    /// Forgets the record before.
    /// - Parameter isEntry: whether the next is an entry of a journal rather than a line.
    mutating func beginRecord(isEntry: Bool = false) {
        self.isEntry = isEntry
        for index in states.indices { states[index] = .unknown }
        (isUnparsed, isParsed) = (false, false)
    }

    /// Tries the rule number `index` of the set on the record.
    mutating func match(_ index: Int, _ record: Span<UInt8>, nowMilliseconds: Int64, _ counters: inout DeriverCounters) -> RuleMatch {
        workspace.beginRecord()
        let rule = set.rules[index]
        let pack = set.packOfRule[index]
        let layout = set.layoutOfPack[pack]
        parse(record, layout, &counters)
        if case .slot = rule.subject, states[layout] == .otherFormat { return .otherFormat }
        choose(pack, layout, nowMilliseconds: nowMilliseconds)
        if !rule.patterns.isEmpty {
            guard let subject = subject(of: rule, record) else { return .noSubject }
            guard matchPattern(rule, index, subject, record, &counters) else { return .patternFailed }
        }
        for (number, condition) in rule.conditions.enumerated() where holds(condition, record, index, &counters) != true {
            return .conditionFailed(number)
        }
        return .matched
    }

    private mutating func choose(_ pack: Int, _ layout: Int, nowMilliseconds: Int64) {
        if let chosen, chosen == (pack, nowMilliseconds) { return }
        chosen = (pack, nowMilliseconds)
        workspace.choose(
            layout: layout, slots: set.slotsOfPack[pack],
            TimestampContext(zone: set.packs[pack].time.zone, nowMilliseconds: nowMilliseconds))
    }

    /// What the rule's patterns look at; nil where the record lacks it.
    mutating func subject(of rule: Rule, _ record: Span<UInt8>) -> Text? {
        switch rule.subject {
        case .raw: rawText(record).map { Text(.record, $0) }
        case .slot(let slot): workspace.text(ofField: slot, record)
        }
    }

    /// The record as it was logged: all of a line, and of an entry its message, where it has one.
    func rawText(_ record: Span<UInt8>) -> Range<Int>? {
        isEntry ? workspace.message : 0..<record.count
    }

    /// Finds the fields of the record in the set's layout number `layout`, unless that was done.
    private mutating func parse(_ record: Span<UInt8>, _ layout: Int, _ counters: inout DeriverCounters) {
        guard states[layout] == .unknown else { return }
        let isOfFormat = set.layouts[layout].parse(record, isEntry: isEntry, into: &workspace.parsed[layout])
        states[layout] = isOfFormat ? .parsed : .otherFormat
        note(isOfFormat, &counters)
    }

    /// Counts a record once, and only while no format was found that it has.
    private mutating func note(_ isOfFormat: Bool, _ counters: inout DeriverCounters) {
        if isOfFormat {
            if isUnparsed { counters.unparsed -= 1 }
            (isUnparsed, isParsed) = (false, true)
        } else if !isParsed, !isUnparsed {
            counters.unparsed += 1
            isUnparsed = true
        }
    }

    private mutating func matchPattern(
        _ rule: Rule, _ index: Int, _ subject: Text, _ record: Span<UInt8>, _ counters: inout DeriverCounters
    ) -> Bool {
        for (number, pattern) in rule.patterns.enumerated() {
            switch match(pattern.pattern, subject, record) {
            case .matched:
                matchedPattern = number
                keepCaptures(pattern, subject)
                return true
            case .noMatch: continue
            case .limitHit: counters.rules[index].limitHits += 1
            }
        }
        return false
    }

    private mutating func keepCaptures(_ pattern: RulePattern, _ subject: Text) {
        let count = pattern.groupNumbers.count
        // Rules have differing numbers of groups, and none of them is to cost an allocation.
        while workspace.captures.count > count { workspace.captures.removeLast() }
        while workspace.captures.count < count { workspace.captures.append(nil) }
        for index in 0..<count {
            let range = pattern.groupNumbers[index].flatMap { matcher.capture($0) }
            workspace.captures[index] = range.map {
                Text(subject.space, subject.start + $0.lowerBound..<subject.start + $0.upperBound)
            }
        }
    }

    /// Whether the pattern, of which a branch is marked, matches and goes through that branch.
    func passesMark(_ pattern: Pattern, _ text: Text, _ record: Span<UInt8>) -> Bool {
        match(pattern, text, record) == .matched && matcher.passedMark
    }

    func match(_ pattern: Pattern, _ text: Text, _ record: Span<UInt8>) -> MatchOutcome {
        switch text.space {
        case .record: matcher.match(pattern, record.extracting(text.range))
        case .scratch: matcher.match(pattern, workspace.scratch.span.extracting(text.range))
        }
    }

    /// Nil where it could not be decided, for a pattern hit a limit: else a client could hide what `not` is to keep out.
    private mutating func holds(_ condition: Condition, _ record: Span<UInt8>, _ index: Int, _ counters: inout DeriverCounters) -> Bool? {
        switch condition {
        case .field(let source, let test):
            // Of a field the text as the record has it, which the literal scan looks for; not a number's canonical form.
            let text: Text? =
                if case .field(let slot) = source {
                    workspace.text(ofField: slot, record)
                } else {
                    workspace.text(of: workspace.fetch(source, record))
                }
            return holds(test, text, record, index, &counters)
        case .any(let lists): return anyHolds(lists, record, index, &counters)
        case .none(let lists): return anyHolds(lists, record, index, &counters).map { !$0 }
        }
    }

    private mutating func anyHolds(_ lists: [[Condition]], _ record: Span<UInt8>, _ index: Int, _ counters: inout DeriverCounters) -> Bool?
    {
        var answer: Bool? = false
        for list in lists {
            switch allHold(list, record, index, &counters) {
            case true?: return true
            case nil: answer = nil
            case false?: continue
            }
        }
        return answer
    }

    private mutating func allHold(
        _ conditions: [Condition], _ record: Span<UInt8>, _ index: Int, _ counters: inout DeriverCounters
    ) -> Bool? {
        var answer: Bool? = true
        for condition in conditions {
            switch holds(condition, record, index, &counters) {
            case false?: return false
            case nil: answer = nil
            case true?: continue
            }
        }
        return answer
    }

    /// An absent field passes no test but `exists: false`, and `not`.
    private func holds(
        _ test: Condition.Test, _ text: Text?, _ record: Span<UInt8>, _ index: Int, _ counters: inout DeriverCounters
    ) -> Bool? {
        switch (test, text) {
        case (.exists(let mustExist), _): return mustExist == (text != nil)
        case (.not(let test), _): return holds(test, text, record, index, &counters).map { !$0 }
        case (_, nil): return false
        case (.oneOf(let values), let text?): return values.contains { workspace.isEqual(text, $0, record) }
        case (.compares(let comparison, let limit), let text?): return number(text, record).map { comparison.holds($0, limit) } ?? false
        case (.matches(let pattern), let text?):
            let outcome = match(pattern, text, record)
            guard case .limitHit = outcome else { return outcome == .matched }
            counters.rules[index].limitHits += 1
            return nil
        }
    }

    private func number(_ text: Text, _ record: Span<UInt8>) -> Double? {
        switch text.space {
        case .record: DecimalNumber.value(record.extracting(text.range))
        case .scratch: DecimalNumber.value(workspace.scratch.span.extracting(text.range))
        }
    }
}
