// What came back from a request, as far as it matters for what to do next.

/// The end of one attempt.
package enum Answer: Hashable, Sendable {
    /// The receiver's status code, `Retry-After` header, and the beginning of its body.
    case status(Int, retryAfter: String?, body: [UInt8])
    /// No answer: network error or time-out, in words for people.
    case failed(String)

    /// Status and text for logs and dead letters: one line without control characters, at most `excerptBytesMax` long.
    package var excerpt: String {
        switch self {
        case .status(let code, _, let body):
            let text = String(decoding: body.prefix(Self.excerptBytesMax), as: UTF8.self)
            let clean = String(String.UnicodeScalarView(text.unicodeScalars.map { Self.isSafe($0) ? $0 : " " }))
            return clean.allSatisfy { $0 == " " } ? "\(code)" : "\(code): \(clean)"
        case .failed(let reason):
            return reason
        }
    }

    /// The same for answers that differ in their text alone.
    package var kind: String {
        switch self {
        case .status(let code, _, _): "\(code)"
        case .failed(let reason): reason
        }
    }

    /// Whether an accepted request's body speaks of an error all the same: a member named `error` or `errors` that is
    /// neither null, false nor empty.
    package var isDoubtful: Bool {
        guard case .status(_, _, let body) = self else { return false }
        let text = String(decoding: body, as: UTF8.self).filter { !$0.isWhitespace }
        return ["\"error\":", "\"errors\":"].contains { member in
            text.split(separator: member, omittingEmptySubsequences: false).dropFirst().contains { value in
                !["null", "false", "[]", "{}", "\"\"", "0"].contains { value.hasPrefix($0) }
            }
        }
    }

    package static let excerptBytesMax = 1000

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
