// The sizes the API accepts, in bytes of serialized UTF-8. Checked before a call is stored or a batch is sent.

package enum CallLimits {
    /// One call (Customer.io: "32 KB"; its OpenAPI file allows 64 KB).
    package static let callBytesMax = 32_000
    /// One request body with envelope and commas (Customer.io: "500 KB"; its OpenAPI file: less than 1 MB).
    package static let batchBytesMax = 475_000
    /// Calls in one request.
    package static let batchCallsMax = 1_000
}
