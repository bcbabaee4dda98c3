// Finds the fields of a record: first those of what is wrapped around its line, then those of the line.

import Records

extension FieldLayout {
    /// Finds the fields of `record`, one per slot. The message, slot 0, is set even when the record does not have this format: then
    /// it is the whole record, or the inner line where only that is of another format.
    /// - Parameter isEntry: whether the record is an entry of an `EntryBlock`, without its identity, rather than a line. No line can
    ///   pass for an entry, whatever is in it.
    /// - Returns: whether the record has this format.
    package func parse(_ record: Span<UInt8>, isEntry: Bool = false, into target: inout RecordFields) -> Bool {
        target.begin(fieldCount: names.count + flatSlots.count)
        target.fields[0] = Field(0..<record.count)
        guard isEntry == (format.envelope == .journald), parseEnvelope(record, into: &target) else { return false }
        guard format.content != .plain else { return true }
        guard format.envelope != nil else { return parseContent(record, into: &target) }
        let message = target.fields[0]
        guard !message.isAbsent else { return false }
        if message.encoding == .verbatim {
            let isOfFormat = parseContent(record.extracting(message.start..<message.end), into: &target)
            place(&target.fields, at: message.start, in: .record)
            return isOfFormat
        }
        target.inner.removeAll(keepingCapacity: true)
        message.decode(record.extracting(message.start..<message.end), into: &target.inner)
        // A second name for the bytes while fields are written; it is gone before they are written again.
        let inner = target.inner
        target.fields[0] = Field(0..<inner.count, space: .inner)
        let isOfFormat = parseContent(inner.span, into: &target)
        place(&target.fields, at: 0, in: .inner)
        return isOfFormat
    }

    private func parseEnvelope(_ record: Span<UInt8>, into target: inout RecordFields) -> Bool {
        switch format.envelope {
        case nil: return true
        case .docker: return ContainerLine.parseDocker(record, tree: envelopeTree, into: &target)
        case .cri: return ContainerLine.parseCRI(record, base: innerCount, into: &target)
        case .syslog: return SyslogLine.parse(record, base: innerCount, into: &target.fields)
        case .journald:
            entrySlots.parse(record, into: &target.fields)
            return true
        }
    }

    private func parseContent(_ line: Span<UInt8>, into target: inout RecordFields) -> Bool {
        switch format.content {
        case .plain: return true
        case .combined, .common: return AccessLog.parse(line, expectsAgent: format.content == .combined, into: &target.fields)
        case .logfmt: return LogfmtLine.parse(line, keys: keys, into: &target)
        case .json:
            guard JSONScanner.scan(line, tree: tree, into: &target) else { return false }
            for pair in flatSlots where target.fields[pair.flat].kind != .missing { target.fields[pair.slot] = target.fields[pair.flat] }
            return true
        }
    }

    /// Moves the fields of the inner line to where it lies.
    private func place(_ fields: inout [Field], at offset: Int, in space: Field.Space) {
        for slot in fields.indices
        where slot > 0 && (slot < innerCount || slot >= fixedCount) && !isEntryField[slot] && !fields[slot].isAbsent {
            fields[slot].start += offset
            fields[slot].end += offset
            fields[slot].space = space
        }
    }
}
