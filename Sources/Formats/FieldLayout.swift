// Which fields the rules of one pack, or of all packs of one format, look at, and in which slot of a parsed record each is.
// Records with freely named fields are searched for these names only.

import Records

/// The names are registered here while rules are read.
package final class FieldNames {
    package let format: RecordFormat
    private var free: [String] = []
    /// The slots of fixed names that were asked for.
    private var used: Set<Int> = []

    package init(_ format: RecordFormat) {
        self.format = format
    }

    /// The slot of the field called `name`; the same for the same name. Nil where the format has no field of that name, or, where
    /// names are free, where it is no path (`user.id`, `items[0]`, `["@timestamp"]`).
    package func slot(of name: String) -> Int? {
        if let slot = fixedSlot(of: name) { return slot }
        let fixed = format.fixedNames
        if let index = free.firstIndex(of: name) { return fixed.count + index }
        guard FieldLayout.accepts(name, format) else { return nil }
        free.append(name)
        return fixed.count + free.count - 1
    }

    /// The same for names that every record of the format may have. A line of syslog that comes through the journal answers to the
    /// names that it has in a file.
    package func fixedSlot(of name: String) -> Int? {
        let syslogPrefix = "syslog."
        let isFromFile = format.envelope == .journald && format.content != .plain && name.hasPrefix(syslogPrefix)
        let own = isFromFile ? "journald." + name.dropFirst(syslogPrefix.count) : name
        guard let slot = format.fixedNames.firstIndex(of: own) else { return nil }
        used.insert(slot)
        return slot
    }

    /// What was registered until now.
    package var layout: FieldLayout { FieldLayout(format, freeNames: free, usedSlots: used) }
}

/// The slots of records of one format. Slot 0 is `message`.
package final class FieldLayout: Sendable {
    package let format: RecordFormat
    /// By slot.
    package let names: [String]

    let innerCount: Int
    let fixedCount: Int
    /// Of freely named fields in JSON. Slots from `names.count` on hold what the record's own member of a dotted name is.
    let tree: PathTree
    /// Pairs of a slot and the slot of the record's own member of that dotted name, which wins.
    let flatSlots: [(slot: Int, flat: Int)]
    /// Of freely named fields in logfmt.
    let keys: KeyTable
    /// Of Docker's members.
    let envelopeTree: PathTree
    /// Of the fields of a journal's entry.
    let entrySlots: JournalEntry.Slots
    /// For each slot whether it is one of these fields under its own name.
    let isEntryField: [Bool]
    private let usedSlots: Set<Int>

    /// - Parameter usedSlots: those of fixed names that rules look at; a journal is asked for no others.
    init(_ format: RecordFormat, freeNames: [String], usedSlots: Set<Int>) {
        self.format = format
        let fixed = format.fixedNames
        names = fixed + freeNames
        innerCount = format.innerNames.count
        fixedCount = fixed.count
        envelopeTree = ContainerLine.dockerTree(base: innerCount)
        var paths: [(steps: [FieldPath.Step], slot: Int)] = []
        var flatSlots: [(slot: Int, flat: Int)] = []
        var keys: [(bytes: [UInt8], value: Int)] = []
        var entryFields: [(slot: Int, name: String)] = []
        for (number, name) in freeNames.enumerated() {
            let slot = fixed.count + number
            if let field = JournalEntry.field(name, in: format) {
                entryFields.append((slot, field))
                continue
            }
            switch format.content {
            case .json:
                let path = FieldPath(name)!
                paths.append((path.steps, slot))
                guard let flat = path.flatSteps else { continue }
                flatSlots.append((slot, names.count + flatSlots.count))
                paths.append((flat, flatSlots.last!.flat))
            case .logfmt: keys.append((Self.logfmtKey(name)!, slot))
            case .plain, .combined, .common: break
            }
        }
        tree = PathTree(paths)
        self.flatSlots = flatSlots
        self.keys = KeyTable(keys)
        let (innerCount, isJournal) = (format.innerNames.count, format.envelope == .journald)
        entrySlots = JournalEntry.Slots(
            syslogSlots: isJournal ? usedSlots.sorted().filter { $0 >= innerCount }.map { ($0, $0 - innerCount) } : [], fields: entryFields)
        isEntryField = (0..<names.count + flatSlots.count).map { slot in entryFields.contains { $0.slot == slot } }
        self.usedSlots = usedSlots
    }

    /// One layout for several of the same format.
    package convenience init(merging layouts: [FieldLayout]) {
        var free: [String] = []
        for name in layouts.flatMap({ $0.names[$0.fixedCount...] }) where !free.contains(name) { free.append(name) }
        self.init(layouts[0].format, freeNames: free, usedSlots: layouts.reduce(into: []) { $0.formUnion($1.usedSlots) })
    }

    /// The fields that a journal must be asked for, for entries of this layout; none for other records.
    package var journalFields: [String] { format.envelope == .journald ? entrySlots.names : [] }

    /// For each slot of `other`, whose names must all be here, the slot here.
    package func slots(of other: FieldLayout) -> [Int] {
        other.names.map { names.firstIndex(of: $0)! }
    }

    /// The texts of which a record holds at least one when `literal` stands in the field's value but not in the record: the
    /// escapes that can hide it. None: the value stands in the record as it is.
    package static func escapes(of slot: Int, in format: RecordFormat, hiding literal: [UInt8]) -> [[UInt8]] {
        let isFree = slot >= format.fixedNames.count
        let isInner = slot < format.innerNames.count || isFree
        let isAccessLog =
            isInner && !isFree && (format.content == .combined || format.content == .common) && AccessLog.isEscaped(slot: slot)
        let isJSON = isInner && (format.envelope == .docker || (format.hasFreeNames && slot > 0)) || !isInner && format.envelope == .docker
        guard isAccessLog || isJSON else { return [] }
        // Control characters have escapes of their own.
        if literal.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return [[.backslash]] }
        var letters: [UInt8] = []
        if isAccessLog { letters.append(UInt8(ascii: "x")) }
        if isJSON { letters.append(UInt8(ascii: "u")) }
        for byte in [UInt8.quote, .backslash, UInt8(ascii: "/")] where literal.contains(byte) { letters.append(byte) }
        return letters.map { [.backslash, $0] }
    }

    static func accepts(_ name: String, _ format: RecordFormat) -> Bool {
        if JournalEntry.field(name, in: format) != nil { return true }
        return switch format.content {
        case .json: FieldPath(name) != nil
        case .logfmt: logfmtKey(name) != nil
        case .plain, .combined, .common: false
        }
    }

    /// A key stands as it is, dots included, or is quoted: `["message"]`.
    private static func logfmtKey(_ name: String) -> [UInt8]? {
        if name.hasPrefix("[") { return FieldPath(name)?.onlyName }
        let bytes = [UInt8](name.utf8)
        return bytes.isEmpty || bytes.contains { $0.isWhitespace || $0 == .quote || $0 == UInt8(ascii: "=") } ? nil : bytes
    }
}
