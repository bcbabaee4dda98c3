// Everything a sender has to know about its destination. The defaults are those of eventail.yaml.

import Calls

package struct DestinationConfiguration: Sendable {
    package struct BatchLimits: Sendable {
        /// One request's body with envelope and commas.
        package var bytesMax = CallLimits.batchBytesMax
        package var callsMax = CallLimits.batchCallsMax
        /// How long a call may wait for others to share its request: until so long after the last request of its lane, so that
        /// one that comes after a quiet time does not wait at all.
        package var delayMax = Duration.seconds(1)

        package init() {}
    }

    /// Delay, never drop. 0: no limit.
    package struct RateLimits: Sendable {
        package var requestsPerSecond = 5.0
        package var callsPerSecond = 0.0
        package var bytesPerSecond = 0.0
        /// How many requests may go at once after a quiet time.
        package var requestBurst = 10.0

        package init() {}
    }

    package struct RetryLimits: Sendable {
        /// The first delay's upper bound; it doubles with each attempt.
        package var delayInitial = Duration.milliseconds(500)
        package var delayMax = Duration.seconds(60)

        package init() {}
    }

    package struct Timeouts: Sendable {
        /// From the first packet to an open connection, TLS included.
        package var connect = Duration.seconds(5)
        /// From the request's start until the receiver's system has taken its last byte.
        package var write = Duration.seconds(15)
        /// From the request's start to the end of the answer.
        package var response = Duration.seconds(30)

        package init() {}
    }

    /// The name under which calls for this destination are stored.
    package var name: String
    package var endpoint: Endpoint
    package var authorization: Authorization
    /// The agent's version, for `User-Agent`.
    package var version: String
    /// Ask the receiver to refuse what it would otherwise throw away without a word (`X-Strict-Mode`).
    package var isStrict = true
    package var batch = BatchLimits()
    package var rate = RateLimits()
    package var retry = RetryLimits()
    package var timeouts = Timeouts()
    /// Trusted for TLS; nil: those of the system.
    package var authorities: TrustedAuthorities?
    package var proxy: Proxy?
    /// How long a call may wait before it becomes a dead letter; nil: for good.
    package var waitMax: Duration?
    /// Requests in flight at once, 1 to `Slot.count`.
    package var lanes = 4

    package init(name: String, endpoint: Endpoint, authorization: Authorization, version: String) {
        self.name = name
        self.endpoint = endpoint
        self.authorization = authorization
        self.version = version
    }
}
