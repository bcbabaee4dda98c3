// What tells trouble with the receiver from trouble with the data, and keeps it out of the log's way.

import Calls
import Delivery
import Store
import Testing

@Suite struct RefusalRunTests {
    private func letter(_ id: Int64) -> TakenBack {
        TakenBack(deadLetter: id, chunk: 1, slot: Slot(number: 0), barrierSlot: nil, storedAtMS: 0)
    }

    @Test func twentyOfSeveralRulesEndInAHold() {
        var run = RefusalRun()
        for id in 1...19 as ClosedRange<Int64> { #expect(run.refused(rule: UInt32(id % 2), letter(id)) == nil) }
        #expect(run.refused(rule: 0, letter(20))?.map(\.deadLetter) == Array(1...20))
        #expect(run.refused(rule: 1, letter(21)) == nil)
    }

    @Test func oneRuleAloneNeverDoes() {
        var run = RefusalRun()
        for id in 1...5000 as ClosedRange<Int64> { #expect(run.refused(rule: 7, letter(id)) == nil) }
        #expect(run.refused(rule: 8, letter(5001))?.count == RefusalRun.lettersMax)
    }

    @Test func anAcceptedRequestEndsTheRun() {
        var run = RefusalRun()
        for id in 1...19 as ClosedRange<Int64> { _ = run.refused(rule: UInt32(id), letter(id)) }
        run.accepted()
        for id in 1...19 as ClosedRange<Int64> { #expect(run.refused(rule: UInt32(id), letter(id)) == nil) }
    }
}

@Suite struct HoldTests {
    @Test func probesComeOneAMinuteFromOneLaneAfterTheOther() {
        var hold = Hold(status: 401, lane: 1, now: .seconds(10))
        #expect(hold.probeAt == .seconds(70))
        #expect((0..<3).filter { hold.isTurn(of: $0, lanes: 3) { _ in true } } == [2])
        #expect((0..<3).filter { hold.isTurn(of: $0, lanes: 3) { $0 == 1 } } == [1])
        hold.beginProbe(2)
        #expect(hold.probeAt == nil && hold.isProbing(2) && !hold.isProbing(1))
        hold.endProbe(1, now: .seconds(71))
        #expect(hold.probeAt == nil)
        hold.endProbe(2, now: .seconds(72))
        #expect(hold.probeAt == .seconds(132))
        #expect((0..<3).filter { hold.isTurn(of: $0, lanes: 3) { _ in true } } == [0])
    }

    @Test(arguments: [(401, "key"), (403, "key"), (404, "address"), (302, "redirects"), (405, "answers 405")])
    func reasonsNameTheCause(_ status: Int, _ word: String) {
        #expect(Hold(status: status, lane: 0, now: .zero).reason.contains(word))
    }
}

@Suite struct RepeatFoldingTests {
    @Test func aTroubleIsToldAtOnceAndThenOnceAMinute() {
        var folding = RepeatFolding()
        #expect(folding.happened("a", now: .seconds(100)) == 0)
        for second in 101..<160 { #expect(folding.happened("a", now: .seconds(second)) == nil) }
        #expect(folding.happened("b", now: .seconds(159)) == 0)
        #expect(folding.happened("a", now: .seconds(160)) == 59)
        #expect(folding.happened("b", now: .seconds(161)) == nil)
        #expect(folding.ended() == 63)
        #expect(folding.ended() == 0)
        #expect(folding.happened("a", now: .seconds(161)) == 0)
    }
}
