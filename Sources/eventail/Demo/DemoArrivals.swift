// What the demo's receiver has accepted: printed at once, counted for the end.

import Agent
import Foundation
import Receiver
import Synchronization

/// What the demo looks at in a call.
struct DemoCall {
    let type: String
    let messageID: String
    let person: String
    let what: String

    init?(_ json: some Sequence<UInt8>) {
        guard let call = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any], let type = call["type"] as? String,
            let messageID = call["messageId"] as? String
        else { return nil }
        self.type = type
        self.messageID = messageID
        person = call["userId"] as? String ?? "(anonymous)"
        let payload = (call["properties"] ?? call["traits"]) as? [String: Any] ?? [:]
        what =
            call["event"] as? String ?? call["name"] as? String ?? payload.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
    }
}

final class DemoArrivals: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// How often each message id has arrived.
    var ids: [String: Int] { counts.withLock { $0 } }

    func includes(_ expected: Set<String>) -> Bool {
        counts.withLock { counts in expected.allSatisfy { counts[$0] != nil } }
    }

    func add(_ calls: [AcceptedCall]) {
        for accepted in calls {
            guard let call = DemoCall(accepted.json) else { continue }
            counts.withLock { $0[call.messageID, default: 0] += 1 }
            show(call, isAgain: accepted.isDuplicate)
        }
    }

    private func show(_ call: DemoCall, isAgain: Bool) {
        let type = call.type.padding(toLength: 8, withPad: " ", startingAt: 0)
        let person = Printable.text(call.person).truncated(to: 24).padding(toLength: 26, withPad: " ", startingAt: 0)
        let what = Printable.text(call.what).truncated(to: 60)
        let note = isAgain ? "  (again, same id)" : ""
        guard StandardStream.output.isColored else { return print("\(type)  \(person)\(what)\(note)", to: .output) }
        let color = ["identify": 32, "track": 33, "page": 36][call.type] ?? 35
        print("\u{1B}[\(color)m\(type)\u{1B}[0m  \(person)\u{1B}[2m\(what)\u{1B}[0m\(note)", to: .output)
    }
}

extension String {
    fileprivate func truncated(to charactersMax: Int) -> String {
        count <= charactersMax ? self : "\(prefix(charactersMax - 1))…"
    }
}
