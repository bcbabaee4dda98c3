// What to do after an answer: the table of the wire, as code.

package enum AnswerDecision: Hashable, Sendable {
    /// The calls were accepted.
    case deliver
    /// The same calls again, with the same ids, later.
    case retry
    /// Stop sending and keep everything: key, address or receiver are set up wrongly, the data is not at fault.
    case hold
    /// One of the calls is at fault: halve until it is found.
    case bisect
    /// The request is too large: halve.
    case halve

    package init(_ answer: Answer) {
        switch answer {
        case .failed: self = .retry
        case .status(let code, _, _): self.init(status: code)
        }
    }

    /// 460 is what an AWS load balancer reports when a client went away.
    package init(status: Int) {
        self =
            switch status {
            case 200...299: .deliver
            case 400, 422: .bisect
            case 413: .halve
            case 408, 410, 429, 460: .retry
            case 501, 505: .hold
            case 500...599: .retry
            default: .hold
            }
    }
}
