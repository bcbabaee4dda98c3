// Contents and the files that hold them, where the two part: a file begins anew, and what it held before goes on in a copy.
// Contents keep their ids; files move from one to the other.

import Compression
import Records

extension FileSource {
    /// The file holds other content than was read of it. What is known of the old content stays known; if a copy of it lies
    /// beside the file, the rest of it is read from there.
    func startAnew(_ past: TailedFile, _ open: OpenFile, _ status: FileStatus) {
        let path = past.checkpoint.path
        let (foundPath, newName) = (past.foundPath, past.newName)
        let since = past.checkpoint.lastSeenSeconds
        let key = past.key
        let phase = past.phase
        let isVisible = past.isVisible
        let wasFollowed = past.isVerified || isVisible
        if past.checkpoint.origin != nil { notify(.startedAnew(path: past.path, offset: past.checkpoint.offset)) }
        detach(past)
        let entries = (try? System.list(Path.listable(Path.directory(of: path))).entries) ?? []
        // A file that was followed goes on as itself below, and must not be taken for its own sibling.
        if wasFollowed { byKey[key] = past }
        findCopy(of: past, among: entries)
        var older = past
        for live in livePaths(of: foundPath ?? path) {
            for sibling in newSiblings(of: live, since: since, among: entries, withRests: !past.checkpoint.isFinished) {
                guard let file = admitSibling(sibling) else { continue }
                file.wait(for: older.id)
                older = file
            }
        }
        if byKey[key] === past { byKey[key] = nil }
        lookAtCopies(of: past)
        defer { if past.checkpoint.origin == nil { remove(past) } }
        guard wasFollowed else { return }
        let fresh = add(
            FileCheckpoint(
                source: configuration.name, path: path, device: key.device, inode: key.inode, origin: nil, offset: 0, marks: [],
                lastSeenSeconds: scanSeconds),
            phase: phase)
        fresh.open = open
        fresh.foundPath = foundPath
        fresh.newName = newName
        fresh.size = status.size
        fresh.modifiedNS = status.modifiedNS
        fresh.isVerified = true
        fresh.changeCount += 1
        if fresh.isLeaving { startLeaving(fresh) }
        if isVisible {
            fresh.isVisible = true
            fresh.seenSeconds = past.seenSeconds
            visible.insert(fresh.id)
        }
        if occupants[path]?.file == past.id { occupants[path]?.file = fresh.id }
        fresh.wait(for: older.id)
        enqueue(fresh)
        // Rotated files that were found before are older, too.
        chain(at: livePaths(of: foundPath ?? path))
    }

    /// Leaves a content without a file.
    func detach(_ content: TailedFile) {
        if byKey[content.key] === content { byKey[content.key] = nil }
        visible.remove(content.id)
        leaving.remove(content.id)
        release(content)
        endDecoding(content)
        content.compressed = nil
        content.isVisible = false
        content.open = nil
        content.unpark()
        content.newName = nil
        content.needsLook = false
        content.skippedTo = nil
        content.phase = .absent
        content.checkpoint.device = 0
        content.checkpoint.inode = 0
        content.changeCount += 1
    }

    /// Leaves a content without a file, and looks beside its former place for one that may hold the rest of it, plain or compressed.
    func seekRest(of past: TailedFile) {
        let since = past.checkpoint.lastSeenSeconds
        let lives = livePaths(of: past.path)
        let entries = (try? System.list(Path.listable(Path.directory(of: past.path))).entries) ?? []
        detach(past)
        findCopy(of: past, among: entries)
        var older = past
        for live in lives {
            for sibling in newSiblings(of: live, since: since, among: entries, withRests: true) {
                guard let file = admitSibling(sibling) else { continue }
                file.wait(for: older.id)
                older = file
            }
        }
    }

    /// The same as `detach`; a content of which nothing is known is of no use then.
    func loseFile(_ content: TailedFile) {
        detach(content)
        if content.checkpoint.origin == nil { remove(content) }
    }

