// A dead letter as people and programs read it.

import Calls
import Store

package struct DeadLetterText: Sendable {
    private let stored: StoredDeadLetter

    init(_ stored: StoredDeadLetter) {
        self.stored = stored
    }

    package var id: Int64 { stored.id }
    package var destination: String { stored.letter.destination }
    /// The call's JSON, as it would be sent.
    package var call: [UInt8] { stored.letter.call }
    /// When it became a dead letter: RFC 3339, UTC.
    package var time: String { CallTime(milliseconds: stored.letter.atMS).text }
    private var source: Substring { stored.source.prefix { $0 != ":" } }
    private var path: Substring { stored.source.dropFirst(source.count + 1) }
    private var reasonText: String { DeadLetter.Reason(rawValue: stored.reason)?.text ?? stored.reason }

    /// One line: id, time, destination, rule, reason, and the beginning of what the receiver said.
    package var line: String {
        let answer = stored.letter.answer.map { " (\(String($0.prefix(Self.answerLengthMax))))" } ?? ""
        return Printable.text("\(id)  \(time)  \(destination)  \(stored.rule)  \(reasonText)\(answer)")
    }

    /// Everything, a line each, and the call.
    package var page: [String] {
        [
            "dead letter \(id)", "  destination  \(destination)", "  reason       \(reasonText)",
            "  answer       \(stored.letter.answer ?? "none")", "  rule         \(stored.rule)", "  source       \(source)",
            "  file         \(path), byte \(stored.letter.offset)", "  since        \(time)",
            "  call         \(String(decoding: call, as: UTF8.self))",
        ].map(Printable.text)
    }

    /// One JSON object: `id`, `destination`, `reason` (a word), `answer` (left out where there was none), `rule`, `source`, `file`,
    /// `offset`, `time`, `call`.
    package var json: [UInt8] {
        var bytes = Array("{\"id\":\(id)".utf8)
        func member(_ name: String, _ text: some StringProtocol) {
            bytes += Array(",\"\(name)\":".utf8)
            bytes.appendJSONString(Array(text.utf8).span)
        }
        member("destination", destination)
        member("reason", stored.reason)
        if let answer = stored.letter.answer { member("answer", answer) }
        member("rule", stored.rule)
        member("source", source)
        member("file", path)
        bytes += Array(",\"offset\":\(stored.letter.offset)".utf8)
        member("time", time)
        return bytes + Array(",\"call\":".utf8) + call + [UInt8(ascii: "}")]
    }

    /// Characters of an answer that a line shows.
    private static let answerLengthMax = 60
}
