// What a receiver says to a request that a person made, in words.

import Delivery

package struct ReceiverReply: Sendable {
    /// Whether the receiver does what was hoped for.
    package let isGood: Bool
    /// One line, and another one with what to do.
    package let text: String

    /// Sends an empty batch to `destination`: a receiver looks at the key before it refuses that.
    init(askingFor destination: DestinationConfiguration) async {
        let answer = await SingleRequest.post([], to: destination, sentAtMS: Clock.wallMilliseconds())
        let isKeyTaken = [.deliver, .bisect, .halve].contains(AnswerDecision(answer))
        self.init(destination, answer, success: isKeyTaken ? "the receiver takes the key" : nil)
    }

    /// Sends `call` to `destination`, once.
    init(sending call: [UInt8], to destination: DestinationConfiguration) async {
        let answer = await SingleRequest.post(call, to: destination, sentAtMS: Clock.wallMilliseconds())
        let isAccepted = AnswerDecision(answer) == .deliver && !answer.isDoubtful
        self.init(destination, answer, success: isAccepted ? "accepted (\(answer.excerpt))" : nil)
    }

    private init(_ destination: DestinationConfiguration, _ answer: Answer, success: String?) {
        isGood = success != nil
        let subject = "destination \(destination.name)"
        if let success {
            text = "\(subject): \(success)"
            return
        }
        var lines = ["eventail: \(subject) at \(destination.endpoint.url): \(Printable.text(Self.reason(answer)))"]
        if let hint = Self.hint(answer) { lines.append("  hint: \(hint)") }
        text = lines.joined(separator: "\n")
    }

    private static func reason(_ answer: Answer) -> String {
        switch (AnswerDecision(answer), answer) {
        case (.hold, .status(let code, _, _)): "\(hold(code).reason): \(answer.excerpt)"
        case (.deliver, _): "accepted, but the answer speaks of an error: \(answer.excerpt)"
        case (.bisect, _), (.halve, _): "refused: \(answer.excerpt)"
        case (.retry, .status): "not now: \(answer.excerpt)"
        default: answer.excerpt
        }
    }

    private static func hint(_ answer: Answer) -> String? {
        switch (AnswerDecision(answer), answer) {
        case (.hold, .status(let code, _, _)): hold(code).hint
        case (.retry, .status): "an agent would try again; do so later"
        case (.retry, .failed): "check `url`, `proxy` and the network"
        default: nil
        }
    }

    private static func hold(_ status: Int) -> Hold { Hold(status: status, lane: 0, now: .zero) }
}
