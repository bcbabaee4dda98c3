// Which content a file holds: compares what is on disk with what is known, and carries out the verdicts.

import Records

extension FileSource {
    /// Compares a file with its checkpoint. False when it holds other content, which from here on is a file of its own.
    func verify(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Bool {
        guard let origin = file.checkpoint.origin else { return true }
        let status = try System.status(of: open)
        switch ContentVerdict(try evidence(on: file, origin, open, status, isFirstLook: !file.isVerified)) {
        case .unchanged:
            break
        case .cutBack(let markOffset):
            notify(.cutBack(path: file.path, from: file.checkpoint.offset, offset: markOffset))
            file.checkpoint.cutBack(to: markOffset)
            file.changeCount += 1
        case .startedAnew:
            startAnew(file, open, status)
            return false
        }
        file.isVerified = true
        file.checkpoint.lastSeenSeconds = scanSeconds
        return true
    }

    private func evidence(
        on file: TailedFile, _ origin: FileOrigin, _ open: OpenFile, _ status: FileStatus, isFirstLook: Bool
    ) throws(SystemError) -> ContentEvidence {
        let checkpoint = file.checkpoint
        var evidence = ContentEvidence(
            size: status.size, offset: checkpoint.offset, fingerprintBytes: origin.fingerprint.count,
            beginsTheSame: try begins(open, with: origin.fingerprint), endsTheSame: true, agreesUpTo: nil, isFirstLook: isFirstLook)
        if let last = checkpoint.marks.last { evidence.endsTheSame = try agrees(open, with: last) }
        if status.size < checkpoint.offset || !evidence.endsTheSame {
            for mark in checkpoint.marks where mark.offset <= status.size {
                if try agrees(open, with: mark) { evidence.agreesUpTo = mark.offset }
            }
        }
        return evidence
    }

    /// Whether the file at `path`, which has the inode of a known one that nobody has looked at for some time, holds other content than
    /// that did. To see it before the file takes its place keeps the order of files right.
    func holdsOther(_ path: String, than known: TailedFile) -> Bool {
        guard let origin = known.checkpoint.origin, let open = try? openForReading(path),
            let status = try? System.status(of: open),
            let evidence = try? evidence(on: known, origin, open, status, isFirstLook: true)
        else { return false }
        return ContentVerdict(evidence) == .startedAnew
    }

    /// Fixes the fingerprint of a file of which nothing was read, and decides what the file is. False while that is not
    /// possible, or when there is nothing to read of it.
    func settle(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Bool {
        abandon(file)
        // In this order, so that what is written in between is a change to be seen.
        let status = try System.status(of: open)
        file.size = status.size
        file.modifiedNS = status.modifiedNS
        if status.size < file.checkpoint.offset {
            file.checkpoint.offset = 0
            file.skippedTo = nil
            file.changeCount += 1
        }
        if file.checkpoint.offset == 0, !file.isLeaving, file.isUndecided || !file.isVerified, hasNewSiblings(file) {
            // Nothing was read of it, so nothing else tells that what it held meanwhile may be elsewhere now. (A file that was renamed took
            // with it what it held.)
            startAnew(file, open, status)
            return false
        }
        // The look at other files used the buffer, too.
        let headBytes = try System.read(open, into: &buffer, range: 0..<FileOrigin.fingerprintBytesMax, at: 0)
        if headBytes == 0, file.phase == .ending {
            setAside(file)
            return false
        }
        file.isVerified = true
        file.isUndecided = true
        file.checkpoint.lastSeenSeconds = scanSeconds
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
            if known.compressed == nil, let open = handle(of: known) { _ = try? verify(known, open) }
        }
        guard files[file.id] === file else { return false }
        var known: [KnownContent] = []
        for content in knownFiles(under: fingerprint) where content !== file {
            known.append(try relation(of: file, open, size: status.size, to: content))
        }
        return carryOut(ArrivalVerdict(known: known), for: file, fingerprint, size: status.size)
    }

    func carryOut(_ verdict: ArrivalVerdict, for file: TailedFile, _ fingerprint: [UInt8], size: UInt64) -> Bool {
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
            copies.insert(file.id)
            file.agreedBytes = size
            if !file.isVisible { setAside(file) }
            return false
        }
    }

    private func adopt(_ file: TailedFile, _ origin: FileOrigin) {
        file.original = nil
        file.agreedBytes = nil
        file.checkpoint.origin = origin
        file.checkpoint.lastSeenSeconds = scanSeconds
        file.changeCount += 1
        byFingerprint[origin.fingerprint, default: []].append(file.id)
    }

    /// Forgets the first line of a file of which nothing was read.
    private func abandon(_ file: TailedFile) {
        guard !file.isBegun, file.checkpoint.origin != nil else { return }
        leaveFingerprint(file)
        file.checkpoint.origin = nil
        file.changeCount += 1
    }

    private func nextGeneration(of fingerprint: [UInt8]) -> UInt32 {
        let generations = (byFingerprint[fingerprint] ?? []).compactMap { files[$0]?.checkpoint.origin?.generation }
        return generations.max().map { $0 &+ 1 } ?? 0
    }

    func knownFiles(under fingerprint: [UInt8]) -> [TailedFile] {
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
        var isAboutToBeTruncated = false
        if content.compressed == nil, let original = handle(of: content) {
            let status = try System.status(of: original)
            let originalSize = status.size
            if saysMoreThanFingerprint(originalSize, of: content) || size <= originalSize {
                agrees = try haveSameEnd(open, original, at: min(size, originalSize))
            }
            isOutgrown = size > originalSize && !content.needsLook && content.size == originalSize
            // What was written before the rotated file was, and is as long and ends alike, is what that file was copied from.
            isAboutToBeTruncated =
                agrees && (file.original == content.id || (size == originalSize && file.modifiedNS < status.modifiedNS))
        } else if file.original == content.id, file.agreedBytes == size {
            agrees = true
        } else {
            agrees = try hasMarks(open, of: content, within: size)
            isOutgrown = isWhollyThere && content.phase == .finished && size > checkpoint.offset
        }
        return KnownContent(
            id: content.id, generation: checkpoint.origin?.generation ?? 0,
            isForerunner: !file.isLeaving && Path.isFormer(content.path, of: file.path) && !isAboutToBeTruncated,
            isGoneFormer: isGoneFormer,
            isPresent: content.isPresent, isWhollyThere: isWhollyThere, agrees: agrees, isOutgrown: isOutgrown)
    }
}
