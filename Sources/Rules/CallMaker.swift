// Writes the calls of the rules that match a record.

import BasicContainers
import Calls
import Formats
import Records

struct CallMaker: ~Copyable {
    /// How many rules have matched a record.
    private(set) var matches = 0

    private let set: RuleSet
    private let callBytesMax: Int
    private var matcher: RecordMatcher
    private var writer: CallWriter
    private var facts: BlockFacts?
    private var idInput = UniqueArray<UInt8>()
    /// The identity of the entry at hand; empty where the record is a line.
    private var identity: [UInt8] = []
    /// Per pack: a final rule has matched this record.
    private var isClosed: [Bool]
    private var isAnyClosed = false

    init(_ set: RuleSet, version: String, callBytesMax: Int) {
        self.set = set
        self.callBytesMax = callBytesMax
        writer = CallWriter(version: version)
        matcher = RecordMatcher(set)
        isClosed = Array(repeating: false, count: set.packs.count)
    }

    func offset(ofLineAt index: Int) -> UInt64 { facts?.offset(ofLineAt: index) ?? 0 }

    mutating func begin(_ facts: BlockFacts) {
        self.facts = facts
        matcher.workspace.sourceName = facts.sourceName
        matcher.workspace.sourcePath = facts.sourcePath
    }

    /// Empties `candidates`, lowest rule first, and hands the calls they make of the record to `sink`.
    /// - Returns: whether a rule matched.
    mutating func make(
        _ block: Span<UInt8>, _ place: RecordPlace, _ candidates: inout CandidateSet, _ counters: inout DeriverCounters,
        into sink: inout some CallSink
    ) -> Bool {
        let record = block.extracting(place.content)
        matcher.beginRecord(isEntry: place.identity != nil)
        if !identity.isEmpty { identity.removeAll(keepingCapacity: true) }
        if let range = place.identity { identity.append(contentsOf: block.extracting(range)) }
        if isAnyClosed {
            for index in isClosed.indices { isClosed[index] = false }
            isAnyClosed = false
        }
        let matchesBefore = matches
        while let index = candidates.removeFirst() {
            let pack = set.packOfRule[index]
            guard !isAnyClosed || !isClosed[pack] else { continue }
            guard matcher.match(index, record, nowMilliseconds: facts!.nowMilliseconds, &counters) == .matched else { continue }
            counters.rules[index].matched += 1
            matches += 1
            if set.rules[index].isFinal { (isClosed[pack], isAnyClosed) = (true, true) }
            emit(index, record, place, &counters, into: &sink)
        }
        return matches > matchesBefore
    }

    private mutating func emit(
        _ index: Int, _ record: Span<UInt8>, _ place: RecordPlace, _ counters: inout DeriverCounters, into sink: inout some CallSink
    ) {
        let rule = set.rules[index]
        for call in rule.calls {
            guard let people = write(call, rule, index, record, offset: place.offset, &counters) else {
                counters.rules[index].incomplete += 1
                continue
            }
            counters.rules[index].callsByType[call.type.number] += 1
            let facts = CallFacts(
                rule: index, type: call.type, slot: people.slot, barrierSlot: people.barrierSlot, recordOffset: place.offset,
                recordLine: place.line,
                verdict: people.rejection.map { .reject($0) } ?? (rule.mode == .shadow ? .shadow : .send))
            sink.take(writer.bytes.span, facts)
        }
    }

    private struct People {
        var slot: Slot
        var barrierSlot: Slot?
        var rejection: CallFacts.Rejection?
    }

    /// Writes one call; nil when the record lacks what the call's type needs.
    private mutating func write(
        _ call: CallTemplate, _ rule: Rule, _ index: Int, _ record: Span<UInt8>, offset: UInt64, _ counters: inout DeriverCounters
    ) -> People? {
        let pack = set.packs[set.packOfRule[index]]
        let userId = person(call.userId, pack, record)
        let anonymousId = person(call.anonymousId, pack, record)
        let own = call.type == .alias ? person(call.own, pack, record) : call.fixedOwn == nil ? nonEmpty(call.own, record) : nil
        guard userId != nil || (anonymousId != nil && call.type != .alias),
            own != nil || call.fixedOwn != nil || !call.type.requiresOwnField,
            let id = messageID(call, rule.key, record, offset: offset)
        else { return nil }
        writer.begin(call.type, id: id, time: time(of: call, pack, index, record, &counters))
        if let userId { string(Self.userIdKey, userId, record) }
        if let anonymousId { string(Self.anonymousIdKey, anonymousId, record) }
        if let fixed = call.fixedOwn {
            writer.member(fixed)
        } else if let own {
            string(Self.ownKeys[call.type.number]!, own, record)
        }
        if let key = Self.payloadKeys[call.type.number] { payload(key, call.payload, record) }
        context(call.context, record)
        object(Self.integrationsKey, call.integrations, record)
        writer.end()
        return people(call, userId, anonymousId, own, record)
    }

