// Reads a journal as the pipeline does, into values that tests compare.

import Journal
import Records
import TestSupport

/// An entry as it was read.
struct ReadEntry: Equatable {
    var identity: EntryIdentity
    var fields: [String: [UInt8]]

    func text(_ name: String) -> String? { fields[name].map { String(decoding: $0, as: UTF8.self) } }
    var message: String? { text("MESSAGE") }
}

extension JournalReader {
    /// One turn's entries.
    func entries(bytesMax: Int = 1 << 20, entriesMax: Int = JournalReader.turnEntriesMax) -> (entries: [ReadEntry], hasMore: Bool) {
        var entries: [ReadEntry] = []
        let hasMore = turn(bytesMax: bytesMax, entriesMax: entriesMax) { block in
            for (start, end) in zip(block.starts, block.starts.dropFirst() + [block.bytes.count]) {
                let entry = block.bytes.span.extracting(start..<end)
                let fields = entry.extracting(droppingFirst: EntryIdentity.byteCount)
                var read = ReadEntry(identity: EntryIdentity(entry.extracting(first: EntryIdentity.byteCount)), fields: [:])
                EntryBlock.forEachField(in: fields) { name, value in
                    let name = String(decoding: [UInt8](copying: fields.extracting(name)), as: UTF8.self)
                    read.fields[name] = [UInt8](copying: fields.extracting(value))
                    return true
                }
                entries.append(read)
            }
        }
        return (entries, hasMore)
    }

    /// All that there is now.
    func rest() -> [ReadEntry] {
        var all: [ReadEntry] = []
        while true {
            let (entries, hasMore) = entries()
            all += entries
            if !hasMore { return all }
        }
    }

    var messages: [String] { rest().map { $0.message ?? "" } }
}

extension JournalFolder {
    static let now = WrittenEntry.epoch + 86_400_000_000

    func reader(
        cursor: String? = nil, start: JournalConfiguration.Start = .beginning, filter: JournalFilter = JournalFilter(),
        recordBytesMax: Int = JournalConfiguration.recordBytesMaxDefault, fields: [String] = [], place: JournalConfiguration.Place? = nil,
        isFirstStart: Bool? = nil
    ) throws -> JournalReader {
        let configuration = JournalConfiguration(
            name: "test", place: place ?? .directory(path), filter: filter, start: start, recordBytesMax: recordBytesMax, fields: fields)
        return try JournalReader(configuration, cursor: cursor, isFirstStart: isFirstStart ?? (cursor == nil), nowMicroseconds: Self.now)
    }
}
