// Where calls go: the vendor or the URL, the key's source, and how fast.

package import Documents

/// One destination.
package struct DestinationSettings: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case customerio, segment, rudderstack, jitsu

        /// Whether the vendor has an address of its own, so that `url` may be left out.
        var hasOwnAddress: Bool { self == .customerio || self == .segment }
    }

    package enum Region: String, CaseIterable, Sendable {
        case us, eu
    }

    /// When a request is full enough to leave.
    package struct Batch: Hashable, Sendable {
        package var bytesMax = Self.bytesMaxDefault
        package var callsMax = Self.callsMaxDefault
        /// How long a call that follows others waits for company; may be 0.
        package var delayMaxMilliseconds = Self.delayMaxMillisecondsDefault

        /// Safely below the API's 500 KB.
        package static let bytesMaxDefault = 475_000
        /// One call of the largest size with its envelope must fit; the API refuses 1 MB and more.
        package static let bytesMaxRange = 32_100...1_000_000
        package static let callsMaxDefault = 1_000
        package static let callsMaxRange = 1...1_000
        package static let delayMaxMillisecondsDefault = 1_000
    }

    /// Token buckets; 0 is no limit.
    package struct RateLimit: Hashable, Sendable {
        package var requestsPerSecond = Self.requestsPerSecondDefault
        package var callsPerSecond = 0.0
        package var bytesPerSecond = 0
        /// Requests that may leave at once after a pause.
        package var burst = Self.burstDefault

        /// Many agents may share the vendor's limit.
        package static let requestsPerSecondDefault = 5.0
        package static let burstDefault = 10
        package static let burstRange = 1...10_000
    }

    /// The waits between attempts: doubling from the first to the longest.
    package struct Retry: Hashable, Sendable {
        package var initialMilliseconds = Self.initialMillisecondsDefault
        package var maxMilliseconds = Self.maxMillisecondsDefault

        package static let initialMillisecondsDefault = 500
        package static let maxMillisecondsDefault = 60_000
    }

    package struct Timeouts: Hashable, Sendable {
        package var connectMilliseconds = Self.connectMillisecondsDefault
        /// From the request's start until the receiver's system has taken its last byte.
        package var writeMilliseconds = Self.writeMillisecondsDefault
        /// From the request's start to the end of the answer.
        package var responseMilliseconds = Self.responseMillisecondsDefault

        package static let connectMillisecondsDefault = 5_000
        package static let writeMillisecondsDefault = 15_000
        package static let responseMillisecondsDefault = 30_000
    }

    package enum ProxyChoice: Hashable, Sendable {
        /// What `https_proxy`, `http_proxy` and `no_proxy` say.
        case environment
        /// None, whatever they say.
        case none
        case address(PlacedText)
    }

    /// `default` for the one under `destination:`.
    package var name: String
    package var kind: Kind
    /// Used when neither the key nor `url` says.
    package var region: Region
    /// http or https, without a final slash; `/batch` is appended. Nil: the kind's own.
    package var url: String?
    package var apiKey: APIKeySource
    /// Whether the receiver is asked to refuse what it would else throw away (`X-Strict-Mode`).
    package var isStrict: Bool
    package var batch: Batch
    package var rateLimit: RateLimit
    package var retry: Retry
    package var timeouts: Timeouts
    /// Requests in flight at once.
    package var lanes: Int
    /// A file of authorities (PEM) that are trusted instead of the system's. There is no way to trust everyone.
    package var authoritiesFile: PlacedText?
    package var proxy: ProxyChoice
    /// Reserved event names (they change or delete people) that rules may send here.
    package var allowedReservedEvents: [String]
    /// Where the destination is written.
    package var place: Place

    package static let nameDefault = "default"
    package static let kindDefault = Kind.customerio
    package static let regionDefault = Region.us
    package static let isStrictDefault = true
    package static let lanesDefault = 4
    /// There are 64 slots to share among the lanes.
    package static let lanesRange = 1...64
}
