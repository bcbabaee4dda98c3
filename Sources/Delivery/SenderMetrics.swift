// What a sender measures through swift-metrics: once a request, never once a call.

import CoreMetrics

package struct SenderMetrics: Sendable {
    private let destination: String
    private let factory: any MetricsFactory
    private let duration: CoreMetrics.Timer
    private let bytes: CoreMetrics.Counter

    /// Requests by what became of them; `status` is the answer's code, or `failed` where there was none.
    package static let requests = "eventail_requests_total"
    package static let requestBytes = "eventail_request_bytes_total"
    /// From the request's start to the end of its answer, or to its failure.
    package static let requestSeconds = "eventail_request_seconds"

    init(destination: String, factory: any MetricsFactory) {
        self.destination = destination
        self.factory = factory
        duration = Timer(label: Self.requestSeconds, dimensions: [("destination", destination)], factory: factory)
        bytes = Counter(label: Self.requestBytes, dimensions: [("destination", destination)], factory: factory)
    }

    func note(_ answer: Answer, took: Duration, bodyBytes: Int) {
        let status =
            switch answer {
            case .status(let code, _, _): "\(code)"
            case .failed: "failed"
            }
        Counter(label: Self.requests, dimensions: [("destination", destination), ("status", status)], factory: factory).increment()
        bytes.increment(by: bodyBytes)
        duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
    }
}
