// Whether the pipeline's loop and the senders' lanes get on, for whoever restarts what hangs.

import Delivery

struct Liveness: Sendable {
    let control: PipelineControl
    let crew: SenderCrew

    /// How long a turn of the pipeline's loop may take until it counts as one that hangs; a commit on a slow disk takes seconds.
    static let turnSeconds = 5.0

    /// Does not return while a sender cannot even answer.
    func areSendersAlive() async -> Bool {
        for sender in crew.senders where await !sender.isAlive { return false }
        return true
    }

    /// What hangs; nil: nothing. Like `areSendersAlive` it may not return.
    func hanging() async -> String? {
        let (turns, clock) = (control.turns, ContinuousClock())
        let deadline = clock.now + .seconds(Self.turnSeconds)
        // A loop that only waits takes a turn for this.
        control.wakeup.ring()
        while control.turns == turns {
            guard clock.now < deadline, (try? await clock.sleep(for: .milliseconds(10))) != nil else { return "the pipeline" }
        }
        return await areSendersAlive() ? nil : "a sender"
    }
}
