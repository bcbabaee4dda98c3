// Which content a file holds: compares what is on disk with what is known and carries out the verdicts. Contents keep their
// ids; files move from one to the other.

import Records

extension FileSource {
    /// Compares a file with its checkpoint. False when it holds other content, which from here on is a file of its own.
    func verify(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Bool {
        guard let origin = file.checkpoint.origin else { return true }
        let status = try System.status(of: open)
        let offset = file.checkpoint.offset
        var evidence = ContentEvidence(
            size: status.size, offset: offset, fingerprintBytes: origin.fingerprint.count,
            beginsTheSame: try begins(open, with: origin.fingerprint), endsTheSame: true, agreesUpTo: nil, isFirstLook: !file.isVerified)
        if let last = file.checkpoint.marks.last { evidence.endsTheSame = try agrees(open, with: last) }
        if status.size < offset || !evidence.endsTheSame {
            for mark in file.checkpoint.marks where mark.offset <= status.size {
                if try agrees(open, with: mark) { evidence.agreesUpTo = mark.offset }
            }
        }
        switch ContentVerdict(evidence) {
        case .unchanged:
            break
        case .cutBack(let markOffset):
            notify(.cutBack(path: file.path, from: offset, offset: markOffset))
            file.checkpoint.cutBack(to: markOffset)
            file.changeCount += 1
        case .startedAnew:
            startAnew(file, open, status)
            return false
        }
        file.isVerified = true
        file.checkpoint.lastSeenSeconds = wallClock()
        return true
    }

    /// Fixes the fingerprint of a file of which nothing was read, and decides what the file is. False while that is not
    /// possible, or when there is nothing to read of it.
    func settle(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Bool {
        // In this order, so that what is written in between is a change to be seen.
        let status = try System.status(of: open)
        file.size = status.size
        file.modifiedNS = status.modifiedNS
        let headBytes = try System.read(open, into: &buffer, range: 0..<FileOrigin.fingerprintBytesMax, at: 0)
        if status.size < file.checkpoint.offset {
            file.checkpoint.offset = 0
            file.skippedTo = nil
            file.changeCount += 1
        }
        if headBytes == 0, file.phase == .ending {
            setAside(file)
            return false
        }
        if file.checkpoint.offset == 0, file.isUndecided || !file.isVerified, hasNewSiblings(file) {
            // Nothing was read of it, so nothing else tells that what it held meanwhile may be elsewhere now.
            startAnew(file, open, status)
            return false
        }
        file.isVerified = true
        file.isUndecided = true
        file.checkpoint.lastSeenSeconds = wallClock()
        let isComplete = file.phase == .ending
        guard let fingerprint = withBytes(0..<headBytes, { FileOrigin.fingerprint(ofHead: $0, isComplete: isComplete) }) else {
            // What was a copy had a first line: this is another file that has its inode.
            file.original = nil
            return false
        }
        if file.checkpoint.offset > 0 {
            guard try alignStart(file, open) else { return false }
            adopt(file, FileOrigin(fingerprint: fingerprint, generation: nextGeneration(of: fingerprint)))
            return true
        }
        for known in knownFiles(under: fingerprint) where known !== file {
            if let open = known.open { _ = try? verify(known, open) }
        }
        guard files[file.id] === file else { return false }
        var known: [KnownContent] = []
        for content in knownFiles(under: fingerprint) where content !== file {
            known.append(try relation(of: file, open, size: status.size, to: content))
        }
        return carryOut(ArrivalVerdict(known: known), for: file, fingerprint, size: status.size)
    }

    private func carryOut(_ verdict: ArrivalVerdict, for file: TailedFile, _ fingerprint: [UInt8], size: UInt64) -> Bool {
        switch verdict {
        case .new(let generation):
            // Newer than what was compared, and perhaps of a higher generation than the ones that were not.
            let generation = max(generation, nextGeneration(of: fingerprint))
            adopt(file, FileOrigin(fingerprint: fingerprint, generation: generation))
            return true
        case .fork(let id):
            guard let original = files[id], let origin = original.checkpoint.origin else { return false }
            file.checkpoint.offset = original.checkpoint.offset
            file.checkpoint.marks = original.checkpoint.marks
            adopt(file, origin)
            return true
        case .continuation(let id):
            guard let content = files[id] else { return false }
            move(content, into: file)
            return false
        case .copy(let id):
            guard let original = files[id] else { return false }
            if file.original != id, file.isVisible { notify(.copy(path: file.path, original: original.path)) }
            file.original = id
            file.agreedBytes = size
            if !file.isVisible { setAside(file) }
            return false
        }
    }

    private func adopt(_ file: TailedFile, _ origin: FileOrigin) {
        file.original = nil
        file.agreedBytes = nil
        file.checkpoint.origin = origin
        file.checkpoint.lastSeenSeconds = wallClock()
        file.changeCount += 1
        byFingerprint[origin.fingerprint, default: []].append(file.id)
    }

    private func nextGeneration(of fingerprint: [UInt8]) -> UInt32 {
        let generations = (byFingerprint[fingerprint] ?? []).compactMap { files[$0]?.checkpoint.origin?.generation }
        return generations.max().map { $0 &+ 1 } ?? 0
    }

    private func knownFiles(under fingerprint: [UInt8]) -> [TailedFile] {
        (byFingerprint[fingerprint] ?? []).suffix(Self.comparisonsMax).reversed().compactMap { files[$0] }
    }

    private func relation(
        of file: TailedFile, _ open: OpenFile, size: UInt64, to content: TailedFile
    ) throws(SystemError) -> KnownContent {
        let checkpoint = content.checkpoint
        var isWhollyThere = false
        let isGoneFormer = file.goneFormer == content.id
        if let last = checkpoint.marks.last, size >= checkpoint.offset, proves(last, content, fingerprintSuffices: !isGoneFormer) {
            isWhollyThere = try agrees(open, with: last)
        }
        var agrees = false
        var isOutgrown = false
        if let original = content.open {
            let originalSize = try System.status(of: original).size
            if saysMoreThanFingerprint(originalSize, of: content) || size <= originalSize {
                agrees = try haveSameEnd(open, original, at: min(size, originalSize))
            }
            isOutgrown = size > originalSize && !content.needsLook && content.size == originalSize
        } else if file.original == content.id, file.agreedBytes == size {
            agrees = true
        } else {
            agrees = try hasMarks(open, of: content, within: size)
            isOutgrown = isWhollyThere && content.phase == .finished && size > checkpoint.offset
        }
        return KnownContent(
            id: content.id, generation: checkpoint.origin?.generation ?? 0,
            isForerunner: !file.isLeaving && Path.isFormer(content.path, of: file.path), isGoneFormer: isGoneFormer,
            isPresent: content.isPresent, isWhollyThere: isWhollyThere, agrees: agrees, isOutgrown: isOutgrown)
    }

    /// The file holds other content than was read of it. What is known of the old content stays known; if a copy of it lies
    /// beside the file, the rest of it is read from there.
    private func startAnew(_ past: TailedFile, _ open: OpenFile, _ status: FileStatus) {
        let path = past.checkpoint.path
        let foundPath = past.foundPath
        let since = past.checkpoint.lastSeenSeconds
        let key = past.key
        let phase = past.phase
        let isVisible = past.isVisible
        let wasFollowed = past.isVerified || isVisible
        if past.checkpoint.origin != nil { notify(.startedAnew(path: past.path, offset: past.checkpoint.offset)) }
        detach(past)
        let entries = (try? System.list(Path.directory(of: path)).entries) ?? []
        // A file that was followed goes on as itself below, and must not be taken for its own sibling.
        if wasFollowed { byKey[key] = past }
        findCopy(of: past, among: entries)
        for live in livePaths(of: foundPath ?? path) {
            for sibling in newSiblings(of: live, since: since, among: entries) { admitSibling(sibling) }
        }
        if byKey[key] === past { byKey[key] = nil }
        lookAtCopies(of: past)
        defer { if past.checkpoint.origin == nil { remove(past) } }
        guard wasFollowed else { return }
        let fresh = add(
            FileCheckpoint(
                source: configuration.name, path: path, device: key.device, inode: key.inode, origin: nil, offset: 0, marks: [],
                lastSeenSeconds: wallClock()),
            phase: phase)
        fresh.open = open
        fresh.foundPath = foundPath
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
        enqueue(fresh)
        chain(at: [path])
    }

    private func hasNewSiblings(_ file: TailedFile) -> Bool {
        let lives = livePaths(of: file.path)
        let directory = Path.directory(of: file.path)
        guard !lives.isEmpty, let modifiedNS = try? System.status(of: directory.isEmpty ? "/" : directory).modifiedNS,
            modifiedNS != file.directoryModifiedNS
        else { return false }
        file.directoryModifiedNS = modifiedNS
        let entries = (try? System.list(directory).entries) ?? []
        return lives.contains { !newSiblings(of: $0, since: file.checkpoint.lastSeenSeconds, among: entries).isEmpty }
    }

    /// Leaves a content without a file.
    private func detach(_ content: TailedFile) {
        if byKey[content.key] === content { byKey[content.key] = nil }
        visible.remove(content.id)
        leaving.remove(content.id)
        content.isVisible = false
        content.open = nil
        content.needsLook = false
        content.skippedTo = nil
        content.phase = .absent
        content.checkpoint.device = 0
        content.checkpoint.inode = 0
        content.changeCount += 1
    }

    /// Gives a content that has no file the file of `holder`, which has no content of its own.
    private func move(_ content: TailedFile, into holder: TailedFile) {
        let open = holder.open
        remove(holder)
        if byKey[content.key] === content { byKey[content.key] = nil }
        content.open = open
        if holder.isVisible { content.checkpoint.path = holder.checkpoint.path }
        content.foundPath = holder.foundPath
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

    /// Looks beside a content's former place for a file that holds all that was read of it, and goes on reading there.
    func findCopy(of content: TailedFile, among entries: [DirectoryEntry], besides arrivals: Set<FileKey> = []) {
        guard let origin = content.checkpoint.origin, let last = content.checkpoint.marks.last,
            proves(last, content, fingerprintSuffices: true)
        else { return }
        let directory = Path.directory(of: content.checkpoint.path)
        let name = Path.name(of: content.checkpoint.path)
        let stem = name.lastIndex(of: ".").map { $0 == name.startIndex ? name[...] : name[..<$0] } ?? name[...]
        var candidates: [Sighting] = []
        for entry in entries where entry.name.hasPrefix(stem) && [.regular, .unknown].contains(entry.kind) {
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
            guard let open = try? System.openForReading(candidate.path),
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
            known.open = known.open ?? open
            if !known.isLeaving { startLeaving(known) }
            return known
        }
        let file = add(
            FileCheckpoint(
                source: configuration.name, path: live, device: status.key.device, inode: status.key.inode, origin: nil, offset: 0,
                marks: [], lastSeenSeconds: wallClock()),
            phase: .following)
        file.foundPath = path
        startLeaving(file)
        file.open = open
        file.size = status.size
        file.modifiedNS = status.modifiedNS
        return file
    }
}
