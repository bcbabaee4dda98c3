// Everything at once: logs that are written and rotated in every way, a receiver that fails in every way, and an agent that is
// killed at random instants. What the receiver accepts in the end is exactly what was written, under the message ids that
// `derive` gives, read once, and in order for each person.
//
// EVENTAIL_TORTURE_KILLS sets how often the agent is killed, EVENTAIL_TORTURE_SEED what the random numbers begin with. Instants are
// the machine's, so a seed repeats the actions, not the run.

import Agent
import Foundation
import RandomSupport
import Synchronization
import TestSupport
import Testing

@Suite(.serialized)
struct TortureTests {
    @Test func nothingIsLostOrDoubledWhateverHappensAtOnce() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["EVENTAIL_TORTURE_KILLS"].flatMap { Int($0) } ?? 15
        let seed = environment["EVENTAIL_TORTURE_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 40)
        let torture = try await Torture(seed: seed)
        var faults: [String] = []
        do {
            try await torture.run(kills: kills)
            faults = try await torture.faults()
        } catch {
            faults = ["\(error)"] + torture.missing.map { "lost: \(torture.place($0))" }
        }
        #expect(faults.isEmpty, "seed \(seed), kills \(kills)\n\(faults.prefix(20).joined(separator: "\n"))\n\(torture.story)")
    }
}

private final class Torture {
    private let weather: Weather
    private let scene: Scene
    private let logs: [TorturedLog]
    private var random: SeededRandom
    private var agent: RunningProgram
    private var lastNumber = 0
    private var accepted: Set<Int> = []
    private var idsByNumber: [Int: String] = [:]
    /// Calls by message id, as they were sent.
    private var calls: [String: Call] = [:]
    private var latest: [String: Int] = [:]
    private var complaints: [String] = []
    private var acceptedCount = 0
    private var parsedCount = 0
    private var actions: [String] = []
    private let start = ContinuousClock.now

    /// Contents would grow without end if each outgrew the one before it.
    private static let burstBytesMax = 30_000

    init(seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        let weather = Weather(seed: seed)
        self.weather = weather
        scene = try await Scene(
            ScriptedReceiver { _, _ in weather.reply() },
            files: """
                    files: ['log/*.log']
                    start_at: beginning
                    poll_interval: 50ms
                """, destination: "  timeouts: { response: 1s }")
        let folder = scene.folder
        logs = try [("shop", .numbered), ("web", .dated), ("api", .copyAndTruncate)].map { try TorturedLog($0, in: folder, rotation: $1) }
        agent = try scene.start()
    }

    func run(kills: Int) async throws {
        // A file that comes and is rotated away before it was seen once is beyond any reader.
        for log in logs { try log.write(numbers(1...3)) }
        try await eventually("the first lines arrive") {
            try noteAccepted()
            return accepted.count == lastNumber
        }
        for kill in 1...max(1, kills) where complaints.isEmpty {
            weather.change()
            let life = ContinuousClock.now + .milliseconds(random.number(in: 0...600))
            while ContinuousClock.now < life { try await act() }
            if kill % 10 == 5 {
                tell("stop")
                weather.clear()
                try await eventually("the agent runs") { agent.error.contains("running") }
                let outcome = try await agent.stop()
                #expect(outcome.status == 0, "\(outcome.error)")
            } else {
                tell("kill \(kill)")
                if !agent.isRunning { complaints.append("the agent ended by itself: \(agent.error)") }
                agent.kill()
            }
            tell(agent.error)
            try noteAccepted()
            for complaint in complaints { tell("    " + complaint) }
            for _ in 0..<random.number(in: 0...3) { try await act() }
            tell("start")
            agent = try scene.start()
        }
        weather.clear()
        for log in logs { try log.write(numbers(1...1)) }
        try await eventually("all arrive") {
            try noteAccepted()
            return missing.isEmpty
        }
        let outcome = try await agent.stop()
        #expect(outcome.status == 0, "\(outcome.error)")
        let last = try await scene.runOnce()
        #expect(last.status == 0, "\(last.error)")
    }

    /// What had to arrive and did not.
    var missing: [Int] {
        logs.flatMap { log in log.written.keys.filter { !accepted.contains($0) && !log.excused.contains($0) } }.sorted()
    }

    var story: String { actions.suffix(400).joined(separator: "\n") }

