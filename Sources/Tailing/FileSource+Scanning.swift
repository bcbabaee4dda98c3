// What a poll does: who stands at which path now, who left, who came, and which of them follow one another. Names and
// inodes only; what the files hold is compared when they are read.

import Records

extension FileSource {
    /// Expands the globs and brings the known files up to date; again where a file was moved before it could be opened.
    func scan() {
        if isFirstScan { forgetUnbegun() }
        for _ in 0..<Self.looksMax {
            haveNamesMoved = false
            scanOnce()
            if !haveNamesMoved { break }
        }
        unbegun = []
        // Until all that was seen could be opened, the paths count as changed.
        if haveNamesMoved { schedule.want() }
    }

    private func scanOnce() {
        // Before the look, and not later: what comes and goes at a path from now on has a time of last write no earlier than this.
        scanSeconds = wallClock()
        let seconds = scanSeconds
        var scan = lookAtNames()
        watch(scan)
        let sightings = onePerFile(scan.sightings)
        var arrivals: [Sighting] = []
        var seen: Set<FileID> = []
        var standing: [String: FileKey] = [:]
        var vacated: [String] = []
        var moved: [TailedFile] = []
        for sighting in sightings { standing[sighting.path] = sighting.status.key }
        for sighting in sightings {
            guard let file = byKey[sighting.status.key] else {
                arrivals.append(sighting)
                continue
            }
            // A compressed file that was known is gone if a plain one has its inode, and so is a file that nobody looked at for some time
            // unless what was read of it is there: another one has its inode by now.
            let isWithoutContent = file.compressed != nil || (!file.isBegun && file.checkpoint.offset == 0)
            if file.compressed != nil || (file.isAtRest && (isWithoutContent || holdsOther(sighting.path, than: file))) {
                if !isWithoutContent { notify(.startedAnew(path: sighting.path, offset: file.checkpoint.offset)) }
                loseFile(file)
                arrivals.append(sighting)
                continue
            }
            seen.insert(file.id)
            if file.isVisible, file.checkpoint.path != sighting.path {
                vacated.append(file.checkpoint.path)
                moved.append(file)
            }
            see(file, sighting, seconds: seconds, standing)
        }
        var names = InodeNames()
        for id in visible.subtracting(seen) {
            guard let file = files[id] else { continue }
            vacated.append(file.checkpoint.path)
            moved.append(file)
            leave(file, &names)
        }
        visible = seen
        // If one began anew before it was moved, what it holds now is older than what stands in its place.
        for file in moved where files[file.id] === file && file.isBegun && file.compressed == nil {
            if let open = handle(of: file) { _ = try? verify(file, open) }
        }
        var rests: Set<String> = []
        if isFirstScan {
            vacated += occupants.keys
            findAbsentFiles(&scan, besides: Set(arrivals.map(\.status.key)))
            let unfinished = files.values.filter { $0.phase == .absent && !$0.checkpoint.isFinished && !$0.checkpoint.marks.isEmpty }
            rests = Set(unfinished.flatMap { livePaths(of: $0.checkpoint.path) })
        }
        let changed = changedPaths(standing, vacated)
        receive(arrivals, standing, changed: changed, rests: rests, scan: &scan)
        if !haveNamesMoved { occupy(changed, standing) }
        let strangers = scan.compressed.filter { livePaths(of: $0).isEmpty }
        notifyOnce(scan.problems + strangers.map { .refused(path: $0, kind: .compressed) })
        if scan.isBeyondEvents || !vacantSinceMS.isEmpty { schedule.distrustEvents() }
    }

    /// Watches the directories of a scan. What comes between the scan and a new watch is found by one more scan.
    private func watch(_ scan: DirectoryScan) {
        guard let watch else { return schedule.distrustEvents() }
        let result = watch.update(scan.directories)
        for failure in result.failures { notify(.inotifyUnavailable(directory: failure.directory, reason: failure.reason)) }
        if result.isNew { schedule.want() }
        if !result.isComplete { schedule.distrustEvents() }
    }

    /// After a start, a file of which nothing was read is no more than an inode, which another file may have by now: it comes as any
    /// other that is not known, in the order of its age.
    private func forgetUnbegun() {
        for file in files.values where !file.isBegun && file.checkpoint.offset == 0 {
            unbegun.insert(file.key)
            if let since = occupants[file.checkpoint.path]?.lastSeenSeconds {
                occupants[file.checkpoint.path]?.lastSeenSeconds = min(since, file.checkpoint.lastSeenSeconds)
            }
            remove(file)
        }
    }

    /// Expands the globs, and again where a log was rotated meanwhile: names that were read before and after that together tell of
    /// files that never stood beside one another, and of none that moved from a name not yet read to one that was.
    private func lookAtNames() -> DirectoryScan {
        var scan = discovery.scan()
        for _ in 1..<Self.looksMax {
            let changed = changedPaths(in: scan)
            for path in changed { scan.lookBeside(path) }
            if Set(changed.map { Path.directory(of: $0) }).allSatisfy({ scan.isStill($0) }) { break }
            scan = discovery.scan()
        }
        return scan
    }

