// Rings are never missed, by whoever waits.

import Delivery
import Testing

@Suite(.timeLimit(.minutes(5))) struct BellTests {
    @Test func aRingBeforeTheWaitIsNotMissed() async {
        let bell = Bell()
        let seen = bell.rings
        bell.ring()
        await bell.rung(after: seen)
    }

    @Test func everySleeperWakes() async {
        let bell = Bell()
        for _ in 0..<200 {
            let seen = bell.rings
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await bell.rung(after: seen) } }
                group.addTask { bell.ring() }
                await group.waitForAll()
            }
        }
    }

    @Test func cancellationWakesAtAnyMoment() async {
        let bell = Bell()
        for _ in 0..<200 {
            let sleeper = Task { await bell.rung(after: bell.rings) }
            if Bool.random() { await Task.yield() }
            sleeper.cancel()
            await sleeper.value
        }
    }

    @Test func aTimeoutEndsTheWait() async {
        let bell = Bell()
        await bell.rung(after: bell.rings, timeout: .seconds(2), .fast)
        await bell.rung(after: bell.rings, timeout: .zero, .fast)
    }
}
