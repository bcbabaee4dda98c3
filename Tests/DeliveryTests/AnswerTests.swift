// Answers: what is shown of them, and what is decided.

import Delivery
import Testing

@Suite struct AnswerTests {
    private func answer(_ status: Int, _ body: String) -> Answer {
        .status(status, retryAfter: nil, body: Array(body.utf8))
    }

    @Test func excerptsAreOneShortLineWithoutControlCharacters() {
        #expect(answer(400, "a\r\nb\u{1b}[2J\u{202e}c\u{2028}d").excerpt == "400: a  b [2J c d")
        #expect(answer(503, " \n").excerpt == "503")
        #expect(answer(400, String(repeating: "x", count: 5000)).excerpt == "400: " + String(repeating: "x", count: Answer.excerptBytesMax))
        #expect(Answer.failed("no route").excerpt == "no route")
    }

    @Test(arguments: [
        (#"{"error":"x"}"#, true), (#"{"ok":1,"errors" : [ {"m":1} ]}"#, true), (#"{"error": null, "errors": [1]}"#, true),
        (#"{"errors":[]}"#, false), (#"{"error": null}"#, false), (#"{"error":false}"#, false), (#"{"success":true}"#, false), ("", false),
        ("no error", false),
    ])
    func doubtIsAMemberThatNamesAnError(_ body: String, _ isDoubtful: Bool) {
        #expect(answer(200, body).isDoubtful == isDoubtful)
    }

    /// The table of the wire, status by status.
    @Test func everyStatusHasItsDecision() {
        let retried = [408, 410, 429, 460]
        for status in 100..<700 {
            let expected: AnswerDecision
            switch status {
            case 200..<300: expected = .deliver
            case 400, 422: expected = .bisect
            case 413: expected = .halve
            case _ where retried.contains(status): expected = .retry
            case 500..<600 where status != 501 && status != 505: expected = .retry
            default: expected = .hold
            }
            #expect(AnswerDecision(status: status) == expected, "\(status)")
        }
        #expect(AnswerDecision(.failed("no route")) == .retry)
    }
}
