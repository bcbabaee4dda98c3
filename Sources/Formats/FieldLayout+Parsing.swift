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
        if message.space == .inner { return parseInner(into: &target) }
        if message.encoding == .verbatim {
            let isOfFormat = parseContent(record.extracting(message.start..<message.end), into: &target)
            place(&target.fields, at: message.start, in: .record)
            return isOfFormat
        }
        target.inner.removeAll(keepingCapacity: true)
        message.decode(record.extracting(message.start..<message.end), into: &target.inner)
        return parseInner(into: &target)
    }

    private func parseInner(into target: inout RecordFields) -> Bool {
        // A second name for the bytes while fields are written; it is gone before they are written again.
        let inner = target.inner
        target.fields[0] = Field(0..<inner.count, space: .inner)
        let isOfFormat = parseContent(inner.span, into: &target)
        place(&target.fields, at: 0, in: .inner)
        return isOfFormat
    }

    /// Whether a line, by a quick look, is one that a container runtime has not cut. False says nothing.
    package static func isSurelyWhole(_ line: Span<UInt8>) -> Bool {
        ContainerLine.isSurelyWhole(line)
    }

    private func parseEnvelope(_ record: Span<UInt8>, into target: inout RecordFields) -> Bool {
        switch format.envelope {
        case nil: return true
        case .docker, .cri:
            guard let end = record.firstIndex(of: .lineFeed) else { return parseContainerLine(record, into: &target) }
            return parseLines(record, firstEnd: end, into: &target)
        case .syslog: return parseSyslog(record, into: &target)
        case .journald:
            entrySlots.parse(record, into: &target.fields)
            return true
        }
    }

    /// The header is in the first line; further lines belong to the message.
    private func parseSyslog(_ record: Span<UInt8>, into target: inout RecordFields) -> Bool {
        let first = record.extracting(first: record.firstIndex(of: .lineFeed) ?? record.count)
        guard SyslogLine.parse(first, base: innerCount, into: &target.fields) else { return false }
        target.fields[0].end = record.count
        return true
    }

    private func parseContainerLine(_ line: Span<UInt8>, into target: inout RecordFields) -> Bool {
        format.envelope == .docker
            ? ContainerLine.parseDocker(line, tree: envelopeTree, into: &target)
            : ContainerLine.parseCRI(line, base: innerCount, into: &target)
    }

    /// Joins the messages of several lines to one.
    private func parseLines(_ record: Span<UInt8>, firstEnd: Int, into target: inout RecordFields) -> Bool {
        target.inner.removeAll(keepingCapacity: true)
        var wrapping: [Field] = []
        var (start, end) = (0, firstEnd)
        while true {
            let lineEnd = end > start && record[end - 1] == .carriageReturn ? end - 1 : end
            let line = record.extracting(start..<lineEnd)
            guard parseContainerLine(line, into: &target) else {
                target.fields[0] = Field(0..<record.count)
                return false
            }
            let message = target.fields[0]
            message.decode(line.extracting(message.start..<message.end), into: &target.inner)
            if start == 0 { wrapping = Array(target.fields[innerCount..<fixedCount]) }
            guard end < record.count else { break }
            if !target.isPartial { target.inner.append(.lineFeed) }
            start = end + 1
            end = record.firstIndex(of: .lineFeed, from: start) ?? record.count
        }
        for (index, field) in wrapping.enumerated() { target.fields[innerCount + index] = field }
        target.fields[0] = Field(0..<target.inner.count, space: .inner)
        return true
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
