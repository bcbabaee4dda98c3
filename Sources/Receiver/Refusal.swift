// What the receiver says to a request that it does not take: a status, and what is wrong, call by call.

import Calls

package struct Refusal: Error, Hashable, Sendable {
    /// The HTTP status of the answer.
    package let status: Int
    package let problems: [Problem]

    package struct Problem: Hashable, Sendable {
        /// The place in `batch` of the call that is wrong, from 0; nil if it is the request.
        package let call: Int?
        /// One line for people; text of the sender's only shortened and escaped.
        package let what: String

        package init(call: Int? = nil, _ what: String) {
            self.call = call
            self.what = what
        }
    }

    /// So many problems of one request are told.
    package static let problemsMax = 20
    /// So many bytes of a sender's text are quoted.
    static let quotedBytesMax = 60

    package init(status: Int, _ problems: [Problem]) {
        self.status = status
        self.problems = Array(problems.prefix(Self.problemsMax))
    }

    package init(status: Int, _ what: String) {
        self.init(status: status, [Problem(what)])
    }

    /// The body of the answer, as JSON.
    /// - Parameter isStrict: whether the request had `X-Strict-Mode: 1`. Without it the real API answers 200 to a bad request
    ///   and throws its calls away, which is worth saying to whoever forgot it.
    package func body(isStrict: Bool) -> String {
        let told = problems.map { problem in
            let place = problem.call.map { #""call":\#($0),"# } ?? ""
            return #"{\#(place)"what":\#(Self.jsonString(problem.what))}"#
        }
        let note = isStrict ? "" : #","note":"without X-Strict-Mode: 1 the real API may answer 200 and drop the calls""#
        return #"{"errors":[\#(told.joined(separator: ","))]\#(note)}"#
    }

    private static func jsonString(_ text: String) -> String {
        var json: [UInt8] = []
        json.appendJSONString(Array(text.utf8).span)
        return String(decoding: json, as: UTF8.self)
    }

    /// A sender's text for a problem's line: short, one line, in quotes.
    static func quote(_ bytes: [UInt8]) -> String {
        let shown = String(decoding: bytes.prefix(quotedBytesMax), as: UTF8.self)
        let plain = String(String.UnicodeScalarView(shown.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        return "'\(plain)\(bytes.count > quotedBytesMax ? "…" : "")'"
    }
}
