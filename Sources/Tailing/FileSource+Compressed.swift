// Rotated files that are compressed: recognised by what they hold, and read from where reading stopped. A pass over the whole
// content compares it with what is known; a second one skips to the place. Both go on for a block per visit, so that other files
// have their turns meanwhile; of a source's compressed files one at a time is at work.

import Compression
import Records

extension FileSource {
    /// Makes the file ready to be read at its checkpoint's offset, by one step.
    /// - Returns: whether it is ready, and how many bytes of its content were read for that.
    func prepare(
        _ file: TailedFile, _ open: OpenFile, _ compressed: CompressedContent
    ) throws(SystemError) -> (isReady: Bool, bytesRead: Int) {
        takeDecoding(file)
        let status = try System.status(of: open)
        if !compressed.isSurveyed(as: status) {
            compressed.beginSurvey(of: status)
            file.modifiedNS = status.modifiedNS
            file.phase = .leaving(quietSinceMS: quietSinceMS)
            awaitsQuiet = true
        }
        do throws(CompressionError) {
            if !compressed.isSurveyed {
                enqueue(file)
                let count = try survey(file, open, compressed)
                if compressed.isSurveyed { decide(file, open, compressed) }
                return (false, count)
            }
            if file.checkpoint.origin == nil {
                decide(file, open, compressed)
                return (false, 0)
            }
            return try seek(file, open, compressed)
        } catch {
            compressed.beginSurvey(of: status)
            file.needsLook = false
            try giveUp(file, error)
            return (false, 0)
        }
    }

    /// Reads the content around the checkpoint's offset, for which the file was made ready.
    func read(_ compressed: CompressedContent, count: Int, at offset: UInt64) throws(SystemError) -> Int {
        do throws(CompressionError) {
            return try compressed.read(into: &buffer, count: count, at: offset)
        } catch {
            throw SystemError(error)
        }
    }

    /// Whether another compressed file is at work, which comes first.
    func waitsForDecoding(_ file: TailedFile) -> Bool {
        guard file.compressed != nil, let id = decoding, id != file.id, let other = files[id] else { return false }
        return other.needsLook && other.isWithinReach && !waitsForPredecessor(other)
    }

    /// Ends the work on a compressed file.
    func endDecoding(_ file: TailedFile) {
        file.compressed?.letGo()
        if decoding == file.id { decoding = nil }
    }

    private func takeDecoding(_ file: TailedFile) {
        if let id = decoding, id != file.id { files[id]?.compressed?.letGo() }
        decoding = file.id
    }

    /// Goes on with the pass over the whole content.
    private func survey(_ file: TailedFile, _ open: OpenFile, _ compressed: CompressedContent) throws(CompressionError) -> Int {
        guard compressed.survey == nil else {
            let count = try compressed.readOn(into: &buffer, count: blockBytes)
            withBytes(0..<count) { compressed.survey?.add($0) }
            compressed.isSurveyed = compressed.isAtEnd
            return count
        }
        try compressed.openDecoder(for: 0, open)
        let count = try compressed.readOn(into: &buffer, count: FileOrigin.fingerprintBytesMax)
        let head = Array(buffer[..<count])
        let isAll = compressed.isAtEnd
        let fingerprint = FileOrigin.fingerprint(ofHead: head.span, isComplete: isAll) ?? []
        compressed.fingerprint = fingerprint
        if file.isOnlyRest, !knownFiles(under: fingerprint).contains(where: { !$0.isPresent && !$0.checkpoint.isFinished }) {
            remove(file)
            return count
        }
        var wanted = Set(file.checkpoint.marks.map(\.offset))
        for known in knownFiles(under: fingerprint) where known !== file {
            wanted.formUnion(known.checkpoint.marks.map(\.offset))
            guard let end = end(of: known) else { continue }
            compressed.ends[known.id] = end
            wanted.insert(end.offset)
        }
        var survey = ContentSurvey(wanted: wanted)
        survey.add(head.span)
        compressed.survey = survey
        compressed.isSurveyed = isAll
        return count
    }

    /// Goes on to the place at which reading begins: the mark's content before the checkpoint's offset is read again.
    private func seek(
        _ file: TailedFile, _ open: OpenFile, _ compressed: CompressedContent
    ) throws(CompressionError) -> (isReady: Bool, bytesRead: Int) {
        let from = file.skippedTo ?? file.checkpoint.offset
        let start = from - min(UInt64(FileCheckpoint.Mark.contentBytesMax), from)
        if compressed.isReady(at: start) { return (true, 0) }
        enqueue(file)
        try compressed.openDecoder(for: start, open)
        let count = try compressed.readOn(into: &buffer, count: min(blockBytes, Int(clamping: start - compressed.position)))
        return (false, count)
    }

    /// - Throws: what only the system knows the end of.
    private func giveUp(_ file: TailedFile, _ error: CompressionError) throws(SystemError) {
        switch error.reason {
        case .incomplete where file.phase != .ending:
            // Perhaps it is still being written; a change, or none for some time, brings the file here again.
            endDecoding(file)
        case .unreadable(let number):
            throw SystemError(code: number)
        case .incomplete, .damaged, .memory:
            notify(.notDecompressed(path: file.path, reason: error))
            setAside(file)
        }
    }

