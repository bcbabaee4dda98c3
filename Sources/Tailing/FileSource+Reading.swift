// One visit to a file: make sure that it still is the file meant, read a block, cut it at its last whole line, offer it, and
// move the checkpoint by what was taken. Lines that are too long are passed over here, so that no consumer ever sees one.

import Records

extension FileSource {
    /// Reads at most one block of `file`. Returns how many bytes were read.
    func visit(_ file: TailedFile, _ consume: (borrowing Span<UInt8>, FileBlock) -> Int) -> Int {
        guard let open = handle(of: file) else {
            // Where it went, the next scan finds out.
            if file.isParked { file.needsLook = true }
            return 0
        }
        do {
            if let compressed = file.compressed {
                let (isReady, bytesRead) = try prepare(file, open, compressed)
                guard isReady else { return bytesRead }
            } else if file.checkpoint.origin == nil {
                guard try settle(file, open) else { return 0 }
            } else {
                guard try verify(file, open) else { return 0 }
            }
            if file.failure != nil {
                file.failure = nil
                notify(.readableAgain(path: file.path))
            }
            return file.skippedTo == nil ? try read(file, open, consume) : try skip(file, open)
        } catch {
            fail(file, error)
            // A stale handle (open(2), ESTALE) never comes back; the file's path may lead to it again.
            if file.isVisible { file.open = nil }
            return 0
        }
    }

    var blockBytes: Int { buffer.count - FileCheckpoint.Mark.contentBytesMax }

