// Where derived calls go, and what is known of each besides its bytes.

package import Calls

/// Takes calls in the order in which they are derived.
package protocol CallSink {
    /// Whether records that no rule matched are wanted too. Each record is looked at then, so it is asked once a block.
    var wantsMisses: Bool { get }

    /// - Parameters:
    ///   - call: the call's JSON; valid during the call only.
    ///   - facts: what it is and what should become of it.
    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts)

    /// - Parameters:
    ///   - record: one that no rule matched; an entry of a journal is its fields. Valid during the call only.
    ///   - offset: of its first byte in its source; of an entry its time in microseconds.
    mutating func miss(_ record: Span<UInt8>, offset: UInt64)
}

extension CallSink {
    package var wantsMisses: Bool { false }

    package mutating func miss(_ record: Span<UInt8>, offset: UInt64) {}
}

package struct CallFacts: Sendable {
    /// What should become of a call.
    package enum Verdict: Hashable, Sendable {
        case send
        /// Its rule is in shadow mode: counted, never sent.
        case shadow
        /// The API would refuse it, or it could do harm; kept as a dead letter.
        case reject(Rejection)
    }

    package enum Rejection: String, Hashable, Sendable {
        case tooLarge = "larger than one call may be"
        case reservedEvent = "its event name, taken from the record, is a reserved command"
    }

    /// An index into the rule set's rules.
    package var rule: Int
    package var type: CallType
    package var slot: Slot
    /// The slot of the second id, where the call names two people.
    package var barrierSlot: Slot?
    /// The record's first byte in its source.
    package var recordOffset: UInt64
    /// The number of the record's first line in its source, where the block's facts asked for lines.
    package var recordLine: Int?
    package var verdict: Verdict
}

/// What happened since the counters were last taken.
package struct DeriverCounters: Sendable {
    package struct OfRule: Hashable, Sendable {
        /// Records that the rule matched.
        package var matched = 0
        /// Calls derived, whatever became of them, by `CallType.number`. A vector, for it lies in place and has room for all six.
        package var callsByType = SIMD8<Int>()
        /// Calls that lacked what their type needs, or named nobody.
        package var incomplete = 0
        /// Matches given up at a limit of PCRE2.
        package var limitHits = 0
        /// Records with a time that could not be read.
        package var unreadableTimes = 0
        /// Records with a time outside of what `max_age` and `max_future` allow.
        package var implausibleTimes = 0

        package var calls: Int { callsByType.wrappedSum() }

        package static let zero = OfRule()

        mutating func add(_ other: OfRule) {
            matched += other.matched
            callsByType &+= other.callsByType
            incomplete += other.incomplete
            limitHits += other.limitHits
            unreadableTimes += other.unreadableTimes
            implausibleTimes += other.implausibleTimes
        }
    }

    package var records = 0
    /// Records that have none of the formats of the packs whose rules wanted to see them.
    package var unparsed = 0
    /// Records that ended at a limit although the next line belonged to them.
    package var cutRecords = 0
    /// Lines of which PCRE2 gave up to say whether they belong to the record before; each began a record.
    package var framingLimitHits = 0
    package var rules: [OfRule]

    package init(ruleCount: Int) {
        rules = Array(repeating: OfRule(), count: ruleCount)
    }

    /// Adds what happened elsewhere under the same rules.
    package mutating func add(_ other: DeriverCounters) {
        records += other.records
        unparsed += other.unparsed
        cutRecords += other.cutRecords
        framingLimitHits += other.framingLimitHits
        for index in rules.indices { rules[index].add(other.rules[index]) }
    }
}
