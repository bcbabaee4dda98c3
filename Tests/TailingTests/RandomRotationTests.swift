// Random sequences of what programs, people and log rotation do to a log, against a plain model: a list of the lines that were
// written, each of which is unique. Every line must arrive once, except those that no reader can get: lines that were
// neither committed nor left anywhere on disk when a file was deleted or truncated; they may arrive once or not at all.
// The same sequences run each time, so that a build fails by what was changed; EVENTAIL_PROPERTY_SEED sets the first one's seed, and
// EVENTAIL_PROPERTY_ROUNDS their number, to search for faults that nobody knows of yet.

import Glibc
import RandomSupport
import Records
import Tailing
import Testing

@Suite struct RandomRotationTests {
    @Test(arguments: ["app.log", "app.log*"], [false, true])
    func randomSequencesLoseNothingAndDoubleNothing(glob: String, hasHeader: Bool) throws {
        let rounds = Int(setting("EVENTAIL_PROPERTY_ROUNDS") ?? "") ?? 40
        let first = UInt64(setting("EVENTAIL_PROPERTY_SEED") ?? "") ?? 1
        for seed in first..<first + UInt64(rounds) {
            var random = SeededRandom(seed: seed)
            let actions = (0..<60).map { _ in LogLife.Action(kind: random.number(in: 0...LogLife.kindMax), seed: random.next()) }
            let setup = Setup(glob: glob, hasHeader: hasHeader, seed: random.next())
            guard try !setup.live(actions).faults.isEmpty else { continue }
            let fewest = try setup.shrink(actions)
            let (faults, story) = try setup.live(fewest)
            Issue.record("seed \(seed), \(fewest.count) actions:\n\(faults.prefix(20).joined(separator: "\n"))\n\(story)")
            return
        }
    }

    private func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// What a sequence of actions is carried out on.
private struct Setup {
    var glob: String
    var hasHeader: Bool
    var seed: UInt64

    func live(_ actions: [LogLife.Action]) throws -> (faults: [String], story: String) {
        let life = try LogLife(seed: seed, glob: glob, hasHeader: hasHeader)
        for action in actions { try life.carryOut(action) }
        try life.end()
        return (life.faults(), life.story)
    }

    /// Drops parts of the sequence, ever smaller ones and at last single actions, for as long as what is left still fails. (A
    /// sequence may fail once and then no more: which inode a file gets is not in the seed. Then nothing is dropped.)
    func shrink(_ actions: [LogLife.Action]) throws -> [LogLife.Action] {
        var fewest = actions
        var length = actions.count / 2
        while length > 0 {
            var start = 0
            var hasDropped = false
            while start < fewest.count {
                var fewer = fewest
                fewer.removeSubrange(start..<min(start + length, fewer.count))
                if try live(fewer).faults.isEmpty {
                    start += length
                } else {
                    fewest = fewer
                    hasDropped = true
                }
            }
            if length > 1 { length /= 2 } else if !hasDropped { break }
        }
        return fewest
    }
}
