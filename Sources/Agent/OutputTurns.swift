// Lets several threads write to one output as if one of them had written it all: what each makes of a part waits for the turn of that
// part. Parts are numbered from 0, and whoever takes a part takes the lowest that is left, so the turn is always somebody's.

import Foundation

/// Shared by the threads.
final class OutputTurns: Sendable {
    /// Guards `turn` and `hasFailed`, and tells of their changes.
    private let condition = NSCondition()
    /// Touched only while `condition` is held.
    nonisolated(unsafe) private var turn = 0
    nonisolated(unsafe) private var hasFailed = false

    func isTurn(of part: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return turn == part && !hasFailed
    }

    /// Returns when all parts before this one were passed; false when one of them failed, so that this one has no turn.
    func wait(for part: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while turn < part, !hasFailed { condition.wait() }
        return !hasFailed
    }

    /// The part whose turn it is, is complete.
    func pass() {
        condition.lock()
        defer { condition.unlock() }
        turn += 1
        condition.broadcast()
    }

    /// No part after this one is wanted.
    func end() {
        condition.lock()
        defer { condition.unlock() }
        hasFailed = true
        condition.broadcast()
    }
}
