// The state in which nothing is sent but a slow probe: one call at a time, each time from another lane, until one is
// accepted. Everything waits on disk meanwhile.

package struct Hold: Sendable {
    /// Why, for people.
    package let reason: String
    /// What to do about it.
    package let hint: String
    /// Whether the receiver refused call after call. Then a refused probe proves nothing; after the other causes it proves
    /// that they are gone.
    package let isRefusal: Bool
    private var nextProbe: Duration
    private var probingLane: Int?
    private var lastLane: Int

    package static let probeInterval = Duration.seconds(60)

    /// - Parameter lane: where it began.
    package init(status: Int, lane: Int, now: Duration) {
        (reason, hint) =
            switch status {
            case 401, 403: ("the receiver does not accept the key (\(status))", "check `api_key`, and `region` or `url`")
            case 404: ("the receiver does not know the address (404)", "check `url`: /batch is appended to it")
            case 300...399: ("the receiver redirects (\(status)), which is not followed", "set `url` to the final address")
            default: ("the receiver answers \(status)", "check that `url` and `kind` name a receiver of batches")
            }
        isRefusal = false
        nextProbe = now + Self.probeInterval
        lastLane = lane
    }

    /// After a run of refusals.
    package init(refusing answer: String, lane: Int, now: Duration) {
        reason = "the receiver refuses every call (\(answer))"
        hint = "the calls wait again; check the receiver's own log, and `kind`"
        isRefusal = true
        nextProbe = now + Self.probeInterval
        lastLane = lane
    }

    /// When a lane may probe next; nil while one does.
    package var probeAt: Duration? { probingLane == nil ? nextProbe : nil }

    /// Whether it is the turn of `lane`, given the lanes that have something to send.
    package func isTurn(of lane: Int, lanes: Int, hasWork: (Int) -> Bool) -> Bool {
        let turn = (1...lanes).lazy.map { (self.lastLane + $0) % lanes }.first(where: hasWork)
        return turn == lane
    }

    package func isProbing(_ lane: Int) -> Bool { probingLane == lane }

    package mutating func beginProbe(_ lane: Int) {
        probingLane = lane
        lastLane = lane
    }

    /// The probe of `lane`, if there is one, ended without changing anything.
    package mutating func endProbe(_ lane: Int, now: Duration) {
        guard probingLane == lane else { return }
        probingLane = nil
        nextProbe = now + Self.probeInterval
    }
}
