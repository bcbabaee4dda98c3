// The persisted counters of a state directory, summed up.

import Store

package struct StateTotals: Sendable {
    package private(set) var recordsRead = 0
    package private(set) var callsDerived = 0
    package private(set) var delivered = 0
    package private(set) var deadLettered = 0
    package private(set) var discarded = 0
    package private(set) var filesLost = 0
    package private(set) var bytesLost = 0
    package private(set) var invalidSequences = 0

    /// Reads them while no agent runs.
    package init(directory: String) async throws(AgentError) {
        do {
            let store = try Store.open(directory: directory)
            defer { store.close() }
            self.init(try await store.sender.counters())
        } catch {
            throw AgentError(error)
        }
    }

    init(_ counters: [Counter: Int64]) {
        for (counter, count) in counters {
            switch counter.name {
            case "records_read": recordsRead += Int(count)
            case "derived": callsDerived += Int(count)
            case "delivered": delivered += Int(count)
            case "dead_lettered": deadLettered += Int(count)
            case "discarded": discarded += Int(count)
            case "files_lost": filesLost += Int(count)
            case "invalid_sequences": invalidSequences += Int(count)
            case "bytes_lost": bytesLost += Int(count)
            default: break
            }
        }
    }
}
