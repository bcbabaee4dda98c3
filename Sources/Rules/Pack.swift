// A rule file: rules written for records of one format, and how those records state their time.

import Calls
package import Documents
package import Formats

/// A checked rule file.
package final class Pack: Sendable {
    /// The file's name without folder and extension; sources choose packs by it.
    package let stem: String
    package let file: String
    package let format: RecordFormat
    /// How lines make the records that the rules expect; nil: any way will do, and so it is where entries of the journal are read.
    package let multiline: Multiline?
    package let rules: [Rule]
    /// The fields that the rules look at.
    let layout: FieldLayout
    let time: RecordTime
    /// Texts that name nobody when they stand where a user id is expected.
    let nobody: [[UInt8]]
    /// The length of the longest of them.
    let nobodyBytesMax: Int

    private init(
        stem: String, file: String, format: RecordFormat, multiline: Multiline?, rules: [Rule], layout: FieldLayout, time: RecordTime,
        nobody: [[UInt8]]
    ) {
        self.stem = stem
        self.file = file
        self.format = format
        self.multiline = multiline
        self.rules = rules
        self.layout = layout
        self.time = time
        self.nobody = nobody
        nobodyBytesMax = nobody.map(\.count).max() ?? 0
    }

    /// What a source says about its records; it wins over what the pack says.
    package struct Override: Sendable {
        package var format: RecordFormat?
        package var timestamp: TimestampStatement?
        package var multiline: MultilineStatement?
        /// The records are entries of the journal: each pack's format is that of their messages.
        package var isJournal: Bool

        package init(
            format: RecordFormat? = nil, timestamp: TimestampStatement? = nil, multiline: MultilineStatement? = nil, isJournal: Bool = false
        ) {
            self.format = format
            self.timestamp = timestamp
            self.multiline = multiline
            self.isJournal = isJournal
        }
    }

    private static let keys = ["format", "multiline", "timestamp", "nobody", "tables", "patterns", "rules"]
    private static let rulesHint = "`rules` is a list; each rule begins with - name: …"

    /// What applications write where there is no user, unless the pack says otherwise: compared without regard to case.
    package static let defaultNobody = ["", "-", "--", "null", "nil", "none", "undefined", "n/a", "<unknown>", "(null)"]

    /// Reads the rule file at `file`.
    /// - Throws: all mistakes found in it.
    package static func read(file: String, context: RuleContext, override: Override = Override()) throws(Problems) -> Pack {
        let node = try Node.read(file: file)
        return try read(node, file: file, context: context, override: override)
    }

    /// Reads a rule file that was parsed already.
    package static func read(_ node: Node, file: String, context: RuleContext, override: Override = Override()) throws(Problems) -> Pack {
        let problems = ProblemCollector()
        let pack = read(node, file: file, context: context, override: override, in: problems)
        try problems.throwIfAny()
        return pack!
    }

    private static func read(_ node: Node, file: String, context: RuleContext, override: Override, in problems: ProblemCollector) -> Pack? {
        guard let map = node.mapping(of: "a rule file", keys: keys, in: problems) else { return nil }
        // The key of the rules may be the one that was mistyped.
        if !problems.isEmpty, map["rules"] == nil { return nil }
        let stated = map["format"]?.oneOf(RecordFormat.allCases.map(\.rawValue), in: problems, what: "format")
        var format = override.format ?? stated.flatMap { RecordFormat(rawValue: $0) } ?? .plain
        if override.isJournal {
            if let inJournal = format.inJournal {
                format = inJournal
            } else if let node = map["format"] {
                problems.add(
                    "records of format \(format.rawValue) do not come through the journal", at: node,
                    hint: "let another source read these rules, or write them for the line within")
            }
        }
        let statement = override.timestamp ?? map["timestamp"].map { TimestampStatement.read($0, in: problems) } ?? TimestampStatement()
        let fields = FieldNames(format)
        let time = RecordTime(statement, fields: fields, in: problems)
        let multiline = override.multiline ?? map["multiline"].flatMap { MultilineStatement.read($0, in: problems) }
        if let key = map.key("multiline"), let stated, RecordFormat(rawValue: stated)?.envelope == .journald {
            problems.add("an entry of the journal is one record, whatever lines are in it", at: key, hint: "remove `multiline`")
        }
        let nobody = map["nobody"]?.strings(in: problems, what: "nobody") ?? defaultNobody
        let reader = RuleReader(
            fields: fields, tables: LookupTable.tables(map["tables"], in: problems),
            named: NamedPatterns.read(map["patterns"], in: problems), context: context, problems: problems)
        let nodes =
            map.required("rules", hint: Self.rulesHint)?.list(in: problems, what: "rules") ?? []
        if nodes.isEmpty, let node = map["rules"], case .list = node.content {
            problems.add("`rules` is empty", at: node, hint: Self.rulesHint)
        }
        let rules = nodes.compactMap { reader.rule($0) }
        // What is said at a source is said for several packs, so it means none of their own patterns.
        let framing = multiline.flatMap { $0.checked(override.multiline == nil ? reader.named : .library, in: problems) }
        reportRepeatedNames(rules, in: problems)
        guard problems.isEmpty else { return nil }
        return Pack(
            stem: stem(of: file), file: file, format: format, multiline: format.envelope == .journald ? nil : framing, rules: rules,
            layout: fields.layout, time: time,
            nobody: nobody.map { [UInt8]($0.lowercased().utf8) })
    }

    /// Names are unique over all rule files, for they are part of the message ids.
    static func reportRepeatedNames(_ rules: [Rule], in problems: ProblemCollector) {
        var places: [String: Place] = [:]
        for rule in rules {
            if let first = places[rule.name] {
                problems.add(
                    "a second rule called \(quoted(rule.name))", at: rule.place,
                    hint: "the first is at \(first); names are part of message ids")
            } else {
                places[rule.name] = rule.place
            }
        }
    }

    private static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}

extension [Pack] {
    /// Checks what holds over several files: no two packs of one stem, no two rules of one name.
    package func checkTogether() throws(Problems) {
        let problems = ProblemCollector()
        var files: [String: String] = [:]
        for pack in self {
            if let first = files[pack.stem] {
                problems.add(
                    "two rule files are called \(quoted(pack.stem))", at: Place(file: pack.file, line: 1, column: 1),
                    hint: "sources choose rule files by this name; rename one of them. The other is \(first)")
            }
            files[pack.stem] = pack.file
        }
        Pack.reportRepeatedNames(flatMap(\.rules), in: problems)
        try problems.throwIfAny()
    }

    /// The one way in which the packs have lines make records; nil where they name none.
    /// - Throws: when they name different ones.
    func commonMultiline() throws(Problems) -> Multiline? {
        let named = compactMap(\.multiline)
        guard let first = named.first, let other = named.first(where: { !$0.isSame(as: first) }) else { return named.first }
        throw Problems([
            Problem(
                "this `multiline` differs from the one at \(first.place), and both would read the same source", at: other.place,
                hint: "say `multiline` at the source, which wins over both, or give each rule file a source of its own")
        ])
    }
}