    /// The slots that the call belongs to, and why it must not be sent, if so.
    private func people(_ call: CallTemplate, _ userId: Text?, _ anonymousId: Text?, _ own: Text?, _ record: Span<UInt8>) -> People {
        let first = slot((userId ?? anonymousId)!, record)
        let second = call.type == .alias ? own : (userId == nil ? nil : anonymousId)
        var people = People(slot: first, barrierSlot: second.map { slot($0, record) })
        if people.barrierSlot == people.slot { people.barrierSlot = nil }
        if writer.bytes.count > callBytesMax {
            people.rejection = .tooLarge
        } else if let own, call.refusedEvents.contains(where: { matcher.workspace.isEqual(own, $0, record) }) {
            people.rejection = .reservedEvent
        }
        return people
    }

    private func slot(_ text: Text, _ record: Span<UInt8>) -> Slot {
        switch text.space {
        case .record: Slot(person: record.extracting(text.range))
        case .scratch: Slot(person: matcher.workspace.scratch.span.extracting(text.range))
        }
    }

    /// An id that names somebody: not empty, and none of the pack's words for nobody.
    private mutating func person(_ template: Template?, _ pack: Pack, _ record: Span<UInt8>) -> Text? {
        guard let text = nonEmpty(template, record) else { return nil }
        guard text.range.count <= pack.nobodyBytesMax else { return text }
        let isNobody = pack.nobody.contains { nobody in
            guard nobody.count == text.range.count else { return false }
            return nobody.indices.allSatisfy { nobody[$0] == byte(text, $0, record).lowercasedASCII }
        }
        return isNobody ? nil : text
    }

    private func byte(_ text: Text, _ index: Int, _ record: Span<UInt8>) -> UInt8 {
        text.space == .record ? record[text.start + index] : matcher.workspace.scratch[text.start + index]
    }

    private mutating func nonEmpty(_ template: Template?, _ record: Span<UInt8>) -> Text? {
        guard let template, let text = matcher.workspace.text(of: matcher.workspace.value(of: template, record)), !text.isEmpty else {
            return nil
        }
        return text
    }

    private mutating func messageID(_ call: CallTemplate, _ key: Template?, _ record: Span<UInt8>, offset: UInt64) -> MessageID? {
        guard let key else {
            let text = record.extracting(matcher.rawText(record) ?? 0..<0)
            let line = text.extracting(first: firstLineBytes(text))
            guard !identity.isEmpty else {
                return call.ids.id(origin: facts!.origin, offset: offset, firstLine: line, scratch: &idInput)
            }
            // A second name for the bytes while an id is made of them.
            let identity = identity
            return call.ids.id(origin: facts!.origin, identity: identity.span, firstLine: line, scratch: &idInput)
        }
        guard let text = nonEmpty(key, record) else { return nil }
        return call.ids.id(key: text, record, matcher.workspace.scratch, &idInput)
    }

    /// The first line as it would be if it were the record: ids are the same however lines make records.
    private func firstLineBytes(_ record: Span<UInt8>) -> Int {
        guard let lineFeed = record.firstIndex(of: .lineFeed) else { return record.count }
        return lineFeed > 0 && record[lineFeed - 1] == .carriageReturn ? lineFeed - 1 : lineFeed
    }

    /// The rule's own time, else the record's, else the time of reading; that also for a time that cannot be read, or is too
    /// far from it to be true.
    private mutating func time(
        of call: CallTemplate, _ pack: Pack, _ index: Int, _ record: Span<UInt8>, _ counters: inout DeriverCounters
    ) -> CallTime {
        guard call.timestamp != nil || pack.time.slot != nil else { return CallTime(milliseconds: facts!.nowMilliseconds) }
        let own = nonEmpty(call.timestamp, record)
        let stated = own ?? pack.time.slot.flatMap { matcher.workspace.text(ofField: $0, record) }
        let now = facts!.nowMilliseconds
        guard let stated else { return CallTime(milliseconds: now) }
        // A rule's own template may have read the time already, with `parse_time`.
        let milliseconds =
            matcher.workspace.milliseconds(stated, own == nil ? pack.time.fieldFormat : pack.time.format, record)
            ?? (call.timestamp == nil ? nil : matcher.workspace.milliseconds(stated, .rfc3339, record))
        guard let milliseconds else {
            counters.rules[index].unreadableTimes += 1
            return CallTime(milliseconds: now)
        }
        guard pack.time.isPlausible(milliseconds, nowMilliseconds: now) else {
            counters.rules[index].implausibleTimes += 1
            return CallTime(milliseconds: now)
        }
        return CallTime(milliseconds: milliseconds)
    }

