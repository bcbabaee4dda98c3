// One request outside of the outbox, for a person who wants to see what the receiver says to it: a single attempt, without
// limits and without books.

import AsyncHTTPClient

package enum SingleRequest {
    /// - Parameter calls: encoded calls joined by commas. None at all asks about key and address alone: a receiver refuses an empty
    ///   batch (400) after it has looked at the key (401).
    package static func post(_ calls: [UInt8], to configuration: DestinationConfiguration, sentAtMS: Int64) async -> Answer {
        let body = Envelope.body(sentAtMS: sentAtMS, callsByteCount: calls.count) { $0 += calls }
        do {
            return try await HTTPClient.withHTTPClient(configuration: Transport.clientConfiguration(configuration)) { client in
                await Transport(client, configuration).post(body, failures: 0)
            }
        } catch {
            return .failed("\(error)")
        }
    }
}
