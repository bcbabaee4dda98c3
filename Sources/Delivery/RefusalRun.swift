// Refusals in a row. A bad call is the data's fault; when call after call of different rules is refused and nothing is
// accepted in between, it is not the data, and what was refused must wait again instead of lying among the dead letters.

package import Store

package struct RefusalRun: Sendable {
    private var refused: [(rule: UInt32, letter: TakenBack)] = []

    /// So many refusals in a row, of more than one rule, mean that the receiver refuses everything.
    package static let refusalsMax = 20
    /// A longer run of one rule's calls is remembered no further back than this.
    package static let lettersMax = 1000

    package init() {}

    /// Something was accepted: the receiver is well.
    package mutating func accepted() {
        self = RefusalRun()
    }

    /// A call of `rule` was refused and is now this dead letter.
    /// - Returns: the dead letters of the whole run, in order, when the run means that everything is refused; the run is over then.
    package mutating func refused(rule: UInt32, _ letter: TakenBack) -> [TakenBack]? {
        refused.append((rule, letter))
        if refused.count > Self.lettersMax { refused.removeFirst() }
        guard refused.count >= Self.refusalsMax, refused.contains(where: { $0.rule != rule }) else { return nil }
        defer { self = RefusalRun() }
        return refused.map(\.letter)
    }

    /// What was refused of `rule` is the rule's own fault and says nothing of the receiver.
    package mutating func forget(rule: UInt32) {
        refused.removeAll { $0.rule == rule }
    }
}