    /// Looks beside a content's former place for a file that holds all that was read of it, and goes on reading there.
    func findCopy(of content: TailedFile, among entries: [DirectoryEntry], besides arrivals: Set<FileKey> = []) {
        guard let origin = content.checkpoint.origin, let last = content.checkpoint.marks.last,
            proves(last, content, fingerprintSuffices: true)
        else { return }
        let directory = Path.directory(of: content.checkpoint.path)
        let name = Path.name(of: content.checkpoint.path)
        let stem = name.lastIndex(of: ".").map { $0 == name.startIndex ? name[...] : name[..<$0] } ?? name[...]
        var candidates: [Sighting] = []
        for entry in entries
        where entry.name.hasPrefix(stem) && [.regular, .unknown].contains(entry.kind) && CompressionFormat(fileName: entry.name) == nil {
            let path = directory + "/" + entry.name
            guard let status = try? System.status(of: path), status.kind == .regular, status.size >= content.checkpoint.offset else {
                continue
            }
            if arrivals.contains(status.key) { continue }
            if let known = byKey[status.key], known.checkpoint.origin != nil { continue }
            candidates.append(Sighting(path: path, status: status))
        }
        candidates.sort { $0.status.modifiedNS > $1.status.modifiedNS }
        for candidate in candidates.prefix(Self.comparisonsMax) {
            guard let open = try? openForReading(candidate.path),
                (try? begins(open, with: origin.fingerprint)) == true, (try? agrees(open, with: last)) == true,
                let status = try? System.status(of: open), byKey[status.key]?.checkpoint.origin == nil
            else { continue }
            move(content, into: holder(of: candidate.path, beside: content.checkpoint.path, open, status))
            return
        }
    }

    /// The file as it is known already, as a copy or not decided, or else as a rotated one.
    private func holder(of path: String, beside live: String, _ open: OpenFile, _ status: FileStatus) -> TailedFile {
        if let known = byKey[status.key] {
            if known.open == nil {
                known.unpark()
                known.open = open
            }
            if !known.isLeaving { startLeaving(known) }
            return known
        }
        let file = add(
            FileCheckpoint(
                source: configuration.name, path: live, device: status.key.device, inode: status.key.inode, origin: nil, offset: 0,
                marks: [], lastSeenSeconds: scanSeconds),
            phase: .following)
        file.foundPath = path
        startLeaving(file)
        file.open = open
        file.size = status.size
        file.modifiedNS = status.modifiedNS
        return file
    }

    /// Gives a content that has no file the file of `holder`, which has no content of its own.
    func move(_ content: TailedFile, into holder: TailedFile) {
        let open = holder.open
        let isParked = holder.isParked
        let compressed = holder.compressed
        let isDecoding = decoding == holder.id
        remove(holder)
        if byKey[content.key] === content { byKey[content.key] = nil }
        if isParked { content.park() } else { content.open = open }
        content.compressed = compressed
        if isDecoding { decoding = content.id }
        // Whoever waited for the file waits for the content now. Only for a smaller id, ever, so that nothing waits in a circle.
        for successor in files.values where successor.predecessor == holder.id && successor.id > content.id {
            successor.wait(for: content.id)
        }
        if holder.isVisible { content.checkpoint.path = holder.checkpoint.path }
        content.foundPath = holder.foundPath
        content.newName = holder.newName
        content.checkpoint.device = holder.checkpoint.device
        content.checkpoint.inode = holder.checkpoint.inode
        content.size = holder.size
        content.modifiedNS = holder.modifiedNS
        content.seenSeconds = holder.seenSeconds
        content.phase = holder.phase
        content.isVisible = holder.isVisible
        content.isVerified = true
        content.changeCount += 1
        if content.isVisible { visible.insert(content.id) }
        if content.isLeaving { leaving.insert(content.id) }
        byKey[content.key] = content
        if occupants[content.checkpoint.path]?.file == holder.id { occupants[content.checkpoint.path]?.file = content.id }
        notify(.siblingFound(path: content.path, offset: content.checkpoint.offset))
        enqueue(content)
    }
}
