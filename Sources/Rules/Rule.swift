// One rule of a rule file, checked and compiled. A class, so that the path from records to calls passes it on without copying it.

package import Calls
package import Documents
import Formats
package import Patterns

/// From records that match to calls.
package final class Rule: Sendable {
    /// What `mode:` may say.
    package enum Mode: String, CaseIterable, Sendable {
        case live
        /// Derives and counts, but never sends.
        case shadow
    }

    /// Unique over all rule files; part of every message id.
    package let name: String
    package let place: Place
    package let mode: Mode
    /// Later rules of the same pack do not see a record that this one matched.
    package let isFinal: Bool
    /// The names of the destinations that get the rule's calls; nil: all.
    package let destinations: [String]?
    /// What every matching record must contain; see `LiteralRequirement`.
    package let requirement: LiteralRequirement
    /// The rule's tests, in order.
    package let tests: [RuleTest]

    /// Which slot of the format the patterns look at.
    let subject: Subject
    /// The first pattern that matches counts; none: `conditions` alone decide.
    let patterns: [RulePattern]
    let conditions: [Condition]
    /// The same as they are written, in the same order.
    let conditionEntries: [Node.Entry]
    /// The names of the patterns' groups, in the order of a record's captures.
    let groupNames: [String]
    let key: Template?
    let calls: [CallTemplate]

    init(
        name: String, place: Place, mode: Mode, isFinal: Bool, destinations: [String]?, requirement: LiteralRequirement, tests: [RuleTest],
        subject: Subject, patterns: [RulePattern], conditions: [Condition], conditionEntries: [Node.Entry], groupNames: [String],
        key: Template?, calls: [CallTemplate]
    ) {
        self.name = name
        self.place = place
        self.mode = mode
        self.isFinal = isFinal
        self.destinations = destinations
        self.requirement = requirement
        self.tests = tests
        self.subject = subject
        self.patterns = patterns
        self.conditions = conditions
        self.conditionEntries = conditionEntries
        self.groupNames = groupNames
        self.key = key
        self.calls = calls
    }

    enum Subject: Sendable {
        /// The whole record, whether or not it has the pack's format.
        case raw
        case slot(Int)
    }

    /// The names of the calls that the rule can make.
    package var callTypes: [CallType] { calls.map(\.type) }
}

/// A pattern and where its groups stand among the rule's group names.
/// A class, so that a match passes it on without copying it.
final class RulePattern: Sendable {
    let written: WrittenPattern
    let pattern: Pattern
    /// For each of the rule's group names, the group's number in this pattern; nil where this pattern has no such group.
    let groupNumbers: [Int?]

    init(written: WrittenPattern, groupNumbers: [Int?]) {
        self.written = written
        pattern = written.pattern
        self.groupNumbers = groupNumbers
    }
}