    private mutating func context(_ members: [Payload.Member], _ record: Span<UInt8>) {
        guard !members.isEmpty else { return writer.contextOfLibrary() }
        let mark = writer.open(Self.contextKey, .object)
        for member in members { self.member(member, record) }
        writer.libraryMember()
        writer.close(mark)
    }

    private mutating func payload(_ key: JSONKey, _ payload: Payload, _ record: Span<UInt8>) {
        guard case .value(let template) = payload else { return object(key, payload.members, record) }
        if let text = matcher.workspace.object(of: template, record) { json(key, text, record) }
    }

    private mutating func object(_ key: JSONKey, _ members: [Payload.Member], _ record: Span<UInt8>) {
        guard !members.isEmpty else { return }
        let mark = writer.open(key, .object)
        for member in members { self.member(member, record) }
        writer.close(mark)
    }

    private mutating func member(_ member: Payload.Member, _ record: Span<UInt8>) {
        if let fixed = member.fixed { return writer.member(fixed) }
        switch member.value {
        case .value(let template):
            switch matcher.workspace.value(of: template, record) {
            case .absent: break
            case .text(let text): string(member.key, text, record)
            case .number(let text, _): json(member.key, text, record)
            case .json(let text): json(member.key, matcher.workspace.rewritten(text, record), record)
            case .boolean(let truth): writer.json(member.key, truth ? Self.trueJSON.span : Self.falseJSON.span)
            }
        case .object(let members): object(member.key, members, record)
        case .list(let values):
            let mark = writer.open(member.key, .list)
            for value in values { element(value, record) }
            writer.close(mark)
        }
    }

    private mutating func element(_ value: Payload, _ record: Span<UInt8>) {
        switch value {
        case .value(let template):
            switch matcher.workspace.value(of: template, record) {
            case .absent: break
            case .text(let text): writer.stringElement(text, record, matcher.workspace.scratch)
            case .number(let text, _): writer.jsonElement(text, record, matcher.workspace.scratch)
            case .json(let text): writer.jsonElement(matcher.workspace.rewritten(text, record), record, matcher.workspace.scratch)
            case .boolean(let truth): writer.jsonElement(truth ? Self.trueJSON.span : Self.falseJSON.span)
            }
        case .object(let members):
            let mark = writer.openElement(.object)
            for member in members { self.member(member, record) }
            writer.close(mark)
        case .list(let values):
            let mark = writer.openElement(.list)
            for value in values { element(value, record) }
            writer.close(mark)
        }
    }

    private mutating func string(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>) {
        writer.string(key, text, record, matcher.workspace.scratch)
    }

    private mutating func json(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>) {
        writer.json(key, text, record, matcher.workspace.scratch)
    }

    private static let userIdKey = JSONKey("userId")
    private static let anonymousIdKey = JSONKey("anonymousId")
    private static let contextKey = JSONKey("context")
    private static let integrationsKey = JSONKey("integrations")
    private static let ownKeys = keys(\.ownField)
    private static let payloadKeys = keys(\.payloadKey)
    private static let trueJSON = [UInt8]("true".utf8)
    private static let falseJSON = [UInt8]("false".utf8)

    /// By `CallType.number`.
    private static func keys(_ name: (CallType) -> String?) -> [JSONKey?] {
        CallType.allCases.map { type in name(type).map { JSONKey($0) } }
    }
}

/// Where a text lies is told apart here, so that the writer and the scratch are known to be two things.
extension CallWriter {
    fileprivate mutating func string(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>) {
        switch text.space {
        case .record: string(key, record.extracting(text.range))
        case .scratch: string(key, scratch.span.extracting(text.range))
        }
    }

    fileprivate mutating func json(_ key: JSONKey, _ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>) {
        switch text.space {
        case .record: json(key, record.extracting(text.range))
        case .scratch: json(key, scratch.span.extracting(text.range))
        }
    }

    fileprivate mutating func stringElement(_ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>) {
        switch text.space {
        case .record: stringElement(record.extracting(text.range))
        case .scratch: stringElement(scratch.span.extracting(text.range))
        }
    }

    fileprivate mutating func jsonElement(_ text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>) {
        switch text.space {
        case .record: jsonElement(record.extracting(text.range))
        case .scratch: jsonElement(scratch.span.extracting(text.range))
        }
    }
}

extension MessageIDMaker {
    fileprivate func id(
        key text: Text, _ record: Span<UInt8>, _ scratch: borrowing UniqueArray<UInt8>, _ input: inout UniqueArray<UInt8>
    ) -> MessageID {
        switch text.space {
        case .record: id(key: record.extracting(text.range), scratch: &input)
        case .scratch: id(key: scratch.span.extracting(text.range), scratch: &input)
        }
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 { isUppercaseLetter ? self | 0x20 : self }
}
