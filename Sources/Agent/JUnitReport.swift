// Outcomes of rule tests as JUnit's XML, which build servers read: a suite for each rule file, a case for each test.

package struct JUnitReport {
    private let outcomes: [RuleTestOutcome]

    package init(_ outcomes: [RuleTestOutcome]) {
        self.outcomes = outcomes
    }

    package var text: String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites>"]
        var packs: [String] = []
        for outcome in outcomes where !packs.contains(outcome.pack) { packs.append(outcome.pack) }
        for pack in packs {
            let cases = outcomes.filter { $0.pack == pack }
            let failed = cases.filter { !$0.failures.isEmpty }.count
            lines.append(#"  <testsuite name="\#(Self.escaped(pack))" tests="\#(cases.count)" failures="\#(failed)">"#)
            for outcome in cases { lines += testCase(outcome) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>\n")
        return lines.joined(separator: "\n")
    }

    private func testCase(_ outcome: RuleTestOutcome) -> [String] {
        let opening = #"    <testcase classname="\#(Self.escaped(outcome.rule))" name="test \#(outcome.number)""#
        guard let first = outcome.failures.first else { return ["\(opening)/>"] }
        return [
            "\(opening)>",
            #"      <failure message="\#(Self.escaped(first))">\#(Self.escaped(([outcome.place] + outcome.failures).joined(separator: "\n")))</failure>"#,
            "    </testcase>",
        ]
    }

    /// Characters that XML 1.0 does not allow at all become U+FFFD.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\n", "\t": String(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
            default: String(scalar)
            }
        }.joined()
    }
}
