// Writes calls as lines, each with its origin where that is wanted.

import Calls
import Records
import Rules

struct LineSink: CallSink {
    let output: BufferedOutput
    /// The names of the rules, by number.
    let rules: [String]
    /// What `_origin` names; nil: calls are written as they would be sent.
    let origin: Origin?
    private(set) var calls = 0
    private(set) var shadowed = 0
    private(set) var rejected = 0

    enum Origin {
        case file(String)
        case journal
    }

    init(output: BufferedOutput, rules: [String], origin: Origin?) {
        self.output = output
        self.rules = rules
        self.origin = origin
    }

    mutating func take(_ call: Span<UInt8>, _ facts: CallFacts) {
        switch facts.verdict {
        case .shadow: shadowed += 1
        case .reject: rejected += 1
        case .send:
            calls += 1
            if let origin {
                output.append(call.extracting(droppingLast: 1))
                output.append(text(of: origin, facts))
            } else {
                output.append(call)
            }
            output.append(UInt8.lineFeed)
        }
    }

    private func text(of origin: Origin, _ facts: CallFacts) -> [UInt8] {
        var text = Array(#","_origin":{"rule":"#.utf8)
        text.appendJSONString(Array(rules[facts.rule].utf8).span)
        switch origin {
        case .file(let file):
            text += Array(#","file":"#.utf8)
            text.appendJSONString(Array(file.utf8).span)
            text += Array(#","line":\#(facts.recordLine ?? 0),"offset":\#(facts.recordOffset)}}"#.utf8)
        case .journal: text += Array(#","realtime_us":\#(facts.recordOffset)}}"#.utf8)
        }
        return text
    }
}
