// Going back to the entry that was read last. libsystemd goes to the nearest entry where it does not find that one, and it does
// not find it in a file with other sequence numbers, such as the copy that a flush from /run to /var makes. So the entry is
// searched by what stays the same in every copy, and only where it is truly gone reading goes on with what is left.

import Records

extension JournalReader {
    /// Moves to the first entry behind the position that the filter takes.
    /// - Returns: that entries are missing, where they may be.
    func resume(_ handle: JournalHandle) throws(JournalFailure) -> JournalNotice? {
        let steps = configuration.filter.steps
        isOnUnread = false
        guard let position else {
            try handle.setMatches(steps)
            try handle.seekHead()
            return nil
        }
        guard let cursor = JournalCursor(position) else {
            lastIdentity = nil
            try handle.setMatches(steps)
            try handle.seek(realtimeMicroseconds: JournalCursor.realtimeMicroseconds(of: position) ?? 0)
            return nil
        }
        lastIdentity = cursor.identity
        try handle.setMatches([])
        let found = try find(cursor, position, in: handle)
        try handle.setMatches(steps)
        var notice: JournalNotice?
        switch found {
        case .entry(let text):
            // The entry itself comes first where the filter takes it, and is told by its identity.
            try handle.seek(cursor: text)
        case .next(let text, let next, let missing):
            if missing != 0 {
                notice = .entriesMissing(
                    fromMicroseconds: cursor.identity.realtimeMicroseconds, toMicroseconds: next.identity.realtimeMicroseconds,
                    entriesMax: missing)
            }
            try handle.seek(cursor: text)
        case .nothing:
            try handle.seek(realtimeMicroseconds: cursor.identity.realtimeMicroseconds)
            return .entriesMissing(fromMicroseconds: cursor.identity.realtimeMicroseconds, toMicroseconds: nil, entriesMax: nil)
        }
        isOnUnread = try handle.next()
        return notice
    }

    /// Looks for the last entry of all, and goes back to where reading stands. Without this the position of a source whose units
    /// are quiet would stay behind until the journal is vacuumed beyond it, and a restart would take that for a gap.
    func lookForTail(nowMS: Int64) {
        guard let handle else { return }
        hasGrown = false
        isCaughtUp = false
        nextTailAtMS = nowMS + Self.tailIntervalMS
        do {
            try faults.run { () throws(JournalFailure) in
                tail = try handle.lastCursor()
                // Nothing is missing: this reader had read to the end.
                _ = try resume(handle)
            }
        } catch {
            fail(error)
        }
    }

    /// To be called at the end of the journal: all up to `tail` was left out, so that the position can move there.
    func passOver() {
        guard let passed = tail else { return }
        tail = nil
        guard let cursor = JournalCursor(passed), passed != position,
            position.flatMap({ JournalCursor.realtimeMicroseconds(of: $0) }) ?? 0 <= cursor.identity.realtimeMicroseconds
        else { return }
        lastIdentity = cursor.identity
        setPosition(passed)
    }

    private enum Found {
        /// The entry itself, with the cursor that it has now.
        case entry(String)
        /// It is gone; this is the first one behind it.
        /// - Parameter missing: how many entries were between the two, where the numbers tell.
        case next(String, JournalCursor, missing: UInt64?)
        /// It is gone, and there is none behind it.
        case nothing
    }

    /// So many entries of one microsecond are looked at.
    private static let sameTimeMax = 10_000

    private func find(_ cursor: JournalCursor, _ text: String, in handle: JournalHandle) throws(JournalFailure) -> Found {
        let wanted = cursor.identity
        try handle.seek(cursor: text)
        let first = try look(handle)
        if let found = try search(from: first, wanted, in: handle, while: { $0.monotonicMicroseconds == wanted.monotonicMicroseconds }) {
            return .entry(found)
        }
        try handle.seek(realtimeMicroseconds: wanted.realtimeMicroseconds)
        let firstByTime = try look(handle)
        if let found = try search(
            from: firstByTime, wanted, in: handle, while: { $0.realtimeMicroseconds == wanted.realtimeMicroseconds })
        {
            return .entry(found)
        }
        if let first, first.cursor.isCountedAs(cursor), first.cursor.sequenceNumber > cursor.sequenceNumber {
            return .next(first.text, first.cursor, missing: first.cursor.sequenceNumber - cursor.sequenceNumber - 1)
        }
        return firstByTime.map { .next($0.text, $0.cursor, missing: nil) } ?? .nothing
    }

    private typealias Look = (text: String, cursor: JournalCursor)

    private func search(
        from first: Look?, _ wanted: EntryIdentity, in handle: JournalHandle, while isNear: (EntryIdentity) -> Bool
    ) throws(JournalFailure) -> String? {
        var entry = first
        for _ in 0..<Self.sameTimeMax {
            guard let candidate = entry, isNear(candidate.cursor.identity) else { return nil }
            if candidate.cursor.identity == wanted { return candidate.text }
            entry = try look(handle)
        }
        return nil
    }

    /// The next entry whose cursor can be read.
    private func look(_ handle: JournalHandle) throws(JournalFailure) -> Look? {
        var bytes: [UInt8] = []
        while try handle.next() {
            do {
                try handle.readCursor(into: &bytes)
            } catch {
                continue
            }
            if let cursor = JournalCursor(bytes.span) { return (String(decoding: bytes, as: UTF8.self), cursor) }
        }
        return nil
    }
}
