// Rotated files, which no glob need lead to: found beside the paths that do match, by inode, by name and by the time of their
// last write, and put in the order of their age.

import Compression
import Records

extension FileSource {
    /// After a start: looks for known files that no glob leads to, beside the place where they were last seen. What the
    /// files at paths that match hold is decided when they are read.
    func findAbsentFiles(_ scan: inout DirectoryScan, besides arrivals: Set<FileKey>) {
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
                    if !beginsOtherwise(path, than: file), rejoin(file, at: path, status) { continue }
                    loseFile(file)
                }
            }
            findCopy(of: file, among: entries, besides: arrivals)
        }
    }

    /// - Returns: false if it is another file, which has the inode of the one that was known.
    private func rejoin(_ file: TailedFile, at path: String, _ status: FileStatus) -> Bool {
        // Without content to compare, only the name can tell a rotated file from another one with its inode; and to be compressed, a
        // file is written anew.
        let isPlain = CompressionFormat(fileName: path) == nil
        guard file.checkpoint.origin != nil || (isPlain && Path.isFormer(path, of: file.checkpoint.path)) else { return false }
        file.foundPath = path
        file.newName = nil
        file.modifiedNS = status.modifiedNS
        file.compressed = CompressionFormat(fileName: path).map { CompressedContent($0) }
        if file.compressed == nil { file.size = status.size }
        // Of a compressed file only a look inside tells how long it is, or even that it is the one meant.
        let isAtItsEnd = file.compressed == nil && status.size == file.checkpoint.offset
        if isAtItsEnd, status.modifiedSeconds < file.checkpoint.lastSeenSeconds {
            file.phase = .finished
            return true
        }
        openIfRoom(file)
        guard file.isWithinReach else { return true }
        startLeaving(file)
        if file.compressed == nil, !isAtItsEnd { notify(.siblingFound(path: path, offset: file.checkpoint.offset)) }
        enqueue(file)
        return true
    }

    /// Rotated files beside `path` that are not known and were written since the file there was last seen: contents of that
    /// file's successors. Older ones are from before this source's time. Known ones that were let go and have changed since
    /// are looked at again: a late writer's lines, or another file with the inode of one that is gone.
    /// - Parameter withRests: whether to return older compressed files as well, for the rest of a content that has no file.
    func newSiblings(
        of path: String, since seconds: Int64, among entries: [DirectoryEntry], withRests: Bool = false
    ) -> [Sighting] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        var siblings: [Sighting] = []
        for entry in entries where RotatedName.isRotation(entry.name, of: name) {
            let found = directory + "/" + entry.name
            guard let status = try? System.status(of: found), status.kind == .regular else { continue }
            if let known = byKey[status.key], known.isAtRest, !isAsSeen(known, status) {
                known.isVerified = false
                if !rejoin(known, at: found, status) { loseFile(known) }
            }
            if byKey[status.key] != nil { continue }
            if status.modifiedSeconds >= seconds {
                siblings.append(Sighting(path: found, status: status, live: path))
            } else if withRests, CompressionFormat(fileName: entry.name) != nil {
                siblings.append(Sighting(path: found, status: status, live: path, isOnlyRest: true))
            }
        }
        return byAge(siblings)
    }

    private func isAsSeen(_ file: TailedFile, _ status: FileStatus) -> Bool {
        guard let compressed = file.compressed else { return file.size == status.size && file.modifiedNS == status.modifiedNS }
        return compressed.surveyed == nil ? file.modifiedNS == status.modifiedNS : compressed.isSurveyed(as: status)
    }

    func hasNewSiblings(_ file: TailedFile) -> Bool {
        let lives = livePaths(of: file.path)
        let directory = Path.directory(of: file.path)
        guard !lives.isEmpty, let modifiedNS = try? System.status(of: Path.listable(directory)).modifiedNS,
            modifiedNS != file.directoryModifiedNS
        else { return false }
        file.directoryModifiedNS = modifiedNS
        let entries = (try? System.list(Path.listable(directory)).entries) ?? []
        return lives.contains { !newSiblings(of: $0, since: file.checkpoint.lastSeenSeconds, among: entries).isEmpty }
    }

    /// Takes in a rotated file. Nil if it cannot be opened.
    @discardableResult
    func admitSibling(_ sighting: Sighting) -> TailedFile? {
        let file = add(sighting, offset: 0, phase: .following)
        if let live = sighting.live {
            file.checkpoint.path = live
            file.foundPath = sighting.path
        }
        file.compressed = CompressionFormat(fileName: sighting.path).map { CompressedContent($0) }
        file.isOnlyRest = sighting.isOnlyRest
        startLeaving(file)
        openIfRoom(file)
        guard file.isWithinReach else {
            remove(file)
            return nil
        }
        // What a compressed file holds is not known yet.
        if file.compressed == nil { notify(.siblingFound(path: sighting.path, offset: 0)) }
        enqueue(file)
        return file
    }

    /// The paths at which files are or were followed, of which `path` is one or a rotated one.
    func livePaths(of path: String) -> [String] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        return ([name] + RotatedName.lives(of: name)).map { directory + "/" + $0 }.filter { occupants[$0] != nil }
    }

    /// Makes each file that stood at one of the paths, by its name, wait for the lines of the one before it there. Ids grow
    /// with age, and a file only ever waits for a smaller id, so nothing waits in a circle.
    func chain(at paths: [String]) {
        guard !paths.isEmpty else { return }
        var members: [String: [(name: String, file: TailedFile)]] = [:]
        for file in files.values.sorted(by: { $0.id < $1.id }) where file.isWithinReach && (file.needsLook || file.isLeaving) {
            members[Path.directory(of: file.checkpoint.path), default: []].append((Path.name(of: file.checkpoint.path), file))
        }
        for path in paths {
            let name = Path.name(of: path)
            let line = (members[Path.directory(of: path)] ?? []).filter { $0.name == name || RotatedName.isRotation($0.name, of: name) }
            for (older, newer) in zip(line, line.dropFirst()) { newer.file.wait(for: older.file.id) }
        }
    }
}
