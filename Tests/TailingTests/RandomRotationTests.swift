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
        try live(.all, glob, hasHeader)
    }

    @Test(arguments: ["app.log", "app.log*"], [false, true])
    func randomSequencesOfRenamingAreReadOldestFirst(glob: String, hasHeader: Bool) throws {
        try live(.ordered, glob, hasHeader)
    }

    private func live(_ ways: LogLife.Ways, _ glob: String, _ hasHeader: Bool) throws {
        let rounds = Int(setting("EVENTAIL_PROPERTY_ROUNDS") ?? "") ?? 40
        let first = UInt64(setting("EVENTAIL_PROPERTY_SEED") ?? "") ?? 1
        for seed in first..<first + UInt64(rounds) {
            var random = SeededRandom(seed: seed)
            let actions = (0..<60).map { _ in LogLife.Action(kind: random.number(in: 0...LogLife.kindMax), seed: random.next()) }
            let setup = Setup(glob: glob, hasHeader: hasHeader, ways: ways, seed: random.next())
            let life = try setup.live(actions)
            guard !life.faults.isEmpty else { continue }
            let shortest = try setup.shrink(life)
            Issue.record(
                """
                seed \(seed), \(shortest.actions.count) actions:
                \(shortest.faults.prefix(20).joined(separator: "\n"))
                \(shortest.story)
                """)
            return
        }
    }

    private func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// What a sequence of actions is carried out on.
private struct Setup {
    var glob: String
    var hasHeader: Bool
    var ways: LogLife.Ways
    var seed: UInt64

    struct Outcome {
        var actions: [LogLife.Action]
        var faults: [String]
        var story: String
    }

    func live(_ actions: [LogLife.Action]) throws -> Outcome {
        let life = try LogLife(seed: seed, glob: glob, hasHeader: hasHeader, ways: ways)
        for action in actions { try life.carryOut(action) }
        try life.end()
        return Outcome(actions: actions, faults: life.faults(), story: life.story)
    }

    /// Drops parts of the sequence, ever smaller ones and at last single actions, for as long as what is left still fails. (A
    /// sequence may fail once and then no more: which inode a file gets is not in the seed. Then nothing is dropped.)
    func shrink(_ failed: Outcome) throws -> Outcome {
        var shortest = failed
        var length = failed.actions.count / 2
        while length > 0 {
            var start = 0
            var hasDropped = false
            while start < shortest.actions.count {
                var fewer = shortest.actions
                fewer.removeSubrange(start..<min(start + length, fewer.count))
                let life = try live(fewer)
                if life.faults.isEmpty {
                    start += length
                } else {
                    shortest = life
                    hasDropped = true
                }
            }
            if length > 1 { length /= 2 } else if !hasDropped { break }
        }
        return shortest
    }
}
