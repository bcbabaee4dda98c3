// Whether a sender's lanes get on, for whoever restarts what hangs. A lane that waits for work, for a limit or for the next attempt
// may do so for hours; one that posts or settles is done within the time-outs, or hangs.

extension Sender {
    /// What a step may take beyond the time-outs of its request: settling on a slow disk, mostly.
    private static let stepSlack = Duration.seconds(60)

    /// False once a lane has been busy for longer than a request may take. Does not return while the sender itself hangs.
    package var isAlive: Bool {
        let longest = configuration.timeouts.connect + configuration.timeouts.response + Self.stepSlack
        let now = clock.now()
        return !busySince.values.contains { now - $0 > longest }
    }

    /// Waits for a ring after `seen`, for at most `timeout`; nil: without end.
    func rest(_ lane: Int, after seen: UInt64, timeout: Duration?) async {
        busySince[lane] = nil
        await bell.rung(after: seen, timeout: timeout, clock)
        busySince[lane] = clock.now()
    }
}
