// Which content a file holds: compares what is on disk with what is known, and carries out the verdicts.

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
        file.checkpoint.lastSeenSeconds = scanSeconds
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
        if content.compressed == nil, let original = handle(of: content) {
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
}