    /// The paths at which another file stands than before, or none; after a start, all.
    private func changedPaths(in scan: DirectoryScan) -> [String] {
        if isFirstScan { return Array(occupants.keys) }
        var changed = Array(vacantSinceMS.keys)
        var standing: [String: FileKey] = [:]
        for sighting in scan.sightings {
            standing[sighting.path] = sighting.status.key
            guard let occupant = occupants[sighting.path] else { continue }
            if files[occupant.file]?.key != sighting.status.key { changed.append(sighting.path) }
        }
        for id in visible {
            if let file = files[id], standing[file.checkpoint.path] != file.key { changed.append(file.checkpoint.path) }
        }
        return changed
    }

    private func occupy(_ paths: [String], _ standing: [String: FileKey]) {
        for path in paths {
            guard let key = standing[path], let file = byKey[key] else { continue }
            occupants[path] = Occupant(file: file.id, lastSeenSeconds: scanSeconds)
        }
    }

    /// Each file once, at the path where it was before if that is among its paths.
    private func onePerFile(_ sightings: [Sighting]) -> [Sighting] {
        var places: [FileKey: Int] = [:]
        var unique: [Sighting] = []
        for sighting in sightings {
            guard let place = places[sighting.status.key] else {
                places[sighting.status.key] = unique.count
                unique.append(sighting)
                continue
            }
            if byKey[sighting.status.key]?.checkpoint.path == sighting.path { unique[place] = sighting }
        }
        return unique
    }

    private func see(_ file: TailedFile, _ sighting: Sighting, seconds: Int64, _ standing: [String: FileKey]) {
        file.foundPath = nil
        file.newName = nil
        if file.checkpoint.path != sighting.path {
            noteLastSeen(file)
            let isRotated =
                Path.isFormer(sighting.path, of: file.checkpoint.path) || isRotated(sighting.path, standing)
                || RotatedName.areOfOneLog(Path.name(of: sighting.path), Path.name(of: file.checkpoint.path))
            file.checkpoint.path = sighting.path
            file.changeCount += 1
            if file.phase == .following, isRotated { notify(.rotated(path: sighting.path)) }
            if file.phase != .finished {
                if isRotated { startLeaving(file) } else { file.phase = .following }
            }
        } else if file.phase == .absent || (file.isLeaving && !file.isVisible) {
            if isRotated(sighting.path, standing) { startLeaving(file) } else { file.phase = .following }
        }
        file.isVisible = true
        file.seenSeconds = seconds
        if file.checkpoint.origin == nil { file.isUndecided = true }
        let hasChanged = file.size != sighting.status.size || file.modifiedNS != sighting.status.modifiedNS
        file.size = sighting.status.size
        file.modifiedNS = sighting.status.modifiedNS
        if file.phase == .finished {
            guard hasChanged else { return }
            if isRotated(sighting.path, standing) { startLeaving(file) } else { file.phase = .following }
        }
        if hasChanged, file.isLeaving { file.phase = .leaving(quietSinceMS: quietSinceMS) }
        let wasFailing = file.failure != nil
        if !file.isWithinReach { openIfRoom(file) }
        if hasChanged || wasFailing || file.needsLook { enqueue(file) }
    }

    private func leave(_ file: TailedFile, _ names: inout InodeNames) {
        noteLastSeen(file)
        file.isVisible = false
        if file.isParked {
            pursue(file, &names)
            if !file.isWithinReach { return }
        } else if openFiles.isShort {
            file.newName = names.path(of: file)
        }
        if !file.isWithinReach {
            guard file.phase != .finished else { return }
            if file.isWorthKeeping { file.phase = .absent } else { remove(file) }
            return
        }
        if file.phase == .following {
            notify(.rotated(path: file.checkpoint.path))
            startLeaving(file)
        }
        enqueue(file)
    }

    func startLeaving(_ file: TailedFile) {
        file.phase = .leaving(quietSinceMS: quietSinceMS)
        leaving.insert(file.id)
        awaitsQuiet = true
    }

    func noteLastSeen(_ file: TailedFile) {
        guard occupants[file.checkpoint.path]?.file == file.id else { return }
        occupants[file.checkpoint.path]?.lastSeenSeconds = file.seenSeconds
    }

    /// The paths at which another file stands than before, or none. A path that fell vacant stays among them for a while: a
    /// file may come and be rotated away there between two scans.
    private func changedPaths(_ standing: [String: FileKey], _ vacated: [String]) -> [String] {
        for path in vacated { vacantSinceMS[path] = nowMS }
        vacantSinceMS = vacantSinceMS.filter { standing[$0.key] == nil && nowMS - $0.value <= configuration.quietMS }
        var changed = Set(vacantSinceMS.keys)
        for (path, key) in standing {
            guard let occupant = occupants[path], let file = byKey[key], file.id == occupant.file else {
                changed.insert(path)
                continue
            }
        }
        return changed.sorted()
    }

