// What the tests inside a rule file leave untried: rules without a test, patterns and groups that no test's lines reach.

package import Documents
import Formats
import Records

/// What one rule's tests leave open.
package struct RuleCoverage: Sendable {
    package let rule: String
    package let place: Place
    package let testCount: Int
    /// What is untried, in words; empty when there is nothing.
    package let gaps: [String]
}

extension RuleTestRunner {
    /// Looks at every rule of the pack.
    /// - Throws: when the pack cannot be compiled to one scan.
    package func coverage(of pack: Pack) throws(Problems) -> [RuleCoverage] {
        let set = try RuleSet([pack])
        var matcher = RecordMatcher(set)
        return set.rules.indices.map { index in
            let rule = set.rules[index]
            let gaps = gaps(of: rule, index, isJournal: pack.format.envelope == .journald, &matcher)
            return RuleCoverage(rule: rule.name, place: rule.place, testCount: rule.tests.count, gaps: gaps)
        }
    }

    private func gaps(of rule: Rule, _ index: Int, isJournal: Bool, _ matcher: inout RecordMatcher) -> [String] {
        guard !rule.tests.isEmpty else { return ["no test"] }
        var (patterns, groups): (Set<Int>, Set<Int>) = ([], [])
        var counters = DeriverCounters(ruleCount: index + 1)
        for record in rule.tests.flatMap({ isJournal ? $0.entries.contents : $0.lines.map { Array($0.utf8) } }) {
            matcher.beginRecord(isEntry: isJournal)
            guard matcher.match(index, record.span, nowMilliseconds: 0, &counters) == .matched else { continue }
            patterns.insert(matcher.matchedPattern)
            for (number, capture) in matcher.workspace.captures.enumerated() where capture != nil { groups.insert(number) }
        }
        var gaps: [String] = []
        if rule.tests.allSatisfy(\.expected.isEmpty) { gaps.append("no test in which it makes a call") }
        if rule.tests.allSatisfy({ !$0.expected.isEmpty }) { gaps.append("no test in which it makes none") }
        if rule.patterns.count > 1 {
            gaps += rule.patterns.indices.filter { !patterns.contains($0) }.map {
                "pattern \($0 + 1) of \(rule.patterns.count) matches in no test"
            }
        }
        gaps += rule.groupNames.enumerated().filter { !groups.contains($0.offset) }.map {
            "the group `\($0.element)` takes part in no test"
        }
        return gaps
    }
}
