// What is not YAML, or not the part of it that we read, is refused with its place and a hint.

import Documents
import Foundation
import Testing

@Suite struct SyntaxTests {
    @Test(
        arguments: [
            ("a: 1\na: 2\n", "2:1 the key `a` is there twice in one map, first at f.yaml:1:1"),
            ("x:\n  - b: 1\n    c: 2\n    b: 3\n", "4:5 the key `b` is there twice in one map, first at f.yaml:2:5"),
            ("x: {b: 1, c: b, b: 3}\n", "1:17 the key `b` is there twice in one map, first at f.yaml:1:5"),
            ("'a b': 1\nc:\n  'a b': 2\n'a b': 3\n", "4:1 the key `a b` is there twice in one map, first at f.yaml:1:1"),
            ("a: 1\n---\nb: 2\n", "2:1 a second document begins here"),
            ("a: &x 1\n", "1:4 anchors (`&name`) are not supported"),
            ("a: &x {b: 1}\nc: *x\n", "2:4 aliases (`*name`) are not supported"),
            ("files: *.log\n", "1:8 a value can't begin with `*`"),
            ("a: *x\n", "1:4 aliases (`*name`) are not supported"),
            ("a: !int 5\n", "1:4 tags (`!name`) are not supported"),
            ("? [a]\n: b\n", "1:3 a key must be text, found a list or a map"),
            ("a: 'b\n", "1:4 a quoted string is not closed"),
            ("a: \"\\d+\"\n", "1:5 unknown escape in a double-quoted string"),
            ("a:\n\tb: 1\n", "2:1 a tab can't indent"),
            ("a: b: c\n", "1:5 a key can't begin here"),
            ("a: @x\n", "1:4 a value can't begin with `@`"),
            ("a: [1, 2\n", "1:4 a list in brackets is not closed, or lacks a comma"),
            ("a: {b: 1\n", "1:4 a map in braces is not closed, or lacks a comma"),
            ("a: 'x' y\n", "1:8 this does not fit the lines above"),
            ("a: 1\n  b: 2\n", "2:4 a key can't begin here"),
            ("a: 1\nb\nc: 2\n", "2:1 this is neither `key: value` nor part of the value before"),
            ("a: {b: 1 c: 2}\n", "1:11 a map in braces is not closed, or lacks a comma"),
            ("a: {b:[1]}\n", "1:6 a `:` can't stand here"),
            ("a: |x\n", "1:5 text can't follow `|` or `>` on the same line"),
            ("a: \u{7}\n", "1:4 the character U+0007 is not allowed in YAML"),
            ("ä: 1\nb: x\u{1B}[31m\n", "2:5 the character U+001B is not allowed in YAML"),
        ])
    func mistakeIsToldWithItsPlace(text: String, told: String) {
        let problems = refusal(text)
        #expect(problems.map(\.brief) == [told])
        #expect(problems.allSatisfy { $0.hint != nil && $0.excerpt != nil })
    }

    @Test func aliasesInKeysCannotBlowUp() {
        // Each level is ten of the level below; hashing the last as a key would take 10^20 steps.
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let below = Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
            text += "l\(level): &l\(level) [\(below)]\n"
        }
        text += "? *l20\n: 1\n"
        #expect(refusal(text).map(\.brief) == ["2:10 aliases (`*name`) are not supported"])
    }

    @Test func ampersandsAndStarsInTextAreJustText() throws {
        let node = try document("a: x &b *c\n'd': '&e *f'\ng: \"& *\"\nurl: http://h/?a=1&b=*\n")
        #expect(node["a"]?.text == "x &b *c")
        #expect(node["d"]?.text == "&e *f")
        #expect(node["url"]?.text == "http://h/?a=1&b=*")
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(refusal(nested(Node.nestingMax)).isEmpty)
        #expect(refusal(nested(200)).first?.brief == "1:66 lists and maps are nested more than 64 deep")
        #expect(!refusal(nested(100_000)).isEmpty)
        #expect(!refusal(String(repeating: "- ", count: 100_000)).isEmpty)
        #expect(!refusal(String(repeating: "{a: ", count: 100_000)).isEmpty)
        #expect(!refusal(String(repeating: "? ", count: 100_000)).isEmpty)
    }

    /// Whatever is done to a good file, reading it ends, and places are inside it.
    @Test func mutatedFilesNeverCrashAndProblemsHavePlacesInThem() {
        let good = """
            format: plain   # a comment
            rules:
              - name: order-completed
                match: 'order completed: user=(?<userId>\\S+) it''s'
                types: { total: number, list: [a, "b\\n", 'c'] }
                text: |
                  literal
                  block
                add: >-
                  folded & *text
                ? complex
                : value
            """
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let pieces: [Character] = Array("\n\t :-?[]{}&*!|>'\"%@`#,~ä\u{1F600}x\u{85}\u{7}\\") + ["\r\n"]
        for _ in 0..<propertyRounds(default: 1_000) {
            var characters = Array(good)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<characters.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: characters.remove(at: index)
                case 1: characters[index] = pieces.randomElement(using: &random)!
                case 2: characters.insert(pieces.randomElement(using: &random)!, at: index)
                default: characters.removeSubrange(index..<min(index + 10, characters.count))
                }
            }
            let text = String(characters)
            let lines = text.split(omittingEmptySubsequences: false) { "\n\r\r\n\u{85}".contains($0) || $0 == "\r\n" }
            for problem in refusal(text) {
                guard let place = problem.place else {
                    Issue.record("seed \(seed): no place for \(problem.message) in \(text.debugDescription)")
                    continue
                }
                #expect((1...lines.count).contains(place.line), "seed \(seed): \(problem) in \(text.debugDescription)")
                guard lines.indices.contains(place.line - 1) else { continue }
                #expect(
                    (1...lines[place.line - 1].count + 1).contains(place.column), "seed \(seed): \(problem) in \(text.debugDescription)")
                #expect(
                    !problem.message.hasPrefix("not YAML") || text.contains { "%!".contains($0) },
                    "seed \(seed): \(problem) in \(text.debugDescription)")
            }
        }
    }
}

/// `EVENTAIL_PROPERTY_ROUNDS`, or a number that takes about a second.
func propertyRounds(default rounds: Int) -> Int {
    ProcessInfo.processInfo.environment["EVENTAIL_PROPERTY_ROUNDS"].flatMap(Int.init) ?? rounds
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
