// How the lines of a log make records of several lines: a pattern that says where a record begins, or which lines go on with
// the one before.

package import Documents
import Patterns
import Records

/// `multiline: { starts_with: …, continues_with: …, preset: …, max_lines: …, timeout: … }` as it is written, in a rule file or at a
/// source.
package struct MultilineStatement: Sendable {
    package var startsWith: PlacedWord?
    package var continuesWith: PlacedWord?
    package var preset: PlacedWord?
    package var linesMax: Int?
    package var timeoutMilliseconds: Int?
    /// Of the whole statement.
    package var place: Place

    static let keys = ["starts_with", "continues_with", "preset", "max_lines", "timeout"]
    private static let hint = "multiline: { starts_with: '^\\d{4}-' }"

    package init(
        startsWith: PlacedWord? = nil, continuesWith: PlacedWord? = nil, preset: PlacedWord? = nil, linesMax: Int? = nil,
        timeoutMilliseconds: Int? = nil,
        at place: Place
    ) {
        self.startsWith = startsWith
        self.continuesWith = continuesWith
        self.preset = preset
        self.linesMax = linesMax
        self.timeoutMilliseconds = timeoutMilliseconds
        self.place = place
    }

    /// - Returns: nil when it is no map or has unknown keys; `problems` says so.
    static func read(_ node: Node, in problems: ProblemCollector) -> MultilineStatement? {
        let countBefore = problems.problems.count
        guard let map = node.mapping(of: "`multiline`", keys: keys, in: problems), problems.problems.count == countBefore else {
            return nil
        }
        func word(_ key: String) -> PlacedWord? { PlacedWord(map, key, in: problems) }
        return MultilineStatement(
            startsWith: word("starts_with"), continuesWith: word("continues_with"), preset: word("preset"),
            linesMax: map["max_lines"]?.integer(in: problems, what: "max_lines", range: Multiline.linesMaxRange),
            timeoutMilliseconds: map["timeout"]?.duration(in: problems, what: "timeout", range: Multiline.timeoutMillisecondsRange),
            at: node.place)
    }

    /// Checks the statement and compiles its pattern, in which `named` patterns may stand.
    func checked(_ named: NamedPatterns, in problems: ProblemCollector) -> Multiline? {
        let stated = [startsWith, continuesWith, preset].compactMap(\.self)
        guard stated.count == 1 else {
            let message = stated.isEmpty ? "`multiline` says neither how a record begins nor how it goes on" : "`multiline` says it twice"
            problems.add(Problem(message, at: place, hint: "write one of starts_with, continues_with and preset, for example \(Self.hint)"))
            return nil
        }
        let limits = (
            linesMax ?? LineGroups.linesMaxDefault, timeoutMilliseconds ?? Multiline.timeoutMillisecondsDefault
        )
        if let preset {
            guard let pattern = MultilinePreset.patterns[preset.text] else {
                let names = MultilinePreset.patterns.keys.sorted()
                problems.add(
                    "there is no preset \(quoted(preset.text))", at: preset.place, length: preset.length,
                    hint: nearest(preset.text, among: names).map { "did you mean `\($0)`?" } ?? "presets: \(names.joined(separator: ", "))")
                return nil
            }
            return Multiline(pattern, beginsRecords: false, linesMax: limits.0, timeoutMilliseconds: limits.1, place: place)
        }
        let (word, key) = (startsWith ?? stated[0], startsWith == nil ? "continues_with" : "starts_with")
        do {
            return Multiline(
                try Pattern(try named.expand(word.text).text), beginsRecords: startsWith != nil, linesMax: limits.0,
                timeoutMilliseconds: limits.1, place: place)
        } catch {
            problems.add(
                "`\(key)` is not a valid pattern: \(error.message)", at: word.place, length: word.length, hint: error.hint)
            return nil
        }
    }
}

/// The same, checked.
package struct Multiline: Sendable {
    let pattern: Pattern
    /// Whether a line that matches begins a record; else it goes on with the one before.
    let beginsRecords: Bool
    package let linesMax: Int
    /// How long a log must be quiet for its last record to be complete.
    package let timeoutMilliseconds: Int
    let place: Place

    package static let timeoutMillisecondsDefault = 2_000
    package static let linesMaxRange = 1...100_000
    package static let timeoutMillisecondsRange = 1...Node.durationMillisecondsMax

    init(_ pattern: Pattern, beginsRecords: Bool, linesMax: Int, timeoutMilliseconds: Int, place: Place) {
        self.pattern = pattern
        self.beginsRecords = beginsRecords
        self.linesMax = linesMax
        self.timeoutMilliseconds = timeoutMilliseconds
        self.place = place
    }

    /// Whether both say the same.
    func isSame(as other: Multiline) -> Bool {
        pattern.source == other.pattern.source && beginsRecords == other.beginsRecords && linesMax == other.linesMax
            && timeoutMilliseconds == other.timeoutMilliseconds
    }
}
