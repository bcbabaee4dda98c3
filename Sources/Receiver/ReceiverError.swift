// What can be wrong before the receiver runs: a bad option, or an address that cannot be listened on.

package struct ReceiverError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case faultPlan, listenAddress, cannotListen
    }

    package let code: Code
    /// What is wrong and where, in lower case.
    package let what: String
    /// What to do.
    package let hint: String

    package init(_ code: Code, _ what: String, hint: String) {
        self.code = code
        self.what = what
        self.hint = hint
    }

    /// Two lines: what is wrong, and the hint.
    package var description: String { "\(what)\nhint: \(hint)" }
}
