// An explanation as people read it, and as programs do.

import Documents
import Foundation
import Rules

struct ExplanationPage {
    let line: Int
    let record: String
    let explanation: Explanation
    let color: Bool

    /// Captures in a row take turns in these colours (ANSI, foreground).
    private static let colors = [32, 33, 36, 35, 34, 31]

    var text: [String] {
        var lines = ["\(dim("\(line):")) \(colored)"]
        for match in explanation.matches {
            lines.append("   \(bold(match.rule)) \(dim("(\(match.place))"))")
            for (index, capture) in match.captures.enumerated() {
                lines.append("      \(paint(capture.name, index)) = \(Printable.text(capture.text))")
            }
            for call in match.calls {
                lines.append("      → \(Printable.text(call.json))")
                if let refusal = call.refusal { lines.append("        \(refusal)") }
            }
            if match.calls.isEmpty { lines.append("      no call: the record lacks a user or another field that the call needs") }
        }
        if explanation.matches.isEmpty {
            lines.append("   no rule matched")
            for format in explanation.otherFormats { lines.append("   the line does not have the format \(format)") }
            for miss in explanation.nearMisses { lines += self.miss(miss) }
        }
        return lines
    }

    var json: String {
        let object: [String: Any] = [
            "line": line, "text": record,
            "matches": explanation.matches.map { match in
                [
                    "rule": match.rule, "captures": Dictionary(match.captures.map { ($0.name, $0.text) }) { first, _ in first },
                    "calls": match.calls.map { call in
                        (try? JSONSerialization.jsonObject(with: Data(call.json.utf8))) ?? [:]
                    },
                ] as [String: Any]
            },
            "nearMisses": explanation.nearMisses.map { miss -> [String: Any] in
                switch miss.reason {
                case .pattern(let matched, let wanted, let found):
                    ["rule": miss.rule, "matched": matched, "wanted": wanted, "found": found]
                case .condition(let field, let wanted, let found):
                    ["rule": miss.rule, "field": field, "wanted": wanted, "found": found ?? NSNull()]
                }
            },
        ]
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private func miss(_ miss: Explanation.NearMiss) -> [String] {
        let title = "   nearly: \(bold(miss.rule)) \(dim("(\(miss.place))"))"
        switch miss.reason {
        case .pattern(let matched, let wanted, let found):
            return [
                title, "      matches up to  \(Printable.text(matched))", "      then wants     \(Printable.text(wanted))",
                "      but finds      \(found.isEmpty ? "the end of the text" : Printable.text(found))",
            ]
        case .condition(let field, let wanted, let found):
            return [
                title,
                "      where \(field): wants \(Printable.text(wanted)), finds \(found.map { Printable.text($0) } ?? "no such field")",
            ]
        }
    }

    /// The record with the first rule's captures in colour.
    private var colored: String {
        guard color, let match = explanation.matches.first else { return Printable.text(record) }
        let bytes = Array(record.utf8)
        var result = ""
        var position = 0
        let ranges = match.captures.enumerated().compactMap { index, capture in capture.range.map { (index: index, range: $0) } }
        for (index, range) in ranges.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard range.lowerBound >= position, range.upperBound <= bytes.count else { continue }
            result += Printable.text(String(decoding: bytes[position..<range.lowerBound], as: UTF8.self))
            result += paint(Printable.text(String(decoding: bytes[range], as: UTF8.self)), index)
            position = range.upperBound
        }
        return result + Printable.text(String(decoding: bytes[position...], as: UTF8.self))
    }

    private func paint(_ text: String, _ index: Int) -> String {
        color ? "\u{1B}[\(Self.colors[index % Self.colors.count])m\(text)\u{1B}[0m" : text
    }

    private func bold(_ text: String) -> String { color ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func dim(_ text: String) -> String { color ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
