// What the receiver has seen since it started. Requests for /healthz do not count.

package struct ReceiverCounts: Hashable, Sendable {
    package var requests = 0
    /// Calls accepted, the duplicates among them.
    package var accepted = 0
    /// Accepted calls whose id had been accepted before.
    package var duplicates = 0
    /// Requests that broke a rule.
    package var refused = 0
    /// Requests that met a fault of the plan; a bad request is refused and meets none.
    package var faults = 0

    package init() {}

    /// As the body of an answer.
    var json: String {
        #"{"requests":\#(requests),"accepted":\#(accepted),"duplicates":\#(duplicates),"refused":\#(refused),"faults":\#(faults)}"#
    }
}
