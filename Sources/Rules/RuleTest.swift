// Tests inside rule files: lines, and the calls that they must give.

package import Documents

/// One entry of a rule's `tests:`.
package struct RuleTest: Sendable {
    package let place: Place
    /// The input, line feeds included.
    package let input: String
    /// The calls that the rule must make of it, in order; each states what it must hold.
    package let expected: [Node]
    /// The clock of the test, as written (RFC 3339); nil: a fixed time.
    package let now: String?

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
        let now = map["now"]?.string(in: problems, what: "now")
        return RuleTest(place: node.place, input: lines.map { $0 + "\n" }.joined(), expected: expected, now: now)
    }
}
