// Tests inside rule files: lines, and the calls that they must give.

package import Documents
import Formats
import Records

/// One entry of a rule's `tests:`.
package struct RuleTest: Sendable {
    package let place: Place
    /// The lines, or the messages of entries of a journal.
    let lines: [String]
    /// What entries hold besides their messages.
    let fields: [(name: String, value: String)]
    /// The calls that the rule must make of it, in order; each states what it must hold.
    package let expected: [Node]
    /// The clock of the test in milliseconds since 1970; nil: a fixed time.
    package let nowMilliseconds: Int64?

    static func read(_ node: Node, in problems: ProblemCollector) -> [RuleTest] {
        (node.list(in: problems, what: "tests") ?? []).compactMap { readOne($0, in: problems) }
    }

    private static func readOne(_ node: Node, in problems: ProblemCollector) -> RuleTest? {
        guard let map = node.mapping(of: "a test", keys: ["line", "lines", "file", "fields", "expect", "expect_file", "now"], in: problems)
        else {
            return nil
        }
        var lines: [String] = []
        if let line = map["line"]?.string(in: problems, what: "line") { lines.append(line) }
        if let several = map["lines"] { lines += several.strings(in: problems, what: "lines") ?? [] }
        if let file = map["file"], let text = self.text(of: file, what: "file", in: problems) {
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0).map(String.init)
        }
        if map["line"] == nil, map["lines"] == nil, map["file"] == nil {
            problems.add("a test needs a `line`", at: node, hint: "line: 'text as it stands in the log'")
        }
        guard let expected = expectedCalls(map, in: problems) else { return nil }
        return RuleTest(
            place: node.place, lines: lines, fields: fields(map["fields"], in: problems), expected: expected,
            nowMilliseconds: map["now"].flatMap { milliseconds($0, in: problems) })
    }

    /// The lines as a log holds them.
    package var text: String { lines.map { $0 + "\n" }.joined() }

    /// An entry for each line.
    var entries: EntryBlock {
        var block = EntryBlock()
        for (index, line) in lines.enumerated() {
            block.beginEntry(
                EntryIdentity(
                    bootHigh: 0, bootLow: 0, monotonicMicroseconds: UInt64(index), realtimeMicroseconds: UInt64(index), fieldsHash: 0))
            for (name, value) in [("MESSAGE", line)] + fields { block.append(Array("\(name)=\(value)".utf8).span) }
        }
        return block
    }

    private static func fields(_ node: Node?, in problems: ProblemCollector) -> [(name: String, value: String)] {
        (node?.entries(of: "`fields`", in: problems) ?? []).compactMap { entry in
            guard let value = entry.value.string(in: problems, what: "fields.\(entry.name)") else { return nil }
            if !EntryBlock.isFieldName(entry.name), entry.name != "__REALTIME_TIMESTAMP" {
                problems.add(
                    "\(quoted(entry.name)) is no name of a field of the journal", at: entry.key,
                    hint: "names are made of A-Z, 0-9 and _, such as _SYSTEMD_UNIT")
            }
            return (entry.name, value)
        }
    }

    /// The calls of `expect`, or those that the file named by `expect_file` holds, one JSON object a line, as `derive` prints them.
    private static func expectedCalls(_ map: Mapping, in problems: ProblemCollector) -> [Node]? {
        guard let file = map["expect_file"] else {
            return map.required("expect", hint: "expect: [] says that the line gives no call")?.list(in: problems, what: "expect")
        }
        if let both = map.key("expect") {
            problems.add("a test has `expect` or `expect_file`, not both", at: both)
            return nil
        }
        guard let text = text(of: file, what: "expect_file", in: problems) else { return nil }
        var calls: [Node] = []
        for line in text.split(separator: "\n") {
            do {
                // JSON is YAML, but for texts longer than anyone writes.
                calls.append(try Node.parse(String(line), file: path(beside: file) ?? ""))
            } catch {
                problems.add(error)
            }
        }
        return calls
    }

    /// The text of a file that is named relative to the rule file.
    private static func text(of node: Node, what: String, in problems: ProblemCollector) -> String? {
        guard node.string(in: problems, what: what) != nil, let path = path(beside: node) else { return nil }
        do {
            return String(decoding: try ReadOnlyFile(path: path, waitsForWriter: false).contents(bytesMax: fileBytesMax), as: UTF8.self)
        } catch {
            problems.add(error.message, at: node, hint: error.hint ?? "a relative path is relative to the rule file")
            return nil
        }
    }

    private static func path(beside node: Node) -> String? {
        guard let name = node.text else { return nil }
        guard !name.hasPrefix("/"), let slash = node.place.file.lastIndex(of: "/") else { return name }
        return String(node.place.file[...slash]) + name
    }

    /// The largest file that a test may name.
    private static let fileBytesMax = 8 << 20

    private static func milliseconds(_ node: Node, in problems: ProblemCollector) -> Int64? {
        guard let text = node.string(in: problems, what: "now") else { return nil }
        let milliseconds = TimestampFormat.rfc3339.milliseconds(of: Array(text.utf8).span, TimestampContext(nowMilliseconds: 0))
        if milliseconds == nil { problems.add("`now` can't be \(node.found)", at: node, hint: "now: '2026-11-23T06:37:03Z'") }
        return milliseconds
    }
}
