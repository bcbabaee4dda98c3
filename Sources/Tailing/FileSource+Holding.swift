// Records at the end of a file that the next line might go on with. The consumer leaves their lines, and nothing is done with
// them until the file has more, or has been quiet for long enough, or goes away. A file that is truncated before takes them
// with it, unless a copy of it is found.

import Records

extension FileSource {
    /// Where the lines begin that the consumer left for more to follow, by file.
    package var heldOffsets: [FileID: UInt64] {
        Dictionary(uniqueKeysWithValues: holding.compactMap { id in files[id]?.held.map { (id, $0.offset) } })
    }

    /// When the first of them will be due, of those that nothing else brings forward.
    var nextHoldingLookMS: Int64? {
        holding.compactMap { id in
            files[id].flatMap { $0.needsLook ? nil : $0.held?.dueAtMS(holdMS: configuration.holdMS) }
        }.min()
    }

    /// Whether lines were left since the last look, from which on they are waited for.
    var awaitsHeldLines: Bool {
        holding.contains { id in files[id].map { !$0.needsLook && $0.held?.isLookedAt == false } ?? false }
    }

    /// Takes note of what the consumer left at the end of a file.
    func hold(_ file: TailedFile) {
        let offset = file.checkpoint.offset
        file.held = file.held?.leftAgain(offset: offset, size: file.size) ?? HeldLines(offset: offset, size: file.size)
        holding.insert(file.id)
    }

    func release(_ file: TailedFile) {
        guard file.held != nil else { return }
        file.held = nil
        holding.remove(file.id)
    }

    /// Lets the next turn take for complete what was left of files that were quiet for long enough since.
    func endQuietRecords() {
        for id in holding {
            guard let file = files[id], file.open != nil else {
                holding.remove(id)
                files[id]?.held = nil
                continue
            }
            guard !file.needsLook else { continue }
            if file.held?.look(nowMS: nowMS, holdMS: configuration.holdMS) == true { enqueue(file) }
        }
    }
}
