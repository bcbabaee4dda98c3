// Refusals in a row. A bad call is the data's fault; when call after call of different rules is refused and nothing is
// accepted in between, it is not the data, and what was refused must wait again instead of lying among the dead letters.

package import Store

package struct RefusalRun: Sendable {
    private var letters: [TakenBack] = []
    private var rules: Set<UInt32> = []

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
        letters.append(letter)
        if letters.count > Self.lettersMax { letters.removeFirst() }
        rules.insert(rule)
        guard letters.count >= Self.refusalsMax, rules.count > 1 else { return nil }
        defer { self = RefusalRun() }
        return letters
    }
}