    func faults() async throws -> [String] {
        try noteAccepted()
        var faults = complaints + missing.map { "lost: \(place($0))" }
        let derived = try await scene.derivedCalls(logs.flatMap(\.keptFiles))
        for call in derived.values where accepted.contains(call.number) && idsByNumber[call.number] != call.messageID {
            faults.append("\(call.number) arrived as \(idsByNumber[call.number] ?? "-"), not as \(call.messageID)")
        }
        // Had a record been read twice, more calls would have been derived than lines arrived.
        let totals = try await scene.totals()
        if totals.callsDerived != accepted.count { faults.append("\(totals.callsDerived) derived of \(accepted.count) lines") }
        if totals.discarded != 0 { faults.append("\(totals.discarded) discarded") }
        return faults
    }

    private func act() async throws {
        let log = random.oneOf(logs)
        switch random.number(in: 0...29) {
        case 0...12:
            let lines = numbers(1...random.number(in: 1...20))
            tell("write \(lines.first!)-\(lines.last!)")
            try log.write(lines)
        case 13...14:
            try log.writePart(numbers(1...1)[0])
        case 15...20:
            try noteAccepted()
            let late = Bool.random(using: &random) ? numbers(1...1).first : nil
            tell("rotate \(log.keptFiles.last!), late \(late ?? 0)")
            let size = log.size
            try log.rotate(late: late, accepted: accepted)
            try growPast(size, log)
        case 21...23:
            tell("compress")
            try log.compress(random.oneOf(["gzip", "zstd", "xz"]), &random)
        case 24:
            try noteAccepted()
            tell("expire")
            try log.expire(accepted: accepted)
        case 25:
            try noteAccepted()
            guard random.number(in: 0...2) == 0 else { return }
            tell("truncate or delete")
            let size = log.size
            if Bool.random(using: &random) { try log.truncate(accepted: accepted) } else { try log.deleteLive(accepted: accepted) }
            try growPast(size, log)
        case 26...27:
            weather.change()
        default:
            let instant = ContinuousClock.now + .milliseconds(random.number(in: 0...120))
            try await eventually("an instant has come") { ContinuousClock.now >= instant }
        }
    }

    /// A new content is often longer than the one before it by the time it is looked at: then nothing but content tells them apart.
    private func growPast(_ size: Int, _ log: TorturedLog) throws {
        guard size < Self.burstBytesMax, log.size < size, Bool.random(using: &random) else { return }
        tell("grow past \(size)")
        while log.size <= size { try log.write(numbers(1...20)) }
    }

    private func numbers(_ range: ClosedRange<Int>) -> [Int] {
        defer { lastNumber += range.count }
        return range.map { lastNumber + $0 }
    }

    /// Takes note of what was accepted since the last call, in the order of acceptance.
    private func noteAccepted() throws {
        // In this order: a request is there before it is accepted.
        let acceptedIDs = scene.receiver.accepted
        let requests = scene.receiver.requests
        for request in requests[parsedCount...] {
            for call in try Call.all(inBody: request.body) { calls[call.messageID] = call }
        }
        parsedCount = requests.count
        for id in acceptedIDs[acceptedCount...] {
            let call = try #require(calls[id])
            guard accepted.insert(call.number).inserted else {
                if idsByNumber[call.number] != id { complaints.append("\(call.number) arrived twice, also as \(id)") }
                continue
            }
            idsByNumber[call.number] = id
            try #require(logs.contains { $0.written[call.number] != nil }, "\(call.number) was never written")
            let before = latest[call.userId] ?? call.number
            if call.number < before {
                complaints.append("\(place(call.number)) of \(call.userId) arrived after \(place(before))")
            }
            latest[call.userId] = call.number
        }
        acceptedCount = acceptedIDs.count
    }

    func place(_ number: Int) -> String {
        "\(number) in \(logs.compactMap { $0.keptFile(of: number) })"
    }

    private func tell(_ what: String) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        actions.append("\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms: \(what)")
    }
}

/// What the receiver does for a while, and then something else.
private final class Weather: Sendable {
    private struct State {
        var random: SeededRandom
        var replies: [Reply] = [.ok]
    }

    private let state: Mutex<State>

    private static let kinds: [[Reply]] = [
        [.ok], [.ok], [.answer(503), .answer(500), .ok], [.answer(429, headers: ["Retry-After": "0"]), .ok],
        [.close, .ok], [.silence, .ok, .ok], [.answer(200, afterMS: 40)],
        // Accepted, though the agent cannot know.
        [.liar(200), .ok],
        [.ok, .answer(503), .answer(429), .close, .liar(200), .answer(200, afterMS: 200)],
    ]

    init(seed: UInt64) {
        state = Mutex(State(random: SeededRandom(seed: seed &+ 1)))
    }

    func change() { state.withLock { $0.replies = $0.random.oneOf(Self.kinds) } }

    func clear() { state.withLock { $0.replies = [.ok] } }

    func reply() -> Reply { state.withLock { $0.random.oneOf($0.replies) } }
}
