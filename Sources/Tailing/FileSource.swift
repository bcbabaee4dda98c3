// Reads the files of one source: finds them, knows them again, follows them through rotation, and offers their whole lines.
//
// No bytes are kept per file. One buffer serves all of them: a file is read from its checkpoint's offset, which is always a
// record's start, and the consumer says how much it took; the rest is read again when there is more. Before each read the
// content just before the offset and the file's first line are compared with what was read, so neither size nor inode is
// ever trusted. The consumer's calls and the changed checkpoints go into one transaction; after it, `didCommit`.
//
// Confined to one thread. Time comes in as numbers: milliseconds of a steady clock for waiting, seconds of the wall clock for
// "when was this file last there", which is compared with times of last writes.
//
// Limits: `FileSourceConfiguration`, and `OpenFiles` for how many files are open at once.

package import Records

package final class FileSource {
    package let configuration: FileSourceConfiguration
    package private(set) var counters = FileSourceCounters()

    let discovery: Discovery
    let openFiles: OpenFiles
    let wallClock: () -> Int64
    var watch: DirectoryWatch?

    var files: [FileID: TailedFile] = [:]
    var byKey: [FileKey: TailedFile] = [:]
    /// The files that are known under a fingerprint, in the order in which they became known.
    var byFingerprint: [[UInt8]: [FileID]] = [:]
    /// Which file stood last at a path that matches, and when it was last seen there.
    var occupants: [String: Occupant] = [:]
    /// Paths at which no file stands any more, and since when.
    var vacantSinceMS: [String: Int64] = [:]
    /// The files that the last scan saw.
    var visible: Set<FileID> = []
    /// The files that are read to their ends, to be let go then.
    var leaving: Set<FileID> = []
    /// The files of which the consumer left whole lines.
    var holding: Set<FileID> = []
    /// The files that copy others.
    var copies: Set<FileID> = []
    var ready = ReadyQueue()
    /// The compressed file that has a decoder.
    var decoding: FileID?
    var buffer: [UInt8]
    var forgotten: [Int64] = []

    var nowMS: Int64 = 0
    /// When the last scan began: since then nobody knows what stands at which path. A file that is read, through its descriptor,
    /// was not seen there for all that.
    var scanSeconds: Int64 = 0
    var isFirstScan = true
    let isFirstStart: Bool
    /// What `didCommit` answers to.
    var offered: [(file: TailedFile, changeCount: Int)] = []
    var offeredForgotten = 0

    private var nextFileID = 1
    var schedule: ScanSchedule
    /// When `poll` was called last.
    private var lastLookMS: Int64 = 0
    /// Whether `nowMS` is now, and not when `poll` was called last.
    private var isPolling = false
    /// Whether rotated files are on their way out that nothing but the next look may bring further.
    var awaitsQuiet = false
    private var notices: [TailingNotice] = []
    private var droppedNotices = 0
    private var saidOnce: Set<TailingNotice> = []
    private var hasToldOfClosing = false
    /// What `notifyOnce` was last told, in its order.
    private(set) var standingProblems: [TailingNotice] = []

    struct Occupant {
        var file: FileID
        var lastSeenSeconds: Int64
    }

    /// How many notices wait at most.
    package static let noticesMax = 256
    /// How many known files of one fingerprint an arrival is compared with, the newest ones.
    static let comparisonsMax = 64
    /// How many marks are left within a block that was taken, besides the one at its end; each halves the rest.
    static let marksWithinBlock = 3
    /// What a visit to a file costs of a turn's bytes at least, so that a turn ends even if no file has any.
    static let visitBytesMin = 512

    /// - Parameters:
    ///   - checkpoints: all that the store has for this source.
    ///   - isFirstStart: whether the source was never started before; then `startAtEnd` applies to what the first poll sees.
    ///   - openFiles: shared by all sources of one thread.
    ///   - wallClock: seconds since 1970.
    package init(
        configuration: FileSourceConfiguration, checkpoints: [FileCheckpoint], isFirstStart: Bool, openFiles: OpenFiles = OpenFiles(),
        wallClock: @escaping () -> Int64
    ) throws(TailingError) {
        var includes: [Glob] = []
        for text in configuration.include { includes += try Glob.including(text) }
        var excludes: [Glob] = []
        for text in configuration.exclude { excludes += try Glob.excluding(text) }
        guard !includes.isEmpty else {
            throw TailingError(what: "the source has no files", place: configuration.name, hint: "list at least one path under `files`")
        }
        self.configuration = configuration
        self.isFirstStart = isFirstStart
        self.wallClock = wallClock
        self.openFiles = openFiles
        schedule = ScanSchedule(pollIntervalMS: configuration.pollIntervalMS)
        discovery = Discovery(includes: includes, excludes: excludes, filesMax: configuration.filesMax)
        let blockBytes = max(configuration.blockBytes, 2 * (configuration.recordBytesMax + 2), FileOrigin.fingerprintBytesMax)
        buffer = [UInt8](repeating: 0, count: FileCheckpoint.Mark.contentBytesMax + blockBytes)
        do {
            watch = try DirectoryWatch()
        } catch {
            notify(.inotifyUnavailable(directory: nil, reason: error))
        }
        for checkpoint in checkpoints.sorted(by: { $0.id < $1.id }) { remember(checkpoint) }
    }

    /// Readable when files may have changed; -1 where there are no such events.
    package var descriptor: Int32 { watch?.descriptor ?? -1 }

    /// When `poll` is due, on the clock that it is told.
    package var nextPollAtMS: Int64 {
        var next = schedule.nextScanAtMS
        if awaitsQuiet || awaitsHeldLines { next = min(next, lastLookMS + configuration.pollIntervalMS) }
        return min(next, nextHoldingLookMS ?? next)
    }

    /// Whether every file is read to its end as of the last poll and the events read since. A last line without its line
    /// feed does not count, nor does a file that cannot be read.
    package var isCaughtUp: Bool { schedule.lastScanMS != nil && !schedule.isWanted && ready.isEmpty }

    /// How many files the last poll found.
    package var visibleFileCount: Int { visible.count }

    /// Takes note of the change events that wait. Call it when `descriptor` is readable; `nextPollAtMS` may come nearer.
    package func readEvents() {
        guard let watch else { return }
        do {
            var isOtherWritten = false
            for event in try watch.events() {
                switch event {
                case .written(let path):
                    guard let occupant = occupants[path], let file = files[occupant.file] else {
                        isOtherWritten = true
                        continue
                    }
                    enqueue(file)
                    if !file.isWithinReach { schedule.want() }
                case .renamed:
                    schedule.want()
                case .overflow:
                    schedule.want()
                    for file in files.values where file.open != nil { enqueue(file) }
                }
            }
            if isOtherWritten { lookAtLeaving() }
        } catch {
            self.watch = nil
            schedule.distrustEvents()
            notify(.inotifyUnavailable(directory: nil, reason: error))
        }
    }

    /// Lets quiet rotated files go, and, when that is due, expands the globs and looks at every known file. Reads no records.
    package func poll(nowMS: Int64) {
        self.nowMS = nowMS
        lastLookMS = nowMS
        isPolling = true
        defer { isPolling = false }
        let isScanDue = nowMS >= schedule.nextScanAtMS
        if isScanDue {
            schedule.beginScan(nowMS: nowMS)
            scan()
            schedule.endScan(fileCount: visible.count)
            isFirstScan = false
        }
        lookAtLeaving()
        endQuietFiles()
        endQuietRecords()
        lookAtCopies()
        if isScanDue { expire() }
        if openFiles.isShort, !hasToldOfClosing {
            hasToldOfClosing = true
            notify(.tooManyOpen(limit: openFiles.countMax))
        }
    }

    /// Since when a file is quiet that was just seen to change; nil where only the next look can tell.
    var quietSinceMS: Int64? { isPolling ? nowMS : nil }

    /// Offers blocks of whole records to `consume`, about `bytesMax` bytes in all, taking turns between the files that have
    /// any. `consume` returns how many bytes it took: up to the end of a record. What it leaves is offered again, together
    /// with the bytes after it, once the file has more, and as a final block once the file has been quiet for `holdMS`. From a
    /// block of `blockBytes` it must take something; if it does not, the first line is skipped as too long. A final block is
    /// offered until it is taken or left untouched.
    package func turn(bytesMax: Int, _ consume: (borrowing Span<UInt8>, FileBlock) -> Int) -> TurnResult {
        var result = TurnResult(bytesRead: 0, hasMore: false)
        var spent = 0
        var blockedInARow = 0
        // Where nothing can be closed one more is opened all the same, or nothing would ever go on.
        var isRoomAwaited = true
        while spent < bytesMax, let file = ready.popFirst() {
            guard file.needsLook else { continue }
            if isBlocked(file) || (isRoomAwaited && waitsForRoom(file)) {
                ready.append(file)
                blockedInARow += 1
                if blockedInARow > ready.count {
                    guard isRoomAwaited, spent == 0 else { break }
                    isRoomAwaited = false
                    blockedInARow = 0
                }
                continue
            }
            blockedInARow = 0
            isRoomAwaited = true
            file.needsLook = false
            let bytesRead = visit(file, consume)
            if file.open != nil { openFiles.noteUse(of: file) }
            openFiles.trim()
            result.bytesRead += bytesRead
            spent += max(bytesRead, Self.visitBytesMin)
        }
        result.hasMore = !ready.isEmpty
        return result
    }

    /// What happened since the last call, oldest first.
    package func takeNotices() -> [TailingNotice] {
        defer {
            notices = []
            droppedNotices = 0
        }
        return droppedNotices == 0 ? notices : notices + [.noticesDropped(count: droppedNotices)]
    }

    func enqueue(_ file: TailedFile) {
        file.needsLook = true
        if file.isWithinReach { ready.append(file) }
    }

    func notify(_ notice: TailingNotice) {
        if notices.count < Self.noticesMax { notices.append(notice) } else { droppedNotices += 1 }
    }

    /// Says which of these states hold now: what is new among them is told, and what no longer holds may be told again.
    func notifyOnce(_ current: [TailingNotice]) {
        for notice in current where !saidOnce.contains(notice) { notify(notice) }
        saidOnce = Set(current)
        standingProblems = current
    }

    func count(consumed: Int) {
        counters.bytesConsumed += UInt64(consumed)
    }

    func count(lostBytes: UInt64) {
        counters.filesLost += 1
        counters.bytesLost += lostBytes
    }

    func count(oversizeBytes: UInt64) {
        counters.oversizeRecords += 1
        counters.oversizeBytes += oversizeBytes
    }

    func add(_ checkpoint: FileCheckpoint, phase: TailedFile.Phase) -> TailedFile {
        let file = TailedFile(id: nextFileID, checkpoint: checkpoint, phase: phase)
        nextFileID += 1
        files[file.id] = file
        if checkpoint.inode != 0 { byKey[file.key] = file }
        if let origin = checkpoint.origin { byFingerprint[origin.fingerprint, default: []].append(file.id) }
        return file
    }

    func remove(_ file: TailedFile) {
        if file.checkpoint.id != 0 { forgotten.append(file.checkpoint.id) }
        files[file.id] = nil
        leaving.remove(file.id)
        release(file)
        endDecoding(file)
        visible.remove(file.id)
        if byKey[file.key] === file { byKey[file.key] = nil }
        leaveFingerprint(file)
        file.open = nil
        file.unpark()
        file.needsLook = false
    }

    func leaveFingerprint(_ file: TailedFile) {
        guard let fingerprint = file.checkpoint.origin?.fingerprint, var ids = byFingerprint[fingerprint] else { return }
        ids.removeAll { $0 == file.id }
        byFingerprint[fingerprint] = ids.isEmpty ? nil : ids
    }

    private func remember(_ checkpoint: FileCheckpoint) {
        let file = add(checkpoint, phase: .absent)
        occupants[checkpoint.path] = Occupant(file: file.id, lastSeenSeconds: checkpoint.lastSeenSeconds)
    }

    private func isBlocked(_ file: TailedFile) -> Bool {
        waitsForPredecessor(file) || waitsForDecoding(file)
    }

    func waitsForPredecessor(_ file: TailedFile) -> Bool {
        guard let id = file.predecessor, let predecessor = files[id] else { return false }
        return predecessor.needsLook && predecessor.isWithinReach
    }
}
