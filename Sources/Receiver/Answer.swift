// What the receiver answers to one request.

struct Answer: Sendable {
    let status: Int
    /// JSON.
    let body: String
    var retryAfterSeconds: Int?
}