    /// Takes in files that were not known: those at paths that match, and rotated ones beside a path where the file changed,
    /// which came and went unseen. The order of their ids is the order of their age, and each waits for the one before it.
    /// - Parameter rests: paths of contents that were not read to their ends and have no file any more.
    private func receive(
        _ arrivals: [Sighting], _ standing: [String: FileKey], changed: [String], rests: Set<String>, scan: inout DirectoryScan
    ) {
        var keys = Set(arrivals.map(\.status.key))
        var siblings: [Sighting] = []
        for path in rests.union(changed).sorted() {
            guard let former = occupants[path] else { continue }
            let entries = scan.listing(Path.directory(of: path))
            for sibling in newSiblings(
                of: path, since: former.lastSeenSeconds, among: entries, in: scan, withRests: rests.contains(path))
            where keys.insert(sibling.status.key).inserted {
                siblings.append(sibling)
            }
        }
        // Whatever the times, what stands in the place of a log is younger than what was rotated away from there.
        let logs = arrivals.filter { occupants[$0.path] != nil && !isRotated($0.path, standing) }
        let others = arrivals.filter { occupants[$0.path] == nil || isRotated($0.path, standing) }
        for sighting in byAge(siblings + others) + byAge(logs) {
            // What could not be opened is found elsewhere the next time, and must not seem to be younger than these then.
            if haveNamesMoved { break }
            if siblings.contains(sighting) {
                admitSibling(sighting)
            } else {
                let former = occupants[sighting.path] == nil ? nil : goneFormer(at: sighting.path, &scan)
                arrive(sighting, isRotated: isRotated(sighting.path, standing), in: scan, goneFormer: former)
            }
        }
        // After a start, the rest of a rotated file that was known goes first, too.
        let rejoined = isFirstScan ? leaving.compactMap { files[$0]?.checkpoint.path } : []
        chain(at: rests.union(changed + rejoined).filter { occupants[$0] != nil }.sorted())
    }

    /// Whether a path that matches is, by its name, that of a rotated file, because a log is or was beside it.
    private func isRotated(_ path: String, _ standing: [String: FileKey]) -> Bool {
        let directory = Path.directory(of: path)
        return RotatedName.livesWithEnding(of: Path.name(of: path)).contains { live in
            standing[directory + "/" + live] != nil || occupants[directory + "/" + live] != nil
        }
    }

    /// By the time of their last write, and by their names where the file system's times do not tell.
    func byAge(_ sightings: [Sighting]) -> [Sighting] {
        sightings.map { (sighting: $0, turns: RotatedName.turns(Path.name(of: $0.path))) }
            .sorted { left, right in
                (left.sighting.status.modifiedNS, -left.turns, left.sighting.path)
                    < (right.sighting.status.modifiedNS, -right.turns, right.sighting.path)
            }
            .map(\.sighting)
    }

    /// The file that stood at `path`, if it has no name any more.
    private func goneFormer(at path: String, _ scan: inout DirectoryScan) -> FileID? {
        guard let occupant = occupants[path], let former = files[occupant.file], !former.isVisible else { return nil }
        if let open = former.open, let status = try? System.status(of: open) { return status.links == 0 ? former.id : nil }
        let isNamed =
            former.checkpoint.inode != 0 && scan.listing(Path.directory(of: path)).contains { $0.inode == former.checkpoint.inode }
        return isNamed ? nil : former.id
    }

    private func arrive(_ sighting: Sighting, isRotated: Bool, in scan: DirectoryScan, goneFormer: FileID? = nil) {
        let startsAtEnd = isFirstScan && isFirstStart && configuration.startAtEnd
        let file = add(sighting, offset: startsAtEnd ? sighting.status.size : 0, phase: .following)
        if isRotated { startLeaving(file) }
        file.isVisible = true
        file.goneFormer = goneFormer
        file.directoryModifiedNS = scan.modifiedNS[Path.directory(of: sighting.path)] ?? 0
        visible.insert(file.id)
        notify(.appeared(path: sighting.path, offset: file.checkpoint.offset))
        openIfRoom(file)
        enqueue(file)
    }

    func add(_ sighting: Sighting, offset: UInt64, phase: TailedFile.Phase) -> TailedFile {
        let checkpoint = FileCheckpoint(
            source: configuration.name, path: sighting.path, device: sighting.status.key.device, inode: sighting.status.key.inode,
            origin: nil, offset: offset, marks: [], lastSeenSeconds: min(scanSeconds, sighting.status.modifiedSeconds))
        let file = add(checkpoint, phase: phase)
        file.size = sighting.status.size
        file.modifiedNS = sighting.status.modifiedNS
        file.isVerified = true
        file.changeCount += 1
        return file
    }

    func fail(_ file: TailedFile, _ error: SystemError) {
        if file.failure != error { notify(.unreadable(path: file.path, reason: error)) }
        file.failure = error
        schedule.distrustEvents()
    }
}
