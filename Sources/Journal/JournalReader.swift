// One journal source: its entries in blocks, from where it was left on, whatever happens to the files meanwhile.
//
// The position is the cursor of the entry that was looked at last, also of one that was left out; and what the library's matches
// leave out is passed over from time to time. All members are used on the
// thread that made the reader (sd_journal_open(3), "Notes"). Memory is bounded: a block is at most one turn's bytes and one more
// entry, an entry at most `recordBytesMax` and `fieldBytesMax` for each other field that is wanted.

import Glibc
package import Records

package final class JournalReader {
    let configuration: JournalConfiguration
    var handle: JournalHandle?
    /// The cursor of the last entry, or a moment (see `JournalCursor`); nil: nothing was read, and reading starts at the beginning.
    var position: String?
    /// The entry at `position`.
    var lastIdentity: EntryIdentity?
    /// Whether the handle stands on an entry that was not looked at.
    var isOnUnread = false
    var files: JournalFiles
    /// The last entry of all, whatever the filter takes, as it was before reading went on from `position`; nil once an entry was
    /// taken. Where none is until the end, all up to this one are left out.
    var tail: String?
    /// Whether entries came since `tail` was looked for, and when it may be looked for again, of the monotonic clock.
    var hasGrown = false
    var nextTailAtMS: Int64 = .min
    /// Whether the last turn found no more.
    package internal(set) var isCaughtUp = false
    /// When `poll` wants to be called again, of the monotonic clock.
    package internal(set) var nextPollAtMS: Int64 = .min
    /// Why the journal could not be read the last time; nil: it can be.
    var lastFailure: JournalFailure?
    /// What was counted and not yet taken.
    private var counters = JournalCounters()

    private let exclusions: [[UInt8]]
    /// `MESSAGE` first.
    private let names: [[UInt8]]
    private var seen: [Bool]
    private var block = EntryBlock()
    let faults = ReadFaults()
    private var cursorText: [UInt8] = []
    private var nextCursorText: [UInt8] = []
    private var isPositionTaken = true
    private var notices: [JournalNotice] = []

    /// No more notices are kept between two looks; what is beyond is said again when it happens again.
    private static let noticesMax = 100
    private static let messageName = Array("MESSAGE".utf8)
    /// What of a turn's entries is skipped or left out costs time as well.
    package static let turnEntriesMax = 2_048
    /// How often entries that are left out may move the position.
    package static let tailIntervalMS: Int64 = 60_000

    /// A journal that cannot be opened now is none of the errors: it is tried again at each poll.
    /// - Parameters:
    ///   - cursor: what `takeCursor` last returned for this source; nil: nothing yet.
    ///   - isFirstStart: whether the source was never started, so that `start` decides where it begins.
    ///   - nowMicroseconds: the wall clock, since 1970.
    /// - Throws: where `cursor` says neither an entry nor a time.
    package init(_ configuration: JournalConfiguration, cursor: String?, isFirstStart: Bool, nowMicroseconds: UInt64) throws(JournalError) {
        self.configuration = configuration
        exclusions = configuration.filter.exclusions.map { Array($0.utf8) }
        names = [Self.messageName] + configuration.fields.map { Array($0.utf8) }.filter { $0 != Self.messageName }
        seen = Array(repeating: false, count: names.count)
        files = JournalFiles(configuration.place)
        position = cursor
        if let cursor {
            lastIdentity = JournalCursor(cursor)?.identity
            guard lastIdentity != nil || JournalCursor.realtimeMicroseconds(of: cursor) != nil else {
                throw JournalError(
                    what: "the stored position \(cursor.debugDescription) is no place in a journal", place: configuration.name,
                    hint: "restore the state directory from a backup, or give the source another name to start it anew")
            }
        }
        open(startsAt: isFirstStart ? configuration.start : nil, nowMicroseconds: nowMicroseconds)
    }

    /// What poll(2) is to wait for besides the time of `nextPollAtMS`; negative while there is nothing to wait for.
    package var descriptor: Int32 { handle?.descriptor ?? -1 }

    /// What keeps entries from being read, while that is so.
    package var problem: JournalNotice? {
        if let lastFailure {
            return lastFailure.code == EACCES
                ? .noPermission(path: configuration.place.path) : .unreadable(path: configuration.place.path, reason: lastFailure)
        }
        return files.denied.min().map { .noPermission(path: $0) }
    }

    /// Whether there is any journal file where this reads, be it readable or not.
    package var hasFiles: Bool { files.fileCount > 0 }

    /// Reads entries until they take `bytesMax` bytes or there are no more, and hands them to `consume` at once. What it was
    /// given counts as done when it returns.
    /// - Returns: whether there may be more now.
    package func turn(
        bytesMax: Int, entriesMax: Int = JournalReader.turnEntriesMax, _ consume: (borrowing EntryBlock) -> Void
    ) -> Bool {
        guard let handle else {
            isCaughtUp = true
            return false
        }
        isCaughtUp = false
        block.removeAll()
        let (before, faultsBefore) = (counters, faults.total)
        var (looks, hasMoved) = (0, false)
        do {
            try faults.run { () throws(JournalFailure) in
                while block.bytes.count < bytesMax, looks < entriesMax {
                    if !isOnUnread, try !handle.next() {
                        isCaughtUp = true
                        break
                    }
                    isOnUnread = false
                    looks += 1
                    if take(from: handle) { hasMoved = true }
                }
            }
        } catch {
            fail(error)
        }
        if !block.isEmpty { consume(block) }
        if hasMoved {
            setPosition(String(decoding: cursorText, as: UTF8.self))
            tail = nil
        } else if isCaughtUp {
            passOver()
        }
        reportSkipped(before)
        if faults.total > faultsBefore { note(.pagesUnreadable(count: faults.total - faultsBefore)) }
        return !isCaughtUp && self.handle != nil
    }

    /// The position, if it has changed since it was last asked for.
    package func takeCursor() -> String? {
        guard !isPositionTaken else { return nil }
        isPositionTaken = true
        return position
    }

    package func takeNotices() -> [JournalNotice] {
        defer { notices = [] }
        return notices
    }

    package func takeCounters() -> JournalCounters {
        defer { counters = JournalCounters() }
        return counters
    }

    /// Adds the present entry to the block, unless it is to be left out.
    /// - Returns: whether it was a new one.
    private func take(from handle: JournalHandle) -> Bool {
        let faultsBefore = faults.total
        let cursor: JournalCursor
        do {
            try handle.readCursor(into: &nextCursorText)
            guard let read = JournalCursor(nextCursorText.span), faults.total == faultsBefore else { throw JournalFailure(code: EBADMSG) }
            cursor = read
        } catch {
            counters.damaged += 1
            return false
        }
        guard cursor.identity != lastIdentity else { return false }
        lastIdentity = cursor.identity
        swap(&cursorText, &nextCursorText)
        counters.entries += 1
        for index in seen.indices { seen[index] = false }
        block.beginEntry(cursor.identity)
        block.append("__REALTIME_TIMESTAMP", cursor.identity.realtimeMicroseconds)
        var verdict = Verdict.keep
        do {
            try handle.forEachField { field in
                verdict = add(field)
                return verdict == .keep
            }
        } catch {
            verdict = .damaged
        }
        if faults.total > faultsBefore { verdict = .damaged }
        switch verdict {
        case .keep: return true
        case .excluded: counters.excluded += 1
        case .oversize: counters.oversize += 1
        case .damaged: counters.damaged += 1
        }
        block.abandonEntry()
        return true
    }

    private enum Verdict {
        case keep, excluded, oversize, damaged
    }

    /// Adds a field to the entry that was begun, where it is wanted. Of a field that occurs several times the first counts.
    private func add(_ field: Span<UInt8>) -> Verdict {
        for exclusion in exclusions where field.hasSameBytes(as: exclusion.span) { return .excluded }
        for (index, name) in names.enumerated() {
            guard field.count > name.count, field[name.count] == UInt8(ascii: "="),
                field.extracting(first: name.count).hasSameBytes(as: name.span)
            else { continue }
            let bytes = field.count - name.count - 1
            if index == 0, bytes > configuration.recordBytesMax { return .oversize }
            if seen[index] { return .keep }
            seen[index] = true
            if index > 0, bytes > JournalConfiguration.fieldBytesMax {
                counters.fieldsDropped += 1
            } else {
                block.append(field)
            }
            return .keep
        }
        return .keep
    }

    func note(_ notice: JournalNotice) {
        if notices.count < Self.noticesMax { notices.append(notice) }
    }

    func setPosition(_ position: String) {
        self.position = position
        isPositionTaken = false
    }

    /// Says once per turn what was skipped.
    private func reportSkipped(_ before: JournalCounters) {
        if counters.oversize > before.oversize {
            note(.oversizeSkipped(count: counters.oversize - before.oversize, limit: configuration.recordBytesMax))
        }
        if counters.damaged > before.damaged { note(.damagedSkipped(count: counters.damaged - before.damaged)) }
    }
}
