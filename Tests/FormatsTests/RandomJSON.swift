// Random JSON objects, the texts that state them, and the paths that lead to their values.

import Formats
import Foundation
import RandomSupport

indirect enum RandomJSON {
    case object([(key: String, value: RandomJSON)])
    case list([RandomJSON])
    case text(String)
    case word(String)

    struct Path {
        var name: String
        var steps: [Any]
    }

    private static let keys = ["a", "b", "user", "id", "@t", "ключ", "a b", "ctl\u{1}", "back\\slash"]
    private static let texts = [
        "", "x", "two words", "\"quoted\"", "back\\slash", "line\nfeed", "nul\u{0}", "é", "😀", "/", "\u{7F}\u{FFFD}",
    ]
    private static let words = ["0", "-0", "7", "-12.50", "1e3", "2.5E-3", "9007199254740993", "true", "false", "null"]

    static func object(_ random: inout SeededRandom, depth: Int) -> RandomJSON {
        let count = Int.random(in: 0...4, using: &random)
        return .object(keys.shuffled(using: &random).prefix(count).map { ($0, value(&random, depth: depth - 1)) })
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> RandomJSON {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0, 1: .text(texts.randomElement(using: &random)!)
        case 2, 3: .word(words.randomElement(using: &random)!)
        case 4: object(&random, depth: depth)
        default: .list((0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth - 1) })
        }
    }

    /// The value in JSON, with white space and escapes as they happen to come.
    static func text(_ value: RandomJSON, _ random: inout SeededRandom) -> String {
        func space() -> String { ["", "", " ", "\t", "\r\n"].randomElement(using: &random)! }
        switch value {
        case .word(let word): return word
        case .text(let text): return quoted(text, &random)
        case .list(let values):
            return "[" + values.map { space() + self.text($0, &random) + space() }.joined(separator: ",") + "]"
        case .object(let members):
            let texts = members.map { space() + quoted($0.key, &random) + space() + ":" + space() + text($0.value, &random) + space() }
            return "{" + texts.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, _ random: inout SeededRandom) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Bool.random(using: &random) {
                quoted += String(scalar).utf16.map { String(format: "\\u%04x", Int($0)) }.joined()
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    static func paths(_ value: RandomJSON, _ name: String = "", _ steps: [Any] = []) -> [Path] {
        let own = steps.isEmpty ? [] : [Path(name: name, steps: steps)]
        switch value {
        case .text, .word: return own
        case .list(let values):
            return own + values.enumerated().flatMap { paths($1, "\(name)[\($0)]", steps + [$0]) }
        case .object(let members):
            return own + members.flatMap { paths($0.value, "\(name)[\"\($0.key)\"]", steps + [$0.key]) }
        }
    }

    static func step(_ value: Any?, _ step: Any) -> Any? {
        if let key = step as? String { return (value as? [String: Any])?[key] }
        guard let index = step as? Int, let list = value as? [Any], index < list.count else { return nil }
        return list[index]
    }

    static func isSame(_ parsed: Parsed, _ name: String, _ expected: Any) -> Bool {
        switch parsed.kind(name) {
        case .missing: return false
        case .null: return expected is NSNull
        case .text: return parsed[name] == expected as? String
        case .boolean: return (expected as? NSNumber)?.boolValue == (parsed[name] == "true")
        case .number: return (expected as? NSNumber).map { Double(parsed[name]!) == $0.doubleValue } ?? false
        case .json:
            guard let own = try? JSONSerialization.jsonObject(with: Data(parsed[name]!.utf8)) else { return false }
            return canonical(own) == canonical(expected)
        }
    }

    private static func canonical(_ value: Any) -> Data? {
        try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
    }

    /// Whether Foundation reads `text` as RFC 8259 says: it takes some numbers and surrogates for errors that are none here.
    static func isStrictlyComparable(_ text: String) -> Bool {
        text.firstMatch(of: /\\u[dD][89a-fA-F]|\d[eE]|\d{16}/) == nil
    }
}
