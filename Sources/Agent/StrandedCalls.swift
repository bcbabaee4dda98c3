// Calls that wait for a destination which is not configured any more: nobody sends them, so somebody has to be told.

import Documents
import Logging
import Store

struct StrandedCalls: Sendable {
    let destination: String
    let calls: Int

    /// What waits in the store for others than `destinations`.
    static func find(_ store: SenderStore, besides destinations: [String]) async throws(StoreError) -> [StrandedCalls] {
        try await store.waiting(besides: destinations).map { StrandedCalls(destination: $0.destination, calls: $0.calls) }
    }

    /// The same from what was read already.
    static func find(_ books: StoreBooks, besides destinations: [String]) -> [StrandedCalls] {
        books.waiting(besides: destinations).map { StrandedCalls(destination: $0.destination, calls: $0.calls) }
    }

    /// The same from another process than the agent's; empty where there is no state, or none that may be read.
    static func find(directory: String, besides destinations: [String]) -> [StrandedCalls] {
        let found = try? OutboxLedger.open(directory: directory).waiting(besides: destinations)
        return found?.map { StrandedCalls(destination: $0.destination, calls: $0.calls) } ?? []
    }

    /// For people.
    var text: String {
        "\(calls) call\(calls == 1 ? " waits" : "s wait") for the destination \(quoted(destination)), which is not configured"
    }

    var hint: String { "configure it again, or drop them: `eventail outbox drop --destination \(destination)`" }
}

extension Logger {
    /// Says what waits for nobody.
    func tell(of stranded: [StrandedCalls]) {
        for stranded in stranded {
            warning(
                "calls wait for a destination that is not configured",
                metadata: ["destination": "\(stranded.destination)", "calls": "\(stranded.calls)", "hint": "\(stranded.hint)"])
        }
    }
}
