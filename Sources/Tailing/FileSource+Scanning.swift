// What a poll does: who stands at which path now, who left, who came, and which of them follow one another. Names and
// inodes only; what the files hold is compared when they are read.

import Records

extension FileSource {
    /// Expands the globs and brings the known files up to date.
    func scan() {
        // Before the look, and not later: what comes and goes at a path from now on has a time of last write no earlier than this.
        scanSeconds = wallClock()
        let seconds = scanSeconds
        var scan = discovery.scan()
        watch(scan)
        let sightings = onePerFile(scan.sightings)
        var arrivals: [Sighting] = []
        var seen: Set<FileID> = []
        var standing: [String: FileKey] = [:]
        var vacated: [String] = []
        for sighting in sightings { standing[sighting.path] = sighting.status.key }
        for sighting in sightings {
            guard let file = byKey[sighting.status.key] else {
                arrivals.append(sighting)
                continue
            }
            // A compressed file that was known is gone if a plain one has its inode.
            if file.compressed != nil || (isFirstScan && beginsOtherwise(sighting.path, than: file)) {
                if file.compressed == nil { notify(.startedAnew(path: sighting.path, offset: file.checkpoint.offset)) }
                loseFile(file)
                arrivals.append(sighting)
                continue
            }
            seen.insert(file.id)
            if file.isVisible, file.checkpoint.path != sighting.path { vacated.append(file.checkpoint.path) }
            see(file, sighting, seconds: seconds, standing)
        }
        var names = InodeNames()
        for id in visible.subtracting(seen) {
            guard let file = files[id] else { continue }
            vacated.append(file.checkpoint.path)
            leave(file, &names)
        }
        visible = seen
        var rests: Set<String> = []
        if isFirstScan {
            vacated += occupants.keys
            findAbsentFiles(&scan, besides: Set(arrivals.map(\.status.key)))
            let unfinished = files.values.filter { $0.phase == .absent && !$0.checkpoint.isFinished && !$0.checkpoint.marks.isEmpty }
            rests = Set(unfinished.flatMap { livePaths(of: $0.checkpoint.path) })
        }
        let changed = changedPaths(standing, vacated)
        receive(arrivals, standing, changed: changed, rests: rests, scan: &scan)
        for path in changed {
            guard let key = standing[path], let file = byKey[key] else { continue }
            occupants[path] = Occupant(file: file.id, lastSeenSeconds: seconds)
        }
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

    private func noteLastSeen(_ file: TailedFile) {
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
                of: path, since: former.lastSeenSeconds, among: entries, withRests: rests.contains(path))
            where keys.insert(sibling.status.key).inserted {
                siblings.append(sibling)
            }
        }
        for sibling in byAge(siblings + arrivals.filter { occupants[$0.path] == nil }) {
            if siblings.contains(sibling) {
                admitSibling(sibling)
            } else {
                arrive(sibling, isRotated: isRotated(sibling.path, standing), in: scan)
            }
        }
        for arrival in byAge(arrivals.filter { occupants[$0.path] != nil }) {
            arrive(arrival, isRotated: isRotated(arrival.path, standing), in: scan, goneFormer: goneFormer(at: arrival.path, &scan))
        }
        // After a start, the rest of a rotated file that was known goes first, too.
        let rejoined = isFirstScan ? leaving.compactMap { files[$0]?.checkpoint.path } : []
        chain(at: Set(changed + rejoined).filter { occupants[$0] != nil }.sorted())
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
            origin: nil, offset: offset, marks: [], lastSeenSeconds: scanSeconds)
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