    /// The end of a content in the file that holds it now, unless that is compressed, too.
    private func end(of content: TailedFile) -> FileCheckpoint.Mark? {
        guard content.compressed == nil, let open = handle(of: content), let size = try? System.status(of: open).size, size > 0 else {
            return nil
        }
        let bytes = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: size))
        guard let count = try? System.read(open, into: &buffer, range: 0..<bytes, at: size - UInt64(bytes)), count == bytes else {
            return nil
        }
        return FileCheckpoint.Mark(offset: size, hash: hash(0..<bytes))
    }

    /// Decides which content the file holds, once all of it was seen.
    private func decide(_ file: TailedFile, _ open: OpenFile, _ compressed: CompressedContent) {
        guard let survey = compressed.survey, let fingerprint = compressed.fingerprint else { return }
        // Nothing will be added to it, unless it is replaced.
        file.phase = .ending
        file.size = survey.size
        if let origin = file.checkpoint.origin {
            let isStillThere = file.checkpoint.marks.last.map { survey.agrees(with: $0) == true } ?? true
            if origin.fingerprint == fingerprint, survey.size >= file.checkpoint.offset, isStillThere {
                file.isVerified = true
                file.checkpoint.lastSeenSeconds = scanSeconds
                if survey.size > file.checkpoint.offset { notify(.siblingFound(path: file.path, offset: file.checkpoint.offset)) }
            } else {
                seekRest(of: file)
            }
            return
        }
        guard survey.size > 0 else {
            setAside(file)
            return
        }
        settleWhatMayBeCopied(by: file)
        for known in knownFiles(under: fingerprint) where known.compressed == nil {
            if let open = handle(of: known) { _ = try? verify(known, open) }
        }
        guard files[file.id] === file else { return }
        let contents = knownFiles(under: fingerprint).filter { $0 !== file }
        if contents.contains(where: { hasMovedOn($0, since: compressed) }) {
            if let status = compressed.surveyed { compressed.beginSurvey(of: status) }
            return
        }
        let verdict = ArrivalVerdict(known: contents.map { relation(of: compressed, survey, to: $0) })
        if case .new = verdict, file.isOnlyRest {
            remove(file)
            return
        }
        file.isVerified = true
        file.checkpoint.lastSeenSeconds = scanSeconds
        guard carryOut(verdict, for: file, fingerprint, size: survey.size) else { return }
        notify(.siblingFound(path: file.path, offset: file.checkpoint.offset))
        enqueue(file)
    }

    /// A compressed file is recognised by what is known, so the plain files beside it that wait for their first look have it now.
    private func settleWhatMayBeCopied(by file: TailedFile) {
        let directory = Path.directory(of: file.path)
        let waiting = files.values.filter { other in
            other.needsLook && other.checkpoint.origin == nil && other.compressed == nil && Path.directory(of: other.path) == directory
        }
        for other in waiting.sorted(by: { $0.id < $1.id }) where files[other.id] === other {
            if let open = handle(of: other) { _ = try? settle(other, open) }
        }
    }

    /// Whether a content became known or was read on since the survey began, so that the survey cannot tell about it.
    private func hasMovedOn(_ content: TailedFile, since compressed: CompressedContent) -> Bool {
        guard let survey = compressed.survey else { return false }
        if compressed.ends[content.id] == nil, end(of: content) != nil { return true }
        let marks = content.checkpoint.marks.filter { $0.offset <= survey.size }
        guard let last = marks.last else { return false }
        if !content.isPresent { return survey.agrees(with: last) == nil }
        return compressed.ends[content.id] == nil && !marks.contains { survey.agrees(with: $0) != nil }
    }

    private func relation(of compressed: CompressedContent, _ survey: ContentSurvey, to content: TailedFile) -> KnownContent {
        let checkpoint = content.checkpoint
        var isWhollyThere = false
        if let last = checkpoint.marks.last, survey.size >= checkpoint.offset, proves(last, content, fingerprintSuffices: true) {
            isWhollyThere = survey.agrees(with: last) == true
        }
        let hasItsEnd =
            compressed.ends[content.id].map { end in
                // A file of one line has no more to show than that line.
                survey.agrees(with: end) == true && (saysMoreThanFingerprint(end.offset, of: content) || survey.size <= end.offset)
            } ?? false
        return KnownContent(
            id: content.id, generation: checkpoint.origin?.generation ?? 0, isForerunner: false, isGoneFormer: false,
            isPresent: content.isPresent, isWhollyThere: isWhollyThere, agrees: hasItsEnd || hasMarks(survey, of: content),
            isOutgrown: isWhollyThere && content.phase == .finished && survey.size > checkpoint.offset)
    }

    /// Whether the content that was surveyed agrees with all the marks of a known one that lie within it, and that proves anything.
    private func hasMarks(_ survey: ContentSurvey, of content: TailedFile) -> Bool {
        var saysMore = false
        for mark in content.checkpoint.marks where mark.offset <= survey.size {
            guard let agrees = survey.agrees(with: mark) else { continue }
            guard agrees else { return false }
            saysMore = saysMoreThanFingerprint(mark.offset, of: content)
        }
        return saysMore || (!saysMoreThanFingerprint(survey.size, of: content) && isOnlyOne(content))
    }
}
