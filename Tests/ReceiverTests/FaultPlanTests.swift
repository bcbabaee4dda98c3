// Fault plans: how they are written, and that they do what they say.

import Receiver
import Testing

struct FaultPlanTests {
    private func actions(_ texts: [String], count: Int) throws -> [FaultPlan.Action] {
        let plan = try FaultPlan(parsing: texts)
        return (1...count).map { plan.fault(forRequest: $0).action }
    }

    @Test func noFaultsIsThePlanByDefault() throws {
        #expect(FaultPlan().fault(forRequest: 1) == .none)
        #expect(try FaultPlan(parsing: []) == FaultPlan())
    }

    @Test func theFirstRequestsMeetTheFaultsInTheirOrder() throws {
        let actions = try actions(["503:first=2,reset:first=1", "429:first=1:retry-after=2", "accept-then-reset:first=1"], count: 7)
        #expect(
            actions == [
                .answer(status: 503, retryAfterSeconds: nil), .answer(status: 503, retryAfterSeconds: nil), .reset,
                .answer(status: 429, retryAfterSeconds: 2), .acceptThenReset, .none, .none,
            ])
    }

    @Test func aFaultAloneMeetsEveryRequest() throws {
        #expect(try actions(["500"], count: 100).allSatisfy { $0 == .answer(status: 500, retryAfterSeconds: nil) })
        #expect(try FaultPlan(parsing: ["delay=2s"]).fault(forRequest: 9).delayMilliseconds == 2000)
    }

    @Test(arguments: [0, 1, 7, UInt64.max])
    func sharesAreKeptApartFromEachOther(_ seed: UInt64) throws {
        let actions = try actions(["429:0.2:retry-after=2", "500:0.1,reset:0.05", "seed=\(seed)"], count: 20_000)
        let counts = actions.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        // Five standard deviations of the binomial distribution are at most 283 of 20 000.
        #expect(abs((counts[.answer(status: 429, retryAfterSeconds: 2)] ?? 0) - 4_000) < 283)
        #expect(abs((counts[.answer(status: 500, retryAfterSeconds: nil)] ?? 0) - 2_000) < 213)
        #expect(abs((counts[.reset] ?? 0) - 1_000) < 155)
    }

    @Test func theSameSeedGivesTheSameFaultsAndAnotherOthers() throws {
        let seven = try actions(["429:0.5,seed=7"], count: 200)
        #expect(try actions(["seed=7", "429:0.5"], count: 200) == seven)
        #expect(try actions(["429:0.5,seed=8"], count: 200) != seven)
    }

    @Test func delaysComeOnTopAndAreDrawnApart() throws {
        let plan = try FaultPlan(parsing: ["500:0.5,delay=200ms:0.5"])
        let faults = (1...4_000).map { plan.fault(forRequest: $0) }
        let both = faults.count { $0.delayMilliseconds == 200 && $0.action != .none }
        #expect(abs(both - 1_000) < 137)
    }

    @Test(arguments: [
        ("", "'' is no fault and no status from 300 to 599"), ("teapot", "'teapot' is no fault and no status from 300 to 599"),
        ("200:0.5", "'200' is no fault and no status from 300 to 599"), ("600", "'600' is no fault and no status from 300 to 599"),
        ("429:0", "'0' is no share: more than 0 and at most 1"), ("429:1.5", "'1.5' is no share: more than 0 and at most 1"),
        ("429:nan", "'nan' is no share: more than 0 and at most 1"), ("429:20%", "'20%' is no share: more than 0 and at most 1"),
        ("429:first=0", "'first=0' is not first= with a number from 1"), ("429:first=x", "'first=x' is not first= with a number from 1"),
        ("429:0.1:0.2", "'0.2' is one share or first= too many"), ("429:first=1:0.2", "'0.2' is one share or first= too many"),
        ("429:retry-after=x", "'retry-after=x' is not retry-after= with seconds from 0 to 86400"),
        ("429:retry-after=1:retry-after=2", "'retry-after=2' is not retry-after= with seconds from 0 to 86400"),
        ("reset:retry-after=1", "a reset has no retry-after"), ("delay=1s:retry-after=1", "a delay has no retry-after"),
        ("delay=5", "'5' is no delay from 1ms to 600s"), ("delay=0ms", "'0ms' is no delay from 1ms to 600s"),
        ("delay=9223372036854775807s", "'9223372036854775807s' is no delay from 1ms to 600s"),
        ("seed=x", "a seed is a number alone"), ("seed=1:0.2", "a seed is a number alone"),
    ])
    func theErrorSaysWhatIsWrong(_ text: String, _ what: String) throws {
        let error = try #require(throws: ReceiverError.self) { try FaultPlan(parsing: [text]) }
        #expect(error.what == "bad fault '\(text)': \(what)")
        #expect(error.hint.contains("429:0.2"))
    }

    @Test func sharesAddUpToOneAtMost() throws {
        let tenths = Array(repeating: "500:0.1", count: 10)
        #expect(throws: Never.self) { try FaultPlan(parsing: tenths + ["delay=1s:0.5", "503:first=3"]) }
        let error = try #require(throws: ReceiverError.self) { try FaultPlan(parsing: ["429:0.7,500:0.4"]) }
        #expect(error.what.hasPrefix("bad fault plan: the shares of answers and resets add up to 1.1"))
        #expect(throws: ReceiverError.self) { try FaultPlan(parsing: ["429", "reset:0.1"]) }
    }
}
