// What a poll does: who stands at which path now, who left, who came, and which of them follow one another. Names and
// inodes only; what the files hold is compared when they are read.

import Records

extension FileSource {
    /// Expands the globs and brings the known files up to date.
    func scan() {
        var scan = discovery.scan()
        if let watch {
            for failure in watch.update(scan.directories) {
                notify(.inotifyUnavailable(directory: failure.directory, reason: failure.reason))
            }
        }
        let seconds = wallClock()
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
            seen.insert(file.id)
            if file.isVisible, file.checkpoint.path != sighting.path { vacated.append(file.checkpoint.path) }
            see(file, sighting, seconds: seconds, standing)
        }
        for id in visible.subtracting(seen) {
            guard let file = files[id] else { continue }
            vacated.append(file.checkpoint.path)
            leave(file)
        }
        visible = seen
        if isFirstScan {
            vacated += occupants.keys
            findAbsentFiles(&scan, besides: Set(arrivals.map(\.status.key)))
        }
        let changed = changedPaths(standing, vacated)
        receive(arrivals, standing, changed: changed, scan: &scan)
        for path in changed {
            guard let key = standing[path], let file = byKey[key] else { continue }
            occupants[path] = Occupant(file: file.id, lastSeenSeconds: seconds)
        }
        notifyOnce(scan.problems)
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
        if hasChanged, file.isLeaving { file.phase = .leaving(quietSinceMS: nowMS) }
        let wasFailing = file.failure != nil
        if file.open == nil { openFile(file, at: sighting.path) }
        if hasChanged || wasFailing || file.needsLook { enqueue(file) }
    }

    private func leave(_ file: TailedFile) {
        noteLastSeen(file)
        file.isVisible = false
        if file.open == nil {
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
        file.phase = .leaving(quietSinceMS: nowMS)
        leaving.insert(file.id)
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

    /// After a start: looks for known files that no glob leads to, beside the place where they were last seen. What the
    /// files at paths that match hold is decided when they are read.
    private func findAbsentFiles(_ scan: inout DirectoryScan, besides arrivals: Set<FileKey>) {
        var names: [String: [UInt64: String]] = [:]
        for file in files.values.sorted(by: { $0.id < $1.id }) where file.phase == .absent {
            let directory = Path.directory(of: file.checkpoint.path)
            let entries = scan.listing(directory)
            if names[directory] == nil {
                names[directory] = Dictionary(entries.map { ($0.inode, $0.name) }, uniquingKeysWith: { first, _ in first })
            }
            if file.checkpoint.inode != 0, let name = names[directory]?[file.checkpoint.inode] {
                let path = directory + "/" + name
                if let status = try? System.status(of: path), status.key == file.key, status.kind == .regular {
                    rejoin(file, at: path, status)
                    continue
                }
            }
            findCopy(of: file, among: entries, besides: arrivals)
        }
    }

    /// The paths at which files are or were followed, of which `path` is one or a rotated one.
    func livePaths(of path: String) -> [String] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        return ([name] + RotatedName.lives(of: name)).map { directory + "/" + $0 }.filter { occupants[$0] != nil }
    }

    private func rejoin(_ file: TailedFile, at path: String, _ status: FileStatus) {
        // Without content to compare, only the name can tell a rotated file from another one with its inode.
        guard file.checkpoint.origin != nil || Path.isFormer(path, of: file.checkpoint.path) else { return }
        file.foundPath = path
        file.size = status.size
        file.modifiedNS = status.modifiedNS
        if status.size == file.checkpoint.offset, status.modifiedSeconds < file.checkpoint.lastSeenSeconds {
            file.phase = .finished
            return
        }
        openFile(file, at: path)
        guard file.open != nil else { return }
        startLeaving(file)
        if status.size != file.checkpoint.offset { notify(.siblingFound(path: path, offset: file.checkpoint.offset)) }
        enqueue(file)
    }

    /// Takes in files that were not known: those at paths that match, and rotated ones beside a path where the file changed,
    /// which came and went unseen. The order of their ids is the order of their age, and each waits for the one before it.
    private func receive(_ arrivals: [Sighting], _ standing: [String: FileKey], changed: [String], scan: inout DirectoryScan) {
        var keys = Set(arrivals.map(\.status.key))
        var siblings: [Sighting] = []
        for path in changed {
            guard let former = occupants[path] else { continue }
            let entries = scan.listing(Path.directory(of: path))
            for sibling in newSiblings(of: path, since: former.lastSeenSeconds, among: entries)
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
        chain(at: changed.filter { occupants[$0] != nil })
    }

    /// Whether a path that matches is, by its name, that of a rotated file, because a log is or was beside it.
    private func isRotated(_ path: String, _ standing: [String: FileKey]) -> Bool {
        let directory = Path.directory(of: path)
        return RotatedName.livesWithEnding(of: Path.name(of: path)).contains { live in
            standing[directory + "/" + live] != nil || occupants[directory + "/" + live] != nil
        }
    }

    private func byAge(_ sightings: [Sighting]) -> [Sighting] {
        sightings.sorted { ($0.status.modifiedNS, $0.path) < ($1.status.modifiedNS, $1.path) }
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
        openFile(file, at: sighting.path)
        enqueue(file)
    }

    func admitSibling(_ sighting: Sighting) {
        let file = add(sighting, offset: 0, phase: .following)
        if let live = sighting.live {
            file.checkpoint.path = live
            file.foundPath = sighting.path
        }
        startLeaving(file)
        openFile(file, at: sighting.path)
        if file.open == nil {
            remove(file)
        } else {
            notify(.siblingFound(path: sighting.path, offset: 0))
            enqueue(file)
        }
    }

    private func add(_ sighting: Sighting, offset: UInt64, phase: TailedFile.Phase) -> TailedFile {
        let checkpoint = FileCheckpoint(
            source: configuration.name, path: sighting.path, device: sighting.status.key.device, inode: sighting.status.key.inode,
            origin: nil, offset: offset, marks: [], lastSeenSeconds: wallClock())
        let file = add(checkpoint, phase: phase)
        file.size = sighting.status.size
        file.modifiedNS = sighting.status.modifiedNS
        file.isVerified = true
        file.changeCount += 1
        return file
    }

    /// Rotated files beside `path` that are not known and were written since the file there was last seen: contents of that
    /// file's successors. Older ones are from before this source's time. Known ones that were let go and have changed since
    /// are looked at again: a late writer's lines, or another file with the inode of one that is gone.
    func newSiblings(of path: String, since seconds: Int64, among entries: [DirectoryEntry]) -> [Sighting] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        var siblings: [Sighting] = []
        for entry in entries where RotatedName.isRotation(entry.name, of: name) {
            let found = directory + "/" + entry.name
            guard let status = try? System.status(of: found), status.kind == .regular else { continue }
            if let known = byKey[status.key] {
                if known.isAtRest, known.size != status.size || known.modifiedNS != status.modifiedNS {
                    known.isVerified = false
                    rejoin(known, at: found, status)
                }
            } else if status.modifiedSeconds >= seconds {
                siblings.append(Sighting(path: found, status: status, live: path))
            }
        }
        return byAge(siblings)
    }

    /// Makes each file that stood at one of the paths, by its name, wait for the lines of the one before it there. Ids grow
    /// with age, and a file only ever waits for a smaller id, so nothing waits in a circle.
    func chain(at paths: [String]) {
        guard !paths.isEmpty else { return }
        var members: [String: [(name: String, file: TailedFile)]] = [:]
        for file in files.values.sorted(by: { $0.id < $1.id }) where file.open != nil && (file.needsLook || file.isLeaving) {
            members[Path.directory(of: file.checkpoint.path), default: []].append((Path.name(of: file.checkpoint.path), file))
        }
        for path in paths {
            let name = Path.name(of: path)
            let line = (members[Path.directory(of: path)] ?? []).filter { $0.name == name || RotatedName.isRotation($0.name, of: name) }
            for (older, newer) in zip(line, line.dropFirst()) { newer.file.predecessor = older.file.id }
        }
    }

    /// Opens the file at `path`, provided that it still is the file meant.
    func openFile(_ file: TailedFile, at path: String) {
        do {
            let open = try System.openForReading(path)
            guard try System.status(of: open).key == file.key else { return }
            file.open = open
        } catch {
            fail(file, error)
        }
    }

    func fail(_ file: TailedFile, _ error: SystemError) {
        if file.failure != error { notify(.unreadable(path: file.path, reason: error)) }
        file.failure = error
    }
}
