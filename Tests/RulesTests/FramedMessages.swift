// What the tests of framings say: the head of a rule file and a log in, the messages of its records out.

import Calls
import Records
import Rules
import Testing

/// A rule whose event is the whole message of each record.
func messageRule(under head: String) -> String {
    head + "\nrules: [{ name: r, match: '(?s)^(?<all>.*)$', track: { userId: u, event: '{{ all }}' } }]\n"
}

/// The messages of the records of `log`.
func messages(_ head: String, _ log: String, recordBytesMax: Int = 256 << 10) throws -> [String] {
    var deriver = Deriver(try ruleSet(messageRule(under: head)), version: "test", recordBytesMax: recordBytesMax)
    var derived = Derived()
    let facts = BlockFacts(origin: origin, offset: 0, nowMilliseconds: 0, sourceName: [], sourcePath: [])
    #expect(deriver.derive(Array(log.utf8).span, facts, into: &derived) == log.utf8.count)
    derived.counters = deriver.takeCounters()
    return derived.jsons.map { json in
        let event = json.firstMatch(of: #/"event":"((?:[^"\\]|\\.)*)"/#).map { String($0.output.1) } ?? ""
        return event.replacing("\\n", with: "\n").replacing("\\r", with: "\r").replacing("\\t", with: "\t").replacing(
            "\\\"", with: "\"")
    }
}
