// The agent as a process on a live journald: killed, rotated, flushed and vacuumed while messages flow.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: LiveJournal.isAvailable, LiveJournal.whyNot))
struct JournalAgentTests {
    private static let source = "    journald: { identifiers: [shop], start_at: beginning }"

    @Test func everyMessageArrivesOnceThoughTheAgentIsKilledFiftyTimesAndTheJournalIsRotatedFlushedAndVacuumed() async throws {
        let journal = try await LiveJournal()
        let scene = try await Scene(files: Self.source, settings: "trace: {}")
        var agent = try scene.start(launcher: journal.launcher)
        var count = 0
        for round in 0..<50 {
            let arrived = scene.receiver.requests.count
            let end = count + 10 + round % 7 * 10
            try journal.log((count..<end).map(Scene.line).joined())
            count = end
            // At differing moments of reading, committing and sending.
            if round % 3 == 0 { try await eventually("a request") { scene.receiver.requests.count > arrived } }
            if round % 5 == 1 { try journal.control("--rotate") }
            if round % 12 == 11 {
                // What was read may go: nothing of it is missing.
                try await eventually("all calls so far arrive") { try scene.arrivedCalls().count >= count }
                try journal.control("--rotate")
                try journal.control("--vacuum-files=1")
            }
            if round == 20 { try journal.control("--flush") }
            agent.kill()
            if round % 7 == 3 {
                try journal.log((count..<count + 20).map(Scene.line).joined())
                count += 20
                try journal.control("--rotate")
            }
            if round == 30 { try journal.control("--relinquish-var") }
            if round == 40 { try journal.control("--flush") }
            agent = try scene.start(launcher: journal.launcher)
        }
        // What the last agent alone can deliver, so that it is known to be at work before it is told to stop.
        try journal.log(Scene.line(count))
        count += 1
        try await eventually("all calls arrive") { try scene.arrivedCalls().count >= count }
        try await expectTrace(of: (0..<count).count { $0 % 7 == 3 }, scene)
        let outcome = try await agent.stop()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<count))
        // Had an entry been read twice, more calls would have been derived than there are messages.
        #expect(try await scene.derivedTotal() == count)
    }

    /// Whatever was sent again after a kill, it was settled once.
    private func expectTrace(of count: Int, _ scene: Scene) async throws {
        try await eventually("all calls are settled") {
            try await Program.run("status", "--config", scene.configuration).output.contains(#/ 0 waiting/#)
        }
        let traced = try await Program.run("trace", "--config", scene.configuration, "--user", "u3", "--limit", "1000", "--json")
        #expect(traced.lines.count == count)
        for line in traced.lines {
            #expect(
                line.contains(#/"realtime_us":\d+/#) && !line.contains(#""offset""#) && line.matches(of: #/"what":"delivered"/#).count == 1)
        }
        #expect(
            try await Program.run("trace", "--config", scene.configuration, "--user", "u3").output.contains("  read from shop  journal, 20")
        )
    }

    @Test func whatWasVacuumedBeforeItWasReadIsSaidAndTheRestArrives() async throws {
        let journal = try await LiveJournal()
        let scene = try await Scene(files: Self.source)
        var agent = try scene.start(launcher: journal.launcher)
        try journal.log((0..<10).map(Scene.line).joined())
        try await eventually("the first calls arrive") { try scene.arrivedCalls().count == 10 }
        #expect(try await agent.stop().status == 0)
        try journal.log((10..<20).map(Scene.line).joined())
        try journal.control("--rotate")
        try journal.control("--vacuum-files=1")
        try journal.log((20..<30).map(Scene.line).joined())
        agent = try scene.start(launcher: journal.launcher)
        try await eventually("the rest arrives") { try scene.arrivedCalls().count == 20 }
        let outcome = try await agent.stop()
        #expect(outcome.error.contains("journal entries are missing"))
        #expect(outcome.error.contains("missing_seconds"))
        #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(0..<10) + Array(20..<30))
    }

    @Test func namespaceScopeAndBootChooseAmongTheJournalsOfTheMachine() async throws {
        let journal = try await LiveJournal()
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            .filter(\.isHexDigit)
        let folder = try JournalFolder()
        func add(_ numbers: Range<Int>, boot: String = JournalFolder.boot, at place: String) throws {
            let name = "\(numbers.lowerBound).journal"
            let entries = numbers.map {
                WrittenEntry($0, ("MESSAGE", String(Scene.line($0).dropLast())), ("SYSLOG_IDENTIFIER", "shop"), boot: boot)
            }
            try folder.write(entries, to: name)
            try journal.add(folder.file(name), at: place)
        }
        try add(0..<5, at: "ID/system@0000-01.journal")
        try add(5..<10, boot: boot, at: "ID/system@0000-02.journal")
        try add(10..<15, at: "ID/user-\(geteuid()).journal")
        try add(15..<20, at: "ID.apps/system.journal")
        try add(20..<25, at: "fedcba98765432100123456789abcdef/system.journal")
        for (options, expected) in [
            ("", 0..<15), ("namespace: apps, ", 15..<20), ("namespace: +apps, ", 0..<20), ("namespace: '*', ", 0..<20),
            ("scope: system, ", 0..<10), ("scope: user, ", 10..<15), ("boot: current, ", 5..<10),
        ] {
            let scene = try await Scene(files: "    journald: { \(options)identifiers: [shop], start_at: beginning }")
            let agent = try RunningProgram(
                ["run", "--config", scene.configuration, "--once", "--give-up-after", "30s"], launcher: journal.launcher)
            let outcome = try await agent.end()
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(try scene.arrivedCalls().values.map(\.number).sorted() == Array(expected), "\(options)")
        }
    }
}
