// How the records of a pack state their time.

import Documents
import Formats

/// `timestamp: { field: …, format: …, timezone: …, max_age: …, max_future: … }` as it is written, in a rule file or at a source.
package struct TimestampStatement: Sendable {
    package var field: PlacedWord?
    package var format: PlacedWord?
    package var timezone: PlacedWord?
    package var maxAge: PlacedWord?
    package var maxFuture: PlacedWord?

    /// The keys that a `timestamp:` may have.
    static let keys = ["field", "format", "timezone", "max_age", "max_future"]

    package init(
        field: PlacedWord? = nil, format: PlacedWord? = nil, timezone: PlacedWord? = nil, maxAge: PlacedWord? = nil,
        maxFuture: PlacedWord? = nil
    ) {
        self.field = field
        self.format = format
        self.timezone = timezone
        self.maxAge = maxAge
        self.maxFuture = maxFuture
    }

    static func read(_ node: Node, in problems: ProblemCollector) -> TimestampStatement {
        guard let map = node.mapping(of: "`timestamp`", keys: keys, in: problems) else {
            return TimestampStatement()
        }
        func word(_ key: String) -> PlacedWord? { PlacedWord(map, key, in: problems) }
        return TimestampStatement(
            field: word("field"), format: word("format"), timezone: word("timezone"), maxAge: word("max_age"), maxFuture: word("max_future")
        )
    }
}

/// The same, checked for records of one format.
struct RecordTime: Sendable {
    /// The slot of the field that holds the time; nil when only rules say where it is.
    var slot: Int?
    /// How that field is written.
    var fieldFormat: TimestampFormat
    /// How a `timestamp` group and a rule's `timestamp:` are written.
    var format: TimestampFormat
    /// Where clocks stand whose times state no zone; nil: not stated.
    var zone: Zone?
    /// A time further back from the time of reading is not believed; nil: any is.
    var maxAgeMilliseconds: Int?
    /// The same for times ahead of the time of reading.
    var maxFutureMilliseconds: Int?

    init(_ statement: TimestampStatement, fields: FieldNames, in problems: ProblemCollector) {
        let implied = fields.format.defaultTimestamp
        format = implied?.format ?? .automatic
        if let field = statement.field {
            slot = Self.slot(field, fields, in: problems)
            if field.text != implied?.field { format = .automatic }
        } else {
            slot = implied.flatMap { fields.slot(of: $0.field) }
        }
        // How journald writes its times is no matter of what applications write, or of what a rule file says of that.
        let isJournals = fields.format.envelope == .journald && slot == implied.flatMap { fields.fixedSlot(of: $0.field) }
        if isJournals { format = .automatic }
        if let word = statement.format, let stated = Self.format(word, in: problems) { format = stated }
        fieldFormat = isJournals ? implied!.format : format
        zone = statement.timezone.flatMap { Self.zone($0, in: problems) }
        maxAgeMilliseconds = statement.maxAge.flatMap { Self.duration($0, "max_age", in: problems) }
        maxFutureMilliseconds = statement.maxFuture.flatMap { Self.duration($0, "max_future", in: problems) }
    }

    /// Whether a record that is read at `nowMilliseconds` can be of this time.
    func isPlausible(_ milliseconds: Int64, nowMilliseconds: Int64) -> Bool {
        if let maxAgeMilliseconds, nowMilliseconds - milliseconds > Int64(maxAgeMilliseconds) { return false }
        if let maxFutureMilliseconds, milliseconds - nowMilliseconds > Int64(maxFutureMilliseconds) { return false }
        return true
    }

    private static func slot(_ word: PlacedWord, _ fields: FieldNames, in problems: ProblemCollector) -> Int? {
        if let slot = fields.slot(of: word.text) { return slot }
        let names =
            fields.format.hasFreeNames ? "any field: ts, event.time, [\"@timestamp\"]" : fields.format.fixedNames.joined(separator: ", ")
        problems.add(
            "records of format \(fields.format.rawValue) have no field \(quoted(word.text))", at: word.place, length: word.length,
            hint: "name a group (?<timestamp>…) in the rules instead, or a field of the format: \(names)")
        return nil
    }

    private static func format(_ word: PlacedWord, in problems: ProblemCollector) -> TimestampFormat? {
        do {
            if let format = try TimestampFormat(word.text) { return format }
            problems.add(
                "there is no time format \(quoted(word.text))", at: word.place, length: word.length,
                hint: TimestampFormat.hint(for: word.text))
        } catch {
            problems.add(error.what, at: word.place, length: word.length, hint: error.hint)
        }
        return nil
    }

    private static func zone(_ word: PlacedWord, in problems: ProblemCollector) -> Zone? {
        do {
            return try Zone(word.text)
        } catch {
            problems.add(error.what, at: word.place, length: word.length, hint: error.hint)
            return nil
        }
    }

    /// A duration; `none` is none.
    private static func duration(_ word: PlacedWord, _ key: String, in problems: ProblemCollector) -> Int? {
        if word.text == "none" { return nil }
        if let milliseconds = durationMilliseconds(word.text) { return milliseconds }
        problems.add(
            "expected a duration for `\(key)`, found \(quoted(word.text))", at: word.place, length: word.length,
            hint: "write 10m, 24h, 7d or none")
        return nil
    }
}

extension TimestampFormat {
    /// What to write instead of `text`, which names no format.
    static func hint(for text: String) -> String {
        nearest(text, among: names).map { "did you mean `\($0)`?" }
            ?? "formats: \(names.joined(separator: ", ")), or a pattern such as '%Y-%m-%d %H:%M:%S'"
    }
}
