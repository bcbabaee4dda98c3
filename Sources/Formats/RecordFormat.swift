// The shapes of records that rules can be written for. A shape may be nested: a container runtime and syslog wrap each line of
// an application in a line of their own, and `docker+json` is a line of JSON in a line of Docker's json-file.
//
// `message` is the whole record for plain, access logs, json and logfmt, and the inner line where one is wrapped. In a nested
// format the plain names are those of the inner line, and those of the wrapping begin with its name: `docker.time`.

/// How a record's text is taken apart into fields.
package struct RecordFormat: Hashable, Sendable {
    /// What may be wrapped around a line.
    package enum Envelope: String, CaseIterable, Sendable {
        /// Docker's json-file: `{"log":"…\n","stream":"stdout","time":"…"}`.
        case docker
        /// The files of the kubelet (container runtime interface): `TIME STREAM TAG MESSAGE`.
        case cri
        /// RFC 3164 and RFC 5424 lines, and the file format of rsyslog with RFC 3339 times.
        case syslog
        /// An entry of systemd's journal, which is no line but fields: see `JournalEntry`. The line is its `MESSAGE`.
        case journald
    }

    /// What the line itself is.
    package enum Content: String, CaseIterable, Sendable {
        /// One text; its only field is `message`.
        case plain
        /// NCSA combined access log, as nginx and Apache write it: common plus referer and user agent, and whatever follows.
        case combined
        /// NCSA common access log.
        case common
        /// One JSON object (RFC 8259).
        case json
        /// `key=value key="two words"`.
        case logfmt
    }

    package let envelope: Envelope?
    package let content: Content

    package static let plain = RecordFormat(content: .plain)
    package static let syslog = RecordFormat(.syslog, content: .plain)

    package static let journald = RecordFormat(.journald, content: .plain)

    package init(_ envelope: Envelope? = nil, content: Content) {
        self.envelope = envelope
        self.content = content
    }

    /// Whether a record's fields are named by whoever logs it, so that any name may be one.
    package var hasFreeNames: Bool { content == .json || content == .logfmt }

    /// The field that holds the record's own time, and how it is written, unless the configuration says otherwise: of a wrapped
    /// line the time of the wrapping.
    package var defaultTimestamp: (field: String, format: TimestampFormat)? {
        switch (envelope, content) {
        case (.syslog, _): (envelopeName("time"), .automatic)
        case (.journald, _): (envelopeName("time"), .epoch(.microseconds))
        case (.docker, _), (.cri, _): (envelopeName("time"), .rfc3339)
        case (nil, .combined), (nil, .common): ("time", .commonLog)
        case (nil, _): nil
        }
    }

    /// The names of the fields that every record of this format may have, in the order of their slots: `message`, the inner
    /// line's, the wrapping's.
    package var fixedNames: [String] {
        innerNames + envelopeFields.map { envelopeName($0) }
    }

    var innerNames: [String] {
        switch content {
        case .plain, .json, .logfmt: ["message"]
        case .combined, .common: AccessLog.fieldNames
        }
    }

    private var envelopeFields: [String] {
        switch envelope {
        case nil: []
        case .docker: ContainerLine.dockerFieldNames
        case .cri: ContainerLine.criFieldNames
        case .syslog, .journald: SyslogLine.fieldNames
        }
    }

    /// The format that this one's lines have when they come through the journal instead of a file; nil where they would still be
    /// wrapped in something else.
    package var inJournal: RecordFormat? {
        switch envelope {
        case nil, .syslog, .journald: RecordFormat(.journald, content: content)
        case .docker, .cri: nil
        }
    }

    private func envelopeName(_ name: String) -> String {
        guard let envelope, content != .plain else { return name }
        return "\(envelope.rawValue).\(name)"
    }
}

extension RecordFormat: RawRepresentable, CaseIterable {
    package static let allCases: [RecordFormat] =
        Content.allCases.map { RecordFormat(content: $0) }
        + Envelope.allCases.flatMap { envelope in Content.allCases.map { RecordFormat(envelope, content: $0) } }

    /// `json`, `docker`, or `docker+json`.
    package var rawValue: String {
        guard let envelope else { return content.rawValue }
        return content == .plain ? envelope.rawValue : "\(envelope.rawValue)+\(content.rawValue)"
    }

    package init?(rawValue: String) {
        guard let format = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = format
    }
}
