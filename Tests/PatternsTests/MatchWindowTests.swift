// Long subjects are tried in windows of beginnings: that bounds their cost, and changes no answer.

import Glibc
import Patterns
import RandomSupport
import Testing

struct MatchWindowTests {
    @Test func aLongHostileLineIsGivenUpAfterABoundedTime() throws {
        // Too many ways at each of 64 Ki places, though few enough at any one of them.
        let pattern = try Pattern("(?:a|aa){14}(?!)")
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 65_536)
        let limits = MatchLimits()
        let start = processorMilliseconds()
        guard case .limitHit = Matcher(limits: limits).match(pattern, line.span) else {
            Issue.record("the line is not given up")
            return
        }
        // The last window may end late; a minute and more is what the line would take.
        #expect(processorMilliseconds() - start < 20 * limits.processorMillisecondsMax)
    }

    @Test func windowsChangeNoAnswer() {
        let seed = Property.seed
        var rng = SeededRandom(seed: seed)
        let whole = Matcher(limits: MatchLimits(stepsMax: 5_000, windowBytes: .max))
        let windows = Matcher(limits: MatchLimits(stepsMax: 5_000, windowBytes: 3, processorMillisecondsMax: 60_000))
        var matched = 0
        for _ in 0..<Property.rounds(4_000) {
            let random = RandomPattern(seed: rng.next())
            guard let pattern = try? Pattern(random.part.text, options: PatternOptions(utf: random.utf)) else { continue }
            for _ in 0..<4 {
                let line = Array("héllo ~~ ".utf8) + random.part.write(&rng) + Array(" wörld".utf8)
                let expected = whole.match(pattern, line.span)
                if case .limitHit = expected { continue }
                let got = windows.match(pattern, line.span)
                if case .limitHit = got { continue }
                #expect(got == expected, "\(random.part.text) EVENTAIL_PROPERTY_SEED=\(seed)")
                // A group that refers to itself, or is repeated possessively, may keep, in one run over all beginnings, what an earlier
                // beginning left in it.
                let groups = random.part.text.contains(#/\\[gk1-9]|\(\?P=|\(\?\(|[*+?}]\+/#) ? 0...0 : 0...pattern.groupCount
                for group in groups where expected == .matched {
                    #expect(windows.capture(group) == whole.capture(group), "\(random.part.text) EVENTAIL_PROPERTY_SEED=\(seed)")
                }
                if expected == .matched { matched += 1 }
            }
        }
        #expect(matched > 500)
    }

    private func processorMilliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
