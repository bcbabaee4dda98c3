// How the records of a pack state their time.

import Documents
import Formats

struct RecordTime: Sendable {
    /// The slot of the field that holds the time; nil when only rules say where it is.
    var slot: Int?
    /// How that field, a `timestamp` group and a rule's `timestamp:` are written.
    var format: TimestampFormat
    /// Seconds east of UTC for times that state no zone.
    var zoneOffsetSeconds: Int

    /// Reads `timestamp: { field: …, format: …, timezone: … }`.
    static func read(_ node: Node?, format: RecordFormat, context: RuleContext, in problems: ProblemCollector) -> RecordTime {
        let implied = format.defaultTimestamp
        var time = RecordTime(
            slot: implied.flatMap { format.slot(of: $0.field) }, format: implied?.format ?? .automatic,
            zoneOffsetSeconds: context.zoneOffsetSeconds)
        guard let node, let map = node.mapping(of: "`timestamp`", keys: ["field", "format", "timezone"], in: problems) else { return time }
        if let field = map["field"], let name = field.string(in: problems, what: "field") {
            time.slot = format.slot(of: name)
            if time.slot == nil {
                problems.add(
                    "records of format \(format.rawValue) have no field \(quoted(name))", at: field,
                    hint:
                        "leave `field` out and name a group (?<timestamp>…) in the rules, or choose one of \(format.fieldNames.joined(separator: ", "))"
                )
            }
        }
        if let text = map["format"]?.oneOf(TimestampFormat.allCases.map(\.rawValue), in: problems, what: "format") {
            time.format = TimestampFormat(rawValue: text) ?? .automatic
        }
        if let zone = map["timezone"], let text = zone.string(in: problems, what: "timezone") {
            if let seconds = zoneOffsetSeconds(text) {
                time.zoneOffsetSeconds = seconds
            } else {
                problems.add("\(quoted(text)) is no time zone", at: zone, hint: "write UTC, or an offset such as +02:00")
            }
        }
        return time
    }

    /// `UTC`, `Z`, `+02:00` or `-0530` in seconds east of UTC.
    private static func zoneOffsetSeconds(_ text: String) -> Int? {
        if text == "UTC" || text == "Z" { return 0 }
        let probe = [UInt8]("1970-01-02T00:00:00\(text)".utf8)
        guard let milliseconds = TimestampFormat.rfc3339.milliseconds(of: probe.span, TimestampContext(nowMilliseconds: 0)), !text.isEmpty
        else { return nil }
        return 86_400 - Int(milliseconds / 1000)
    }
}
