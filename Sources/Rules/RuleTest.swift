// Tests inside rule files: lines, and the calls that they must give.

package import Documents
import Formats

/// One entry of a rule's `tests:`.
package struct RuleTest: Sendable {
    package let place: Place
    /// The input, line feeds included.
    package let input: String
    /// The calls that the rule must make of it, in order; each states what it must hold.
    package let expected: [Node]
    /// The clock of the test in milliseconds since 1970; nil: a fixed time.
    package let nowMilliseconds: Int64?

    static func read(_ node: Node, in problems: ProblemCollector) -> [RuleTest] {
        (node.list(in: problems, what: "tests") ?? []).compactMap { readOne($0, in: problems) }
    }

    private static func readOne(_ node: Node, in problems: ProblemCollector) -> RuleTest? {
        guard let map = node.mapping(of: "a test", keys: ["line", "lines", "expect", "now"], in: problems) else { return nil }
        var lines: [String] = []
        if let line = map["line"]?.string(in: problems, what: "line") { lines.append(line) }
        if let several = map["lines"] { lines += several.strings(in: problems, what: "lines") ?? [] }
        if map["line"] == nil, map["lines"] == nil {
            problems.add("a test needs a `line`", at: node, hint: "line: 'text as it stands in the log'")
        }
        guard let expect = map.required("expect", hint: "expect: [] says that the line gives no call"),
            let expected = expect.list(in: problems, what: "expect")
        else { return nil }
        return RuleTest(
            place: node.place, input: lines.map { $0 + "\n" }.joined(), expected: expected,
            nowMilliseconds: map["now"].flatMap { milliseconds($0, in: problems) })
    }

    private static func milliseconds(_ node: Node, in problems: ProblemCollector) -> Int64? {
        guard let text = node.string(in: problems, what: "now") else { return nil }
        let milliseconds = TimestampFormat.rfc3339.milliseconds(of: Array(text.utf8).span, TimestampContext(nowMilliseconds: 0))
        if milliseconds == nil { problems.add("`now` can't be \(node.found)", at: node, hint: "now: '2026-11-23T06:37:03Z'") }
        return milliseconds
    }
}
