// How much the trace keeps of what became of calls, and for how long.

package struct TraceLimits: Hashable, Sendable {
    /// Milliseconds since something became of a call.
    package var ageMaxMS: Int64
    /// A call counts for each destination and each thing that became of it.
    package var callsMax: Int

    package init(ageMaxMS: Int64, callsMax: Int) {
        self.ageMaxMS = ageMaxMS
        self.callsMax = callsMax
    }
}
