// What the tests say rules with: a rule file's text and log lines in, calls or mistakes out. All of it goes through the same
// reading, scanning and writing as in production.

import Calls
import Documents
import Records
import Rules

/// A call and what is known of it.
struct MadeCall: Sendable {
    var json: String
    var facts: CallFacts

    var type: CallType { facts.type }

    /// The call without what all calls have: message id, timestamp and the program's name.
    var brief: String {
        var text = json
        text.replace(#/"messageId":"[0-9A-Z]{26}","timestamp":"[^"]*",?/#, with: "")
        text.replace(#/,?"library":\{"name":"eventail","version":"test"\}/#, with: "")
        text.replace(#","context":{}"#, with: "")
        return text
    }

    private func value(of key: String) -> String {
        String(json.firstMatch(of: try! Regex("\"\(key)\":\"([^\"]*)\"")).map { $0.output[1].substring! } ?? "")
    }

    var messageID: String { value(of: "messageId") }
    var timestamp: String { value(of: "timestamp") }
}

/// What became of some input.
struct Derived: CallSink {
    var made: [MadeCall] = []
    var counters = DeriverCounters(ruleCount: 0)

    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        made.append(MadeCall(json: String(decoding: [UInt8](copying: call), as: UTF8.self), facts: facts))
    }

    var jsons: [String] { made.map(\.json) }
    var briefs: [String] { made.map(\.brief) }
}

/// 2026-11-23T12:00:00Z.
let noonMilliseconds: Int64 = 1_795_435_200_000
let origin = RecordOrigin(scope: "test", fingerprint: [], generation: 0)

func pack(
    _ yaml: String, file: String = "rules/shop.yaml", context: RuleContext = RuleContext(hostName: "web-1"),
    override: Pack.Override = Pack.Override()
) throws(Problems) -> Pack {
    try Pack.read(Node.parse(yaml, file: file), file: file, context: context, override: override)
}

func ruleSet(_ yaml: String, context: RuleContext = RuleContext(hostName: "web-1")) throws(Problems) -> RuleSet {
    try RuleSet([pack(yaml, context: context)])
}

/// Derives from `input` as one block, or as the blocks that end at `cuts`.
func derive(_ set: RuleSet, _ input: [UInt8], cuts: [Int] = [], callBytesMax: Int = CallLimits.callBytesMax) -> Derived {
    var deriver = Deriver(set, version: "test", callBytesMax: callBytesMax)
    var derived = Derived()
    var start = 0
    for end in cuts + [input.count] where end > start {
        let facts = BlockFacts(
            origin: origin, offset: UInt64(start), nowMilliseconds: noonMilliseconds, sourceName: Array("shop".utf8),
            sourcePath: Array("/var/log/shop.log".utf8))
        deriver.derive(input.span.extracting(start..<end), facts, into: &derived)
        start = end
    }
    derived.counters = deriver.takeCounters()
    return derived
}

func derive(_ yaml: String, _ input: String, context: RuleContext = RuleContext(hostName: "web-1")) throws -> Derived {
    derive(try ruleSet(yaml, context: context), Array(input.utf8))
}

/// The calls without what all calls have.
func briefs(_ yaml: String, _ input: String) throws -> [String] {
    try derive(yaml, input).briefs
}

/// One property `x` whose value is `template`, of the line `input` matched as a whole by `(?<v>.*)`; nil when it is absent.
/// - Parameter head: what the rule file says before its rules.
func evaluate(_ template: String, _ input: String, types: String = "{}", head: String = "") throws -> String? {
    let quoted = template.replacing("'", with: "''")
    let call = try briefs(
        head + """
            rules:
              - name: r
                match: '^(?<v>.*)$'
                types: \(types)
                track: { userId: u, event: e, properties: { x: '\(quoted)' } }
            """, input + "\n")[0]
    let (before, after) = (#"{"type":"track","userId":"u","event":"e""#, "}")
    guard call != before + after else { return nil }
    return String(call.dropFirst((before + #","properties":{"x":"#).count).dropLast(2))
}

/// The mistakes for which a rule file is refused, as `line:column: message` and a line with the hint.
func refusals(_ yaml: String, context: RuleContext = RuleContext(hostName: "web-1")) -> [String] {
    do {
        _ = try pack(yaml, context: context)
        return []
    } catch {
        return error.all.map { problem in
            let place = problem.place.map { "\($0.line):\($0.column): " } ?? ""
            return place + problem.message + (problem.hint.map { "\n  hint: \($0)" } ?? "")
        }
    }
}
