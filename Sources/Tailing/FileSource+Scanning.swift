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
        for sighting in sightings {
            standing[sighting.path] = sighting.status.key
            guard let file = byKey[sighting.status.key] else {
                arrivals.append(sighting)
                continue
            }
            seen.insert(file.id)
            if file.isVisible, file.checkpoint.path != sighting.path { vacated.append(file.checkpoint.path) }
            see(file, sighting, seconds: seconds)
        }
        for id in visible.subtracting(seen) {
            guard let file = files[id] else { continue }
            vacated.append(file.checkpoint.path)
            leave(file)
        }
        visible = seen
        if isFirstScan {
            vacated += occupants.keys
            findAbsentFiles(&scan)
        }
        let changed = changedPaths(standing, vacated)
        receive(arrivals, changed: changed, scan: &scan, seconds: seconds)
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

    private func see(_ file: TailedFile, _ sighting: Sighting, seconds: Int64) {
        if file.checkpoint.path != sighting.path {
            noteLastSeen(file)
            file.checkpoint.path = sighting.path
            file.changeCount += 1
            if file.phase == .following || file.phase == .absent {
                if file.phase == .following { notify(.rotated(path: sighting.path)) }
                startLeaving(file)
            }
        } else if file.phase == .absent || (file.isLeaving && !file.isVisible) {
            file.phase = .following
        }
        file.isVisible = true
        file.seenSeconds = seconds
        let hasChanged = file.size != sighting.status.size || file.modifiedNS != sighting.status.modifiedNS
        file.size = sighting.status.size
        file.modifiedNS = sighting.status.modifiedNS
        if file.phase == .finished {
            guard hasChanged else { return }
            file.phase = .following
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

    /// The paths at which another file stands than before, or none any more.
    private func changedPaths(_ standing: [String: FileKey], _ vacated: [String]) -> [String] {
        var changed = Set(vacated.filter { standing[$0] == nil })
        for (path, key) in standing {
            guard let occupant = occupants[path], let file = byKey[key], file.id == occupant.file else {
                changed.insert(path)
                continue
            }
        }
        return changed.sorted()
    }

    /// After a start: looks for known files that no glob leads to, beside the place where they were last seen.
    private func findAbsentFiles(_ scan: inout DirectoryScan) {
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
            findCopy(of: file, among: entries)
        }
    }

    private func rejoin(_ file: TailedFile, at path: String, _ status: FileStatus) {
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
    private func receive(_ arrivals: [Sighting], changed: [String], scan: inout DirectoryScan, seconds: Int64) {
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
            if siblings.contains(sibling) { admitSibling(sibling) } else { arrive(sibling, seconds: seconds) }
        }
        for arrival in byAge(arrivals.filter { occupants[$0.path] != nil }) { arrive(arrival, seconds: seconds) }
        chain(at: changed.filter { occupants[$0] != nil })
    }

    private func byAge(_ sightings: [Sighting]) -> [Sighting] {
        sightings.sorted { ($0.status.modifiedNS, $0.path) < ($1.status.modifiedNS, $1.path) }
    }

    private func arrive(_ sighting: Sighting, seconds: Int64) {
        let startsAtEnd = isFirstScan && isFirstStart && configuration.startAtEnd
        let file = add(sighting, offset: startsAtEnd ? sighting.status.size : 0, phase: .following)
        file.isVisible = true
        file.takesAPlace = occupants[sighting.path] != nil
        visible.insert(file.id)
        file.changeCount += 1
        notify(.appeared(path: sighting.path, offset: file.checkpoint.offset))
        openFile(file, at: sighting.path)
        enqueue(file)
    }

    func admitSibling(_ sighting: Sighting) {
        let file = add(sighting, offset: 0, phase: .following)
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
        return file
    }

    /// Rotated files beside `path` that are not known and were written since the file there was last seen: contents of that
    /// file's successors. Older ones are from before this source's time.
    func newSiblings(of path: String, since seconds: Int64, among entries: [DirectoryEntry]) -> [Sighting] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        var siblings: [Sighting] = []
        for entry in entries where RotatedName.isRotation(entry.name, of: name) {
            let path = directory + "/" + entry.name
            guard let status = try? System.status(of: path), status.kind == .regular, byKey[status.key] == nil,
                status.modifiedSeconds >= seconds
            else { continue }
            siblings.append(Sighting(path: path, status: status))
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
        if file.failure != error { notify(.unreadable(path: file.checkpoint.path, reason: error)) }
        file.failure = error
    }
}
