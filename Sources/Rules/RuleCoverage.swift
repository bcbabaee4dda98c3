// What the tests inside a rule file leave untried: rules without a test; patterns, their alternatives and
// groups that no test's lines reach.

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
        var framer = Framer(set.framing)
        return set.rules.indices.map { index in
            let rule = set.rules[index]
            let gaps = gaps(of: rule, index, readsEntries: pack.format.envelope == .journald, &matcher, &framer)
            return RuleCoverage(rule: rule.name, place: rule.place, testCount: rule.tests.count, gaps: gaps)
        }
    }

    private func gaps(
        of rule: Rule, _ index: Int, readsEntries: Bool, _ matcher: inout RecordMatcher, _ framer: inout Framer
    ) -> [String] {
        guard !rule.tests.isEmpty else { return ["no test"] }
        var (patterns, groups): (Set<Int>, Set<Int>) = ([], [])
        var branches = rule.patterns.map { BranchCoverage($0.written) }
        var counters = DeriverCounters(ruleCount: index + 1)
        for test in rule.tests {
            let entries = readsEntries ? test.entries : EntryBlock()
            let input = readsEntries ? entries.bytes : Array(test.text.utf8)
            if readsEntries { framer.frame(entries) } else { framer.frame(input.span, isFinal: true) }
            framer.forEachRecord(input.span) { record, _ in
                matcher.beginRecord(isEntry: readsEntries)
                guard matcher.match(index, record, nowMilliseconds: 0, &counters) == .matched else { return }
                patterns.insert(matcher.matchedPattern)
                if !branches.isEmpty, let subject = matcher.subject(of: rule, record) {
                    branches[matcher.matchedPattern].take(subject, record, matcher)
                }
                for (number, capture) in matcher.workspace.captures.enumerated() where capture != nil { groups.insert(number) }
            }
        }
        var gaps: [String] = []
        if rule.tests.allSatisfy(\.expected.isEmpty) { gaps.append("no test in which it makes a call") }
        if rule.tests.allSatisfy({ !$0.expected.isEmpty }) { gaps.append("no test in which it makes none") }
        if rule.patterns.count > 1 {
            gaps += rule.patterns.indices.filter { !patterns.contains($0) }.map {
                "pattern \($0 + 1) of \(rule.patterns.count) matches in no test"
            }
        }
        // Of a pattern that never matches, nothing else is worth saying.
        for number in branches.indices where patterns.contains(number) {
            guard let gap = branches[number].gap else { continue }
            gaps.append(branches.count == 1 ? gap : "\(gap) of pattern \(number + 1)")
        }
        gaps += rule.groupNames.enumerated().filter { !groups.contains($0.offset) }.map {
            "the group `\($0.element)` takes part in no test"
        }
        return gaps
    }
}
