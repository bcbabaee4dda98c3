// From a line in a file to the receiver, with nothing queued: how long it takes, and that nothing is waited for.

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct LatencyTests {
    /// From the writing of line `number`, after a quiet time, to its arrival, in milliseconds.
    private func latency(_ number: Int, _ scene: Scene) async throws -> Double {
        let before = DispatchTime.now().uptimeNanoseconds
        try await eventually("a quiet time") { DispatchTime.now().uptimeNanoseconds - before > 400_000_000 }
        let written = DispatchTime.now().uptimeNanoseconds
        try scene.folder.append(Scene.line(number), to: "log/app.log")
        try await eventually("line \(number) arrives") { scene.receiver.requests.count > number }
        return Double(scene.receiver.requests[number].atNanoseconds - written) / 1e6
    }

    @Test func aLoneLineArrivesLongBeforeTheDelayForBatchesEnds() async throws {
        let scene = try await Scene()
        try scene.folder.write(
            scene.folder.text("eventail.yaml").replacing("max_delay: 50ms", with: "max_delay: 60s"), to: "eventail.yaml")
        let agent = try scene.start()
        try await eventually("the agent runs") { agent.error.contains("running") }
        let milliseconds = try await latency(0, scene)
        #expect(milliseconds < 20_000)
        #expect(try await agent.stop().status == 0)
    }

    @Test func withoutADelayALineArrivesAsSoonAsItIsStored() async throws {
        let scene = try await Scene()
        try scene.folder.write(
            scene.folder.text("eventail.yaml").replacing("max_delay: 50ms", with: "max_delay: 0s"), to: "eventail.yaml")
        let agent = try scene.start()
        _ = try await latency(0, scene)
        var milliseconds: [Double] = []
        for number in 1...15 { milliseconds.append(try await latency(number, scene)) }
        milliseconds.sort()
        print("from line to receiver: median \(milliseconds[7].rounded()) ms, slowest \(milliseconds[14].rounded()) ms")
        // Much, for a busy machine.
        #expect(milliseconds[7] < 1_000)
        #expect(try await agent.stop().status == 0)
    }
}
