// Parked rules as decisions: when refusals are a rule's own fault, which of its calls wait then, and when one of them is tried.

import Delivery
import Store
import Testing

@Suite struct RuleRefusalsTests {
    private func refuse(_ refusals: inout RuleRefusals, _ rule: UInt32, times: Int) -> [RuleRefusals.Culprit] {
        (0..<times).compactMap { refusals.refused(rule: rule, answer: "no \($0)") }
    }

    @Test func twentyInARowWhileOthersPassAreTheRulesFault() {
        var refusals = RuleRefusals()
        #expect(refuse(&refusals, 1, times: 5).isEmpty)
        #expect(refusals.accepted(rules: [2, 3]).isEmpty)
        #expect(refuse(&refusals, 1, times: 14).isEmpty)
        #expect(refuse(&refusals, 1, times: 1).map { "\($0.rule) \($0.answer)" } == ["1 no 0"])
        #expect(refusals.isEmpty)
    }

    @Test func othersMayPassLast() {
        var refusals = RuleRefusals()
        #expect(refuse(&refusals, 1, times: 30).isEmpty)
        #expect(refuse(&refusals, 2, times: 19).isEmpty)
        #expect(refusals.accepted(rules: [3]).map { "\($0.rule) \($0.answer)" } == ["1 no 29"])
    }

    @Test func whatPassedBeforeTheRunProvesNothing() {
        var refusals = RuleRefusals()
        _ = refusals.accepted(rules: [2])
        #expect(refuse(&refusals, 1, times: 100).isEmpty)
    }

    @Test func anAcceptedCallOfTheRuleEndsItsRunAlone() {
        var refusals = RuleRefusals()
        _ = refuse(&refusals, 1, times: 19)
        _ = refuse(&refusals, 2, times: 19)
        _ = refusals.accepted(rules: [1])
        #expect(refuse(&refusals, 1, times: 19).isEmpty)
        #expect(refuse(&refusals, 2, times: 1).map(\.rule) == [2])
    }

    @Test func theBooksAreBounded() {
        var refusals = RuleRefusals()
        for rule in 0..<UInt32(10 * RuleRefusals.runsMax) { _ = refusals.refused(rule: rule, answer: "") }
        #expect(refuse(&refusals, 0, times: 19).isEmpty)
    }
}

@Suite struct ParkingDecisionTests {
    private func parked(_ rule: UInt32, upTo: Int64? = nil) -> ParkedRule {
        ParkedRule(rule: rule, name: "r\(rule)", upTo: upTo, atMS: 0, answer: "no")
    }

    @Test func whatComesAfterARestartIsNotParked() {
        var parking = Parking([parked(1, upTo: 10)], now: .zero)
        #expect(parking.isParked(rule: 1, chunk: 10))
        #expect(!parking.isParked(rule: 1, chunk: 11) && !parking.isParked(rule: 2, chunk: 1))
        let version = parking.version
        parking.park(parked(1), now: .zero)
        #expect(parking.version > version)
        #expect(parking.isParked(rule: 1, chunk: 11))
        #expect(parking.release(1) == parked(1))
        #expect(parking.isEmpty && parking.release(1) == nil)
    }

    @Test func rulesAreTriedOneAfterTheOtherAndThenNotForAWhile() {
        var parking = Parking([parked(1, upTo: 10), parked(2, upTo: 10)], now: .seconds(5))
        #expect(parking.beginProbe(now: .seconds(4)) == nil)
        #expect(parking.beginProbe(now: .seconds(5)) == 1)
        #expect(parking.probeAt == nil && parking.beginProbe(now: .seconds(5)) == nil)
        parking.found(chunk: 7, lane: 3)
        // The lane may be busy with other calls when the try becomes its own.
        parking.endProbe(3, now: .seconds(6))
        #expect(!parking.isProbing(3) && parking.probe?.lane == 3)
        parking.start(1)
        parking.start(3)
        #expect(parking.isProbing(3) && !parking.isProbing(1))
        parking.endProbe(1, now: .seconds(6))
        #expect(parking.isProbing(3))
        parking.endProbe(3, now: .seconds(6))
        #expect(parking.beginProbe(now: .seconds(6)) == 2)
        parking.release(2)
        #expect(parking.probeAt == .seconds(6) + Parking.probeInterval)
        #expect(parking.beginProbe(now: .seconds(7)) == nil)
        parking.probeSoon(now: .seconds(7))
        #expect(parking.beginProbe(now: .seconds(7)) == 1)
    }
}
