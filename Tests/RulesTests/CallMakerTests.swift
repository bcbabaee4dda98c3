// What one record does to a rule's calls: people, ids, slots, times, verdicts, counters.

import BasicContainers
import Calls
import Documents
import Formats
import Rules
import Testing

@Suite struct CallMakerTests {
    private let order = #"""
        rules:
          - name: order
            match: 'order (?<id>\S*) user=(?<userId>\S*)(?: anon=(?<anonymousId>\S+))?'
            track: Order
        """#

    // MARK: - People

    @Test(arguments: ["-", "--", "null", "NULL", "nil", "None", "undefined", "n/a", "N/A", "<unknown>", "(null)", ""])
    func wordsForNobodyMakeNoCall(word: String) throws {
        let derived = try derive(order, "order 1 user=\(word)\n")
        #expect(derived.made.isEmpty)
        #expect(derived.counters.rules[0] == counters(matched: 1, incomplete: 1))
    }

    @Test func wordsForNobodyLeaveTheOtherId() throws {
        #expect(
            try briefs(order, "order 1 user=- anon=a1\norder 2 user=u anon=null\n")
                == [
                    #"{"type":"track","anonymousId":"a1","event":"Order","properties":{"id":"1"}}"#,
                    #"{"type":"track","userId":"u","event":"Order","properties":{"id":"2"}}"#,
                ])
    }

    @Test func packSaysWhoIsNobody() throws {
        #expect(try briefs("nobody: [Guest]\n" + order, "order 1 user=gUEST\norder 2 user=null\n").count == 1)
        #expect(try briefs("nobody: []\n" + order, "order 1 user=guest\norder 2 user=null\n").count == 2)
    }

    @Test func aliasOfNobodyWouldMergeStrangersAndIsNotMade() throws {
        let alias = #"rules: [{ name: r, match: 'was=(?<previousId>\S+) is=(?<userId>\S+)', alias: true }]"#
        #expect(try derive(alias, "was=null is=u1\nwas=a1 is=-\n").counters.rules[0] == counters(matched: 2, incomplete: 2))
        #expect(try briefs(alias, "was=a1 is=u1\n") == [#"{"type":"alias","userId":"u1","previousId":"a1"}"#])
    }

    @Test func slotIsThePersonsAndASecondIdIsABarrier() throws {
        func slot(_ person: String) -> Slot {
            let bytes = Array(person.utf8)
            return Slot(person: bytes.span)
        }
        let made = try derive(order, "order 1 user=u1\norder 2 user=u1 anon=a1\norder 3 user=- anon=a1\norder 4 user=x anon=x\n").made
        #expect(made.map(\.facts.slot) == [slot("u1"), slot("u1"), slot("a1"), slot("x")])
        #expect(made.map(\.facts.barrierSlot) == [nil, slot("a1"), nil, nil])
        let alias = #"rules: [{ name: r, match: 'was=(?<previousId>\S+) is=(?<userId>\S+)', alias: true }]"#
        let made2 = try derive(alias, "was=a1 is=u1\n").made[0].facts
        #expect(made2.slot == slot("u1") && made2.barrierSlot == slot("a1"))
    }

    // MARK: - Ids

    @Test func idIsTheRecordsUnlessTheRuleHasAKey() throws {
        let made = try derive(order, "order 1 user=u1\norder 1 user=u1\n").made
        #expect(made[0].messageID != made[1].messageID)
        var scratch = UniqueArray<UInt8>()
        let line = Array("order 1 user=u1".utf8)
        let maker = MessageIDMaker(rule: "order", revision: 1, type: .track)
        let ids = [UInt64(0), 16].map { maker.id(origin: origin, offset: $0, firstLine: line.span, scratch: &scratch).text }
        #expect(made.map(\.messageID) == ids)
    }

    @Test func keyMakesRepeatedRecordsOneEvent() throws {
        let keyed = order + "\n    key: '{{ id }}'\n"
        let made = try derive(keyed, "order 1 user=u1\nsomething else\norder 1 user=u2\norder 2 user=u1\n").made
        #expect(made[0].messageID == made[1].messageID && made[0].messageID != made[2].messageID)
        let revised = try derive(keyed + "    revision: 2\n", "order 1 user=u1\n").made
        #expect(revised[0].messageID != made[0].messageID)
    }

    @Test func recordWithoutItsKeyMakesNoCall() throws {
        let derived = try derive(order + "\n    key: '{{ id }}'\n", "order  user=u1\n")
        #expect(derived.made.isEmpty && derived.counters.rules[0] == counters(matched: 1, incomplete: 1))
    }

    @Test func idsDoNotDependOnLineEndings() throws {
        let plain = try derive(order, "order 1 user=u1\n").made
        #expect(try derive(order, "order 1 user=u1\r\n").jsons == plain.map(\.json))
        #expect(try derive(order, "order 1 user=u1").jsons == plain.map(\.json))
    }

    // MARK: - Times

    @Test func timeIsTheRulesElseTheRecordsElseThatOfReading() throws {
        let yaml = #"""
            format: syslog
            rules:
              - name: r
                match: 'user=(?<userId>\S+)(?: at=(?<timestamp>\S+))?'
                track: E
            """#
        let line = "2026-11-23T06:37:03.066+01:00 web app: user=u1"
        #expect(try derive(yaml, line + "\n").made[0].timestamp == "2026-11-23T05:37:03.066Z")
        #expect(try derive(yaml, line + " at=2026-01-01T00:00:00Z\n").made[0].timestamp == "2026-01-01T00:00:00.000Z")
        #expect(try derive(order, "order 1 user=u1\n").made[0].timestamp == "2026-11-23T12:00:00.000Z")
    }

    @Test func unreadableTimeIsCountedAndThatOfReadingTakesItsPlace() throws {
        let derived = try derive(order + "\n    timestamp: '{{ id }}'\n", "order yesterday user=u1\norder 2026-02-30T00:00:00Z user=u1\n")
        #expect(derived.made.map(\.timestamp) == ["2026-11-23T12:00:00.000Z", "2026-11-23T12:00:00.000Z"])
        #expect(derived.counters.rules[0].unreadableTimes == 2)
    }

    @Test func packAndSourceSayHowTimesAreWritten() throws {
        let rules = order + "\n    timestamp: '{{ id }}'\n"
        let clf = "timestamp: { format: clf }\n" + rules.replacing(#"(?<id>\S*)"#, with: #"(?<id>\S+ \S+)"#)
        #expect(try derive(clf, "order 23/Nov/2026:06:55:25 +0100 user=u1\n").made[0].timestamp == "2026-11-23T05:55:25.000Z")
        let zoned = "timestamp: { timezone: '-05:00' }\n" + rules
        #expect(try derive(zoned, "order 2026-11-23T06:00:00 user=u1\n").made[0].timestamp == "2026-11-23T11:00:00.000Z")
        let source = Pack.Override(
            timestamp: TimestampStatement(timezone: .init("+02:00", at: .init(file: "eventail.yaml", line: 1, column: 1), length: 1)))
        let set = try RuleSet([pack(zoned, override: source)])
        #expect(derive(set, Array("order 2026-11-23T06:00:00 user=u1\n".utf8)).made[0].timestamp == "2026-11-23T04:00:00.000Z")
    }

    @Test func sourceDecidesTheFormat() throws {
        let set = try RuleSet([pack(order, override: Pack.Override(format: .syslog))])
        let derived = derive(set, Array("Nov 23 06:37:03 web app: order 1 user=u1\norder 2 user=u2\n".utf8))
        #expect(derived.made.map(\.timestamp) == ["2026-11-23T06:37:03.000Z"])
        #expect(derived.counters.unparsed == 1)
    }

    // MARK: - Verdicts

    @Test func shadowRulesDeriveAndSaySo() throws {
        let derived = try derive(order + "\n    mode: shadow\n", "order 1 user=u1\n")
        #expect(derived.made.map(\.facts.verdict) == [.shadow])
        #expect(derived.counters.rules[0] == counters(matched: 1, calls: 1))
    }

    @Test func callOverTheLimitIsRejectedAndOneAtTheLimitIsNot() throws {
        let set = try ruleSet(order)
        let record = Array("order 1 user=u1\n".utf8)
        let length = derive(set, record).made[0].json.utf8.count
        #expect(derive(set, record, callBytesMax: length).made[0].facts.verdict == .send)
        #expect(derive(set, record, callBytesMax: length - 1).made[0].facts.verdict == .reject(.tooLarge))
        let long = derive(set, Array("order \(String(repeating: "x", count: 40_000)) user=u1\n".utf8))
        #expect(long.made.map(\.facts.verdict) == [.reject(.tooLarge)])
    }

    @Test func reservedEventFromARecordIsRejectedUnlessAllowed() throws {
        let yaml = "rules: [{ name: r, match: 'user=(?<userId>\\w+) event=(?<event>.*)', track: true }]"
        let input = "user=u1 event=User Deleted\nuser=u1 event=User Delete\nuser=u1 event=Report Delivery Event\n"
        #expect(
            try derive(yaml, input).made.map(\.facts.verdict)
                == [.reject(.reservedEvent), .send, .reject(.reservedEvent)])
        let allowing = RuleContext(hostName: "h", destinations: ["main": ["User Deleted"]])
        #expect(
            try derive(yaml, input, context: allowing).made.map(\.facts.verdict) == [.send, .send, .reject(.reservedEvent)])
    }

    @Test func limitHitsAreCountedAndMatchNothing() throws {
        let hostile = String(repeating: "a", count: 60)
        let yaml = #"rules: [{ name: r, match: '(?<userId>(?:a+)+)$', track: E }]"#
        let derived = try derive(yaml, hostile + "!\naaa\n")
        #expect(derived.briefs == [#"{"type":"track","userId":"aaa","event":"E"}"#])
        #expect(derived.counters.rules[0] == counters(matched: 1, calls: 1, limitHits: 1))
    }

    /// Else a client could make a rule emit what `not` is there to keep out.
    @Test func limitHitInAConditionLeavesTheRecordOut() throws {
        let hostile = String(repeating: "a", count: 60) + "!"
        for condition in [
            "{ message: { not: { regex: '^(?:a+)+$' } } }", "{ none: [{ message: { regex: '^(?:a+)+$' } }] }",
            "{ message: { regex: '^(?:a+)+$' } }",
            "{ any: [{ message: never }, { message: { not: { regex: '^(?:a+)+$' } } }] }",
        ] {
            let derived = try derive("rules: [{ name: r, where: \(condition), track: { event: E, userId: u } }]", hostile + "\n")
            #expect(derived.made.isEmpty, "\(condition)")
            #expect(derived.counters.rules[0] == counters(limitHits: 1), "\(condition)")
        }
        let decided = "{ any: [{ message: { regex: '^(?:a+)+$' } }, { message: { exists: true } }] }"
        #expect(try derive("rules: [{ name: r, where: \(decided), track: { event: E, userId: u } }]", hostile + "\n").made.count == 1)
    }

    private func counters(matched: Int = 0, calls: Int = 0, incomplete: Int = 0, limitHits: Int = 0) -> DeriverCounters.OfRule {
        var counters = DeriverCounters.OfRule.zero
        (counters.matched, counters.incomplete, counters.limitHits) = (matched, incomplete, limitHits)
        counters.callsByType[CallType.track.number] = calls
        return counters
    }
}
