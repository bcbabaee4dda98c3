// The machine goes away between two system calls that change the state: the agent is killed before the nth of them, and of what it
// wrote to the write-ahead log since that was last synced to disk any part may be missing. The next start finds a whole state, in
// which everything that a receiver accepted is known, and nothing is lost or derived twice.

import Agent
import Foundation
import Glibc
import RandomSupport
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: canTrace, "this machine has no strace(1) that may trace"))
struct PowerLossTests {
    private static let calls = "pwrite64,fdatasync,ftruncate,unlink"

    /// The first start makes the database in about a hundred system calls.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aFirstStartMayEndBetweenAnyTwoSystemCalls(seed: UInt64) async throws {
        var killed = 0
        for number in stride(from: Int(seed) * 8, through: 120, by: 24) {
            if try await lose(beforeCall: number, priming: 0, seed: seed) { killed += 1 }
        }
        #expect(killed >= 1)
    }

    /// A later one begins to read and to send soon.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aLaterRunMayEndBetweenAnyTwoSystemCalls(seed: UInt64) async throws {
        var killed = 0
        for number in stride(from: Int(seed), through: 40, by: 3) {
            if try await lose(beforeCall: number, priming: 20, seed: seed) { killed += 1 }
        }
        #expect(killed >= 1)
    }

    /// - Returns: whether there were so many system calls.
    private func lose(beforeCall number: Int, priming: Int, seed: UInt64) async throws -> Bool {
        let comment: Comment = "seed \(seed), before system call \(number)"
        let scene = try await Scene()
        if priming > 0 {
            try scene.folder.append((0..<priming).map(Scene.line).joined(), to: "log/app.log")
            #expect(try await scene.runOnce().status == 0)
        }
        try scene.folder.append((priming..<60).map(Scene.line).joined(), to: "log/app.log")
        let trace = scene.folder.url("trace").path
        let status = try await RunningProgram(
            ["run", "--config", scene.configuration, "--once"],
            launcher: [
                "/usr/bin/strace", "-D", "-f", "-qq", "-y", "-s", "0", "-o", trace, "-e", "trace=\(Self.calls)", "-e",
                "inject=\(Self.calls):signal=SIGKILL:when=\(number)",
            ]
        ).end().status
        var random = SeededRandom(seed: seed &* 1000 &+ UInt64(number))
        try tear(scene.folder.url("state/eventail.db-wal"), Self.unsynced(try String(contentsOfFile: trace, encoding: .utf8)), &random)

        // Committed before it was sent, and on disk.
        let found = try await scene.totals()
        #expect(found.callsDerived >= Set(scene.receiver.accepted).count, comment)
        let outcome = try await scene.runOnce()
        #expect(outcome.status == 0, "\(comment): \(outcome.error)")
        let books = try await scene.totals()
        #expect(books.callsDerived == 60 && books.delivered == 60 && books.deadLettered == 0 && books.discarded == 0, comment)
        #expect(try scene.arrivedCalls() == (try await scene.derivedCalls("log/app.log")), comment)
        try scene.expectOrderPerPerson()
        return status == SIGKILL
    }

    /// Overwrites some of the ranges with zeros, as a disk that never got them may show them.
    private func tear(_ file: URL, _ ranges: [Range<Int>], _ random: inout SeededRandom) throws {
        guard var data = try? Data(contentsOf: file) else { return }
        for range in ranges where Bool.random(using: &random) && range.upperBound <= data.count {
            data.replaceSubrange(range, with: Data(count: range.count))
        }
        try data.write(to: file)
    }

    /// What was written to the write-ahead log and not synced afterwards, from what strace(1) says.
    private static func unsynced(_ trace: String) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        /// Threads whose call was not finished when another one's was told.
        var syncing: Set<Substring> = []
        for line in trace.split(separator: "\n") {
            let thread = line.prefix { $0 != " " }
            if line.contains("<... fdatasync resumed>") {
                if syncing.remove(thread) != nil, line.hasSuffix("= 0") { ranges = [] }
            } else if let write = line.firstMatch(of: #/pwrite64\(\d+<[^>]*-wal>, .*, (\d+), (\d+)(\)| <unfinished)/#) {
                guard let count = Int(write.1), let offset = Int(write.2) else { continue }
                ranges.append(offset..<offset + count)
            } else if line.contains(#/fdatasync\(\d+<[^>]*-wal>/#) {
                if line.contains("<unfinished") { syncing.insert(thread) } else if line.hasSuffix("= 0") { ranges = [] }
            }
        }
        return ranges
    }
}

private let canTrace: Bool = Command.run(["/usr/bin/strace", "-o", "/dev/null", "true"]) == 0
