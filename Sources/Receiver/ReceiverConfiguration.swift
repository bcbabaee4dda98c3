// How the receiver is run, and its limits.

import Calls

package struct ReceiverConfiguration: Sendable {
    package var address = ListenAddress.standard
    /// The only API key that is accepted; nil: any that is well formed.
    package var apiKey: String?
    package var faults = FaultPlan()
    /// The most bytes of one call.
    package var callBytesMax = CallLimits.callBytesMax
    /// The most bytes of a request's body. The real API takes less than 1 MB.
    package var bodyBytesMax = CallLimits.batchBytesMax
    /// A request that has not come whole after so many seconds is cut off, as is a connection that is silent for so long.
    package var requestSeconds = 30
    /// Connections beyond these wait to be accepted. With `bodyBytesMax` this bounds the memory of requests under way.
    package var connectionsMax = 64
    /// How many message ids are remembered to recognise duplicates; about 100 bytes each.
    package var rememberedIDsMax = 1_000_000

    package init() {}
}
