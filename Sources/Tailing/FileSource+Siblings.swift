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
                if let status = scan.status(of: path), status.key == file.key, status.kind == .regular {
                    if rejoin(file, at: path, status) { continue }
                    loseFile(file)
                }
            }
            findCopy(of: file, among: entries, besides: arrivals)
        }
    }

    /// - Returns: false if it is another file, which has the inode of the one that was known.
    private func rejoin(_ file: TailedFile, at path: String, _ status: FileStatus) -> Bool {
        // What a compressed file holds is found out as if it had not been known: to be compressed, a file is written anew.
        guard CompressionFormat(fileName: path) == nil, !holdsOther(path, than: file) else { return false }
        // Without content to compare, only the name can tell a rotated file from another one with its inode.
        guard file.checkpoint.origin != nil || Path.isFormer(path, of: file.checkpoint.path) else { return false }
        file.foundPath = path
        file.newName = nil
        file.modifiedNS = status.modifiedNS
        file.compressed = nil
        file.size = status.size
        let isAtItsEnd = status.size == file.checkpoint.offset
        if isAtItsEnd, status.modifiedSeconds < file.checkpoint.lastSeenSeconds {
            file.phase = .finished
            return true
        }
        openIfRoom(file)
        guard file.isWithinReach else { return true }
        startLeaving(file)
        if !isAtItsEnd { notify(.siblingFound(path: path, offset: file.checkpoint.offset)) }
        enqueue(file)
        return true
    }

    /// Rotated files beside `path` that are not known and were written since the file there was last seen: contents of that
    /// file's successors. Older ones are from before this source's time. Known ones that were let go and have changed since
    /// are looked at again: a late writer's lines, or another file with the inode of one that is gone.
    /// - Parameters:
    ///   - scan: what the files' states were taken down in, if it was just now.
    ///   - withRests: whether to return older compressed files as well, for the rest of a content that has no file.
    func newSiblings(
        of path: String, since seconds: Int64, among entries: [DirectoryEntry], in scan: DirectoryScan? = nil, withRests: Bool = false
    ) -> [Sighting] {
        let directory = Path.directory(of: path)
        let name = Path.name(of: path)
        var siblings: [Sighting] = []
        for entry in entries where RotatedName.isRotation(entry.name, of: name) {
            let found = directory + "/" + entry.name
            let seen = scan.map { $0.status(of: found) } ?? (try? System.status(of: found))
            guard let status = seen, status.kind == .regular else { continue }
            var isKnown = unbegun.contains(status.key)
            if let known = byKey[status.key], known.isAtRest, known.phase == .absent || !isAsSeen(known, status) {
                isKnown = true
                known.isVerified = false
                if !known.isBegun || !rejoin(known, at: found, status) { loseFile(known) }
            }
            if byKey[status.key] != nil { continue }
            if isKnown || status.modifiedSeconds >= seconds {
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

    /// Whether there are rotated files beside one that still is where it was, which came after it did.
    func hasNewSiblings(_ file: TailedFile) -> Bool {
        let lives = livePaths(of: file.path)
        let directory = Path.directory(of: file.path)
        guard !lives.isEmpty, let modifiedNS = try? System.status(of: Path.listable(directory)).modifiedNS,
            modifiedNS != file.directoryModifiedNS
        else { return false }
        file.directoryModifiedNS = modifiedNS
        let entries = (try? System.list(Path.listable(directory)).entries) ?? []
        let siblings = lives.flatMap { newSiblings(of: $0, since: file.checkpoint.lastSeenSeconds, among: entries) }
        guard !siblings.isEmpty else { return false }
        // Where the file itself was renamed since the last scan, they may be younger.
        if (try? System.status(of: file.path).key) == file.key { return true }
        schedule.want()
        file.directoryModifiedNS = 0
        return false
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
        if file.compressed != nil { undecided.insert(file.id) }
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
}