    private func read(
        _ file: TailedFile, _ open: OpenFile, _ consume: (borrowing Span<UInt8>, FileBlock) -> Int
    ) throws(SystemError) -> Int {
        guard let origin = file.checkpoint.origin else { return 0 }
        let offset = file.checkpoint.offset
        let context = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: offset))
        let count = try fill(file, open, count: context + blockBytes, at: offset - UInt64(context))
        guard try isSettled(file, open, context: context, count: count, from: offset) else {
            enqueue(file)
            return count
        }
        let available = count - context
        let isAtEnd = offset + UInt64(available) >= file.size
        let isLast = isAtEnd && file.phase == .ending
        let cut = withBytes(context..<count) {
            LineCut(block: $0, recordBytesMax: configuration.recordBytesMax, isFinal: isLast)
        }
        let isFinal: Bool
        if case .oversize = cut.rest {
            isFinal = true
        } else {
            isFinal = isLast || (isAtEnd && file.held?.areComplete(size: file.size) == true)
        }
        var consumed = 0
        if cut.wholeBytes > 0 || isLast {
            let block = FileBlock(file: file.id, path: file.path, origin: origin, offset: offset, isFinal: isFinal)
            consumed = withBytes(context..<context + cut.wholeBytes) { consume($0, block) }
            precondition(consumed >= 0 && consumed <= cut.wholeBytes)
            self.count(consumed: consumed)
        }
        if consumed > 0 { advance(file, by: consumed, context: context) }
        if isAtEnd, !isFinal, consumed < cut.wholeBytes { hold(file) } else { release(file) }
        if consumed == cut.wholeBytes {
            pass(file, cut, after: context + consumed, isLast: isLast, isAtEnd: isAtEnd)
        } else if consumed > 0 {
            if !isAtEnd || isFinal { enqueue(file) }
        } else if isFinal || available == blockBytes {
            let lineEnd = withBytes(context..<context + cut.wholeBytes) { $0.firstIndex(of: UInt8.lineFeed) }
            passOversize(file, bytes: lineEnd.map { $0 + 1 } ?? cut.wholeBytes, context: context)
        } else if !isAtEnd {
            enqueue(file)
        }
        return count
    }

    /// Reads the content from `offset` on into the buffer.
    private func fill(_ file: TailedFile, _ open: OpenFile, count: Int, at offset: UInt64) throws(SystemError) -> Int {
        if let compressed = file.compressed { return try read(compressed, count: count, at: offset) }
        return try System.read(open, into: &buffer, range: 0..<count, at: offset)
    }

    /// Whether a block is of the content that was verified just before, and whole: the file may have been truncated, and
    /// even written again, meanwhile.
    private func isSettled(
        _ file: TailedFile, _ open: OpenFile, context: Int, count: Int, from offset: UInt64
    ) throws(SystemError) -> Bool {
        let status = try System.status(of: open)
        let isCompressed = file.compressed != nil
        guard count >= context, isCompressed || status.size >= offset - UInt64(context) + UInt64(count) else { return false }
        if let last = file.checkpoint.marks.last, last.offset == offset, file.skippedTo == nil,
            hash(0..<context) != last.hash
        {
            return false
        }
        if !isCompressed { file.size = status.size }
        file.modifiedNS = status.modifiedNS
        return true
    }

    /// Everything before `cut.rest` was taken: deals with what comes next.
    private func pass(_ file: TailedFile, _ cut: LineCut, after end: Int, isLast: Bool, isAtEnd: Bool) {
        switch cut.rest {
        case .none, .unfinished:
            if isLast { finish(file) } else if !isAtEnd { enqueue(file) }
        case .oversize(let bytes?):
            passOversize(file, bytes: bytes, context: end)
        case .oversize(nil):
            file.skippedTo = file.checkpoint.offset
            enqueue(file)
        }
    }

    /// Passes over the `bytes` bytes of a line that is too long and begins at `context` in the buffer.
    private func passOversize(_ file: TailedFile, bytes: Int, context: Int) {
        notify(.oversizeSkipped(path: file.path, offset: file.checkpoint.offset, bytes: UInt64(bytes)))
        count(oversizeBytes: UInt64(bytes))
        advance(file, by: bytes, context: context)
        enqueue(file)
    }

    /// Searches for the end of a line that is too long. The checkpoint stays at the line's start until it is found.
    private func skip(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Int {
        guard let from = file.skippedTo else { return 0 }
        let context = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: from))
        let count = try fill(file, open, count: context + blockBytes, at: from - UInt64(context))
        guard try isSettled(file, open, context: context, count: count, from: from) else {
            file.skippedTo = nil
            enqueue(file)
            return count
        }
        let isAtEnd = from + UInt64(count - context) >= file.size
        let lineFeed = withBytes(0..<count) { $0.firstIndex(of: UInt8.lineFeed, from: context) }
        if let end = lineFeed.map({ $0 + 1 }) ?? (isAtEnd && file.phase == .ending ? count : nil) {
            let offset = file.checkpoint.offset
            let newOffset = from + UInt64(end - context)
            notify(.oversizeSkipped(path: file.path, offset: offset, bytes: newOffset - offset))
            self.count(oversizeBytes: newOffset - offset)
            file.skippedTo = nil
            file.checkpoint.advance(to: newOffset, hash: hash(before: end))
            file.changeCount += 1
            enqueue(file)
        } else {
            file.skippedTo = from + UInt64(count - context)
            if !isAtEnd { enqueue(file) }
        }
        return count
    }

    /// Moves a start that lies anywhere in the file to the next start of a record. False while the record before it has no
    /// end.
    func alignStart(_ file: TailedFile, _ open: OpenFile) throws(SystemError) -> Bool {
        let from = file.skippedTo ?? file.checkpoint.offset - 1
        let context = min(FileCheckpoint.Mark.contentBytesMax, Int(clamping: from))
        let count = try System.read(open, into: &buffer, range: 0..<(context + blockBytes), at: from - UInt64(context))
        guard count > context else { return false }
        guard let lineFeed = withBytes(0..<count, { $0.firstIndex(of: UInt8.lineFeed, from: context) }) else {
            file.skippedTo = from + UInt64(count - context)
            if count == context + blockBytes { enqueue(file) }
            return false
        }
        file.skippedTo = nil
        file.checkpoint.advance(to: from + UInt64(lineFeed + 1 - context), hash: hash(before: lineFeed + 1))
        file.changeCount += 1
        return true
    }

    /// Moves the checkpoint by `bytes` bytes that begin at `context` in the buffer, and leaves marks on the way.
    private func advance(_ file: TailedFile, by bytes: Int, context: Int) {
        let start = file.checkpoint.offset
        var place = bytes / 2
        for _ in 0..<Self.marksWithinBlock {
            let end = withBytes(context..<context + bytes) { $0.lastIndex(of: UInt8.lineFeed, before: place) }.map { $0 + 1 } ?? 0
            let markOffset = start + UInt64(end)
            if end > 0, markOffset > file.checkpoint.marks.last?.offset ?? 0 {
                file.checkpoint.mark(markOffset, hash: hash(before: context + end))
            }
            place += (bytes - place) / 2
        }
        file.checkpoint.advance(to: start + UInt64(bytes), hash: hash(before: context + bytes))
        file.changeCount += 1
    }

    /// The hash of a mark whose content ends at `end` in the buffer.
    private func hash(before end: Int) -> UInt64 {
        hash(max(0, end - FileCheckpoint.Mark.contentBytesMax)..<end)
    }
}
