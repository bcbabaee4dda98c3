// How the records of a pack state their time.

package import Documents
import Formats

/// `timestamp: { field: …, format: …, timezone: … }` as it is written, in a rule file or at a source.
package struct TimestampStatement: Sendable {
    /// A value and where it stands.
    package struct Word: Sendable {
        package var text: String
        package var place: Place
        /// In characters.
        package var length: Int

        package init(_ text: String, at place: Place, length: Int) {
            self.text = text
            self.place = place
            self.length = length
        }
    }

    package var field: Word?
    package var format: Word?
    package var timezone: Word?

    package init(field: Word? = nil, format: Word? = nil, timezone: Word? = nil) {
        self.field = field
        self.format = format
        self.timezone = timezone
    }

    static func read(_ node: Node, in problems: ProblemCollector) -> TimestampStatement {
        guard let map = node.mapping(of: "`timestamp`", keys: ["field", "format", "timezone"], in: problems) else {
            return TimestampStatement()
        }
        func word(_ key: String) -> Word? {
            guard let node = map[key], let text = node.string(in: problems, what: key) else { return nil }
            return Word(text, at: node.place, length: node.length)
        }
        return TimestampStatement(field: word("field"), format: word("format"), timezone: word("timezone"))
    }
}

/// The same, checked for records of one format.
struct RecordTime: Sendable {
    /// The slot of the field that holds the time; nil when only rules say where it is.
    var slot: Int?
    /// How that field, a `timestamp` group and a rule's `timestamp:` are written.
    var format: TimestampFormat
    /// Seconds east of UTC for times that state no zone.
    var zoneOffsetSeconds = 0

    init(_ statement: TimestampStatement, format: RecordFormat, in problems: ProblemCollector) {
        let implied = format.defaultTimestamp
        slot = implied.flatMap { format.slot(of: $0.field) }
        self.format = implied?.format ?? .automatic
        if let field = statement.field { slot = Self.slot(field, format, in: problems) }
        if let word = statement.format {
            if let stated = TimestampFormat(rawValue: word.text) {
                self.format = stated
            } else {
                let known = TimestampFormat.allCases.map(\.rawValue)
                problems.add(
                    "there is no time format \(quoted(word.text))", at: word.place, length: word.length,
                    hint: hint(for: word.text, among: known) ?? "formats: \(known.joined(separator: ", "))")
            }
        }
        if let zone = statement.timezone {
            if let seconds = Self.zoneOffsetSeconds(zone.text) {
                zoneOffsetSeconds = seconds
            } else {
                problems.add(
                    "\(quoted(zone.text)) is no offset from UTC", at: zone.place, length: zone.length,
                    hint: "write UTC, or an offset such as +02:00")
            }
        }
    }

    private static func slot(_ word: TimestampStatement.Word, _ format: RecordFormat, in problems: ProblemCollector) -> Int? {
        if let slot = format.slot(of: word.text) { return slot }
        problems.add(
            "records of format \(format.rawValue) have no field \(quoted(word.text))", at: word.place, length: word.length,
            hint: "name a group (?<timestamp>…) in the rules instead, or a field of the format: "
                + format.fieldNames.joined(separator: ", "))
        return nil
    }

    /// `UTC`, `Z`, `+02:00` or `-0530` in seconds east of UTC.
    private static func zoneOffsetSeconds(_ text: String) -> Int? {
        if text == "UTC" { return 0 }
        let probe = [UInt8]("1970-01-02T00:00:00\(text)".utf8)
        guard let first = text.first, "Zz+-".contains(first),
            let milliseconds = TimestampFormat.rfc3339.milliseconds(of: probe.span, TimestampContext(nowMilliseconds: 0))
        else {
            return nil
        }
        return 86_400 - Int(milliseconds / 1000)
    }
}
