// The shapes of records that rules can be written for, and the fields that each shape has.

/// How a record's text is taken apart into fields.
package enum RecordFormat: String, CaseIterable, Sendable {
    /// The record is one text; its only field is `message`.
    case plain
    /// NCSA combined access log, as nginx and Apache write it: common plus referer and user agent, and whatever follows.
    case combined
    /// NCSA common access log.
    case common
    /// RFC 3164 and RFC 5424 lines, and the file format of rsyslog with RFC 3339 times.
    case syslog

    /// The names of the format's fields, in the order of their slots. `message` is always the first.
    package var fieldNames: [String] {
        switch self {
        case .plain: ["message"]
        case .combined, .common: AccessLog.fieldNames
        case .syslog: SyslogLine.fieldNames
        }
    }

    /// The field that holds the record's own time, and how it is written, unless the configuration says otherwise.
    package var defaultTimestamp: (field: String, format: TimestampFormat)? {
        switch self {
        case .plain: nil
        case .combined, .common: ("time", .commonLog)
        case .syslog: ("time", .automatic)
        }
    }

    /// The slot of the field called `name`, or nil where the format has none of that name.
    package func slot(of name: String) -> Int? {
        fieldNames.firstIndex(of: name)
    }

    /// Whether a field's bytes in the record differ from its value: then a literal of the value may be missing from the record,
    /// but only from records that hold a backslash.
    package func isEscaped(slot: Int) -> Bool {
        switch self {
        case .plain, .syslog: false
        case .combined, .common: AccessLog.isEscaped(slot: slot)
        }
    }

    /// Finds the fields of `record`, one per slot. Slot 0 is set even when the record does not have this format.
    /// - Returns: whether the record has this format.
    package func parse(_ record: Span<UInt8>, into fields: inout [Field]) -> Bool {
        fields.removeAll(keepingCapacity: true)
        fields.append(Field(0..<record.count))
        switch self {
        case .plain:
            return true
        case .combined, .common:
            for _ in 1..<AccessLog.fieldNames.count { fields.append(.absent) }
            return AccessLog.parse(record, expectsAgent: self == .combined, into: &fields)
        case .syslog:
            for _ in 1..<SyslogLine.fieldNames.count { fields.append(.absent) }
            return SyslogLine.parse(record, into: &fields)
        }
    }
}

/// A field's place in its record.
package struct Field: Hashable, Sendable {
    package var start: Int
    package var end: Int
    /// Whether the bytes hold escapes that `AccessLog.decode` undoes.
    package var isEscaped: Bool

    package static let absent = Field(start: -1, end: -1, isEscaped: false)

    package init(start: Int, end: Int, isEscaped: Bool) {
        self.start = start
        self.end = end
        self.isEscaped = isEscaped
    }

    package init(_ range: Range<Int>, isEscaped: Bool = false) {
        self.init(start: range.lowerBound, end: range.upperBound, isEscaped: isEscaped)
    }

    package var isAbsent: Bool { start < 0 }

    package var range: Range<Int>? { start < 0 ? nil : start..<end }
}
