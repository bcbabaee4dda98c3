// A file source with a store and a clock of its own: the part that the agent plays. Reads everything there is at each step,
// commits when told, and can be killed: what was read since the last commit is then read again.

import Glibc
import Records
import Tailing

final class Reader {
    struct Record: Hashable {
        var text: String
        var path: String
        var fingerprint: [UInt8]
        var generation: UInt32
        var offset: UInt64
    }

    private(set) var source: FileSource
    private(set) var nowMS: Int64 = 1_000_000
    private(set) var committed: [Record] = []
    private(set) var pending: [Record] = []
    private(set) var notices: [TailingNotice] = []
    /// How many of the complete lines of a block are taken.
    var linesTaken: (Int, FileBlock) -> Int = { lines, _ in lines }
    /// Where set, makes records of several lines: those that begin with a space belong to the line before.
    var groups: LineGroups?
    /// Seen blocks, for what the records do not tell.
    private(set) var blocks: [(block: FileBlock, bytes: Int)] = []

    /// How far the source's wall clock is behind the one that stamps files.
    var clockBehindSeconds: Int64 {
        get { clock.behindSeconds }
        set { clock.behindSeconds = newValue }
    }

    private let clock: WallClock
    private let configuration: FileSourceConfiguration
    private var store: [Int64: FileCheckpoint] = [:]
    private var nextID: Int64 = 1
    private var wasStarted = false
    private let openFilesMax: Int

    init(_ configuration: FileSourceConfiguration, openFilesMax: Int = .max) throws {
        self.configuration = configuration
        self.openFilesMax = openFilesMax
        clock = WallClock()
        source = try Self.makeSource(configuration, [], isFirstStart: true, openFilesMax, clock)
    }

    convenience init(
        _ folder: Folder, _ include: String..., exclude: [String] = [], startAtEnd: Bool = false, recordBytesMax: Int = 1000,
        blockBytes: Int = 4096, openFilesMax: Int = .max
    ) throws {
        try self.init(
            FileSourceConfiguration(
                name: "shop", include: include.map { folder($0) }, exclude: exclude, startAtEnd: startAtEnd,
                recordBytesMax: recordBytesMax, blockBytes: blockBytes), openFilesMax: openFilesMax)
    }

    var records: [Record] { committed + pending }
    var texts: [String] { records.map(\.text) }
    var checkpoints: [FileCheckpoint] { store.keys.sorted().map { store[$0]! } }

    /// What was read since the last call of this, and commits it.
    func take() -> [String] {
        let start = committed.count
        commit()
        return committed[start...].map(\.text)
    }

    /// Polls, reads all there is, commits, and returns what was new.
    func step(polls: Int = 1) -> [String] {
        for _ in 0..<polls {
            poll()
            readAll()
        }
        return take()
    }

    /// Past the time for which a rotated file must be quiet.
    func settle() -> [String] { step(polls: Int(configuration.quietPolls) + 2) }

    func poll() {
        nowMS += configuration.pollIntervalMS
        source.readEvents()
        source.poll(nowMS: nowMS)
        notices += source.takeNotices()
    }

    func readAll() {
        var turns = 0
        while turn(bytesMax: 1 << 20).hasMore {
            turns += 1
            guard turns < 10_000 else {
                pending.append(Record(text: "reading has no end", path: "", fingerprint: [], generation: 0, offset: 0))
                break
            }
        }
        notices += source.takeNotices()
    }

    @discardableResult
    func turn(bytesMax: Int) -> TurnResult {
        source.turn(bytesMax: bytesMax) { bytes, block in
            blocks.append((block, bytes.count))
            if groups != nil { return takeGroups(bytes, block) }
            var lines: [(text: String, end: Int)] = []
            var start = 0
            while start < bytes.count {
                let end = bytes.firstIndex(of: UInt8.lineFeed, from: start) ?? bytes.count
                let text = bytes.extracting(start..<end).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
                lines.append((text, min(end + 1, bytes.count)))
                start = end + 1
            }
            var consumed = 0
            for line in lines.prefix(linesTaken(lines.count, block)) {
                pending.append(
                    Record(
                        text: line.text, path: block.path, fingerprint: block.origin.fingerprint, generation: block.origin.generation,
                        offset: block.offset + UInt64(consumed)))
                consumed = line.end
            }
            return consumed
        }
    }

    private func takeGroups(_ bytes: Span<UInt8>, _ block: FileBlock) -> Int {
        groups!.group(bytes, isFinal: block.isFinal) { $0.count > 0 && $0[0] == UInt8(ascii: " ") }
        let (starts, end) = (groups!.starts, groups!.end)
        for (start, next) in zip(starts, starts.dropFirst() + [end]) {
            var text = bytes.extracting(start..<next).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            if text.hasSuffix("\n") { text.removeLast() }
            pending.append(
                Record(
                    text: text, path: block.path, fingerprint: block.origin.fingerprint, generation: block.origin.generation,
                    offset: block.offset + UInt64(start)))
        }
        return end
    }

    func commit() {
        let changed = source.changedCheckpoints()
        let forgotten = source.forgottenCheckpoints()
        var ids: [Int64] = []
        for var checkpoint in changed {
            if checkpoint.id == 0 {
                checkpoint.id = nextID
                nextID += 1
            } else {
                precondition(store[checkpoint.id] != nil)
            }
            store[checkpoint.id] = checkpoint
            ids.append(checkpoint.id)
        }
        for id in forgotten { precondition(store.removeValue(forKey: id) != nil) }
        source.didCommit(ids)
        committed += pending
        pending = []
        wasStarted = true
    }

    func stop() throws {
        commit()
        try kill()
    }

    /// Starts again from what was committed last. Returns what is lost of memory, to be read again.
    @discardableResult
    func kill() throws -> [Record] {
        defer { pending = [] }
        source = try Self.makeSource(configuration, checkpoints, isFirstStart: !wasStarted, openFilesMax, clock)
        return pending
    }

    private static func makeSource(
        _ configuration: FileSourceConfiguration, _ checkpoints: [FileCheckpoint], isFirstStart: Bool, _ openFilesMax: Int,
        _ clock: WallClock
    ) throws -> FileSource {
        try FileSource(
            configuration: configuration, checkpoints: checkpoints, isFirstStart: isFirstStart,
            openFiles: OpenFiles(countMax: openFilesMax),
            wallClock: { Int64(time(nil)) - clock.behindSeconds })
    }
}

private final class WallClock {
    var behindSeconds: Int64 = 0
}
