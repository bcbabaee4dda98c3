// Files on their way out: rotated ones that are read until they have been quiet for long enough, copies that may turn out to
// be more than that, and contents that are remembered for a while after their files are gone.

import Records

extension FileSource {
    /// Looks whether rotated files were written to; no scan need see them.
    func lookAtLeaving() {
        for id in leaving {
            guard let file = files[id], file.isWithinReach else { continue }
            do {
                guard let status = try status(of: file) else {
                    pursue(file)
                    continue
                }
                if let compressed = file.compressed {
                    guard compressed.surveyed != nil, !compressed.isSurveyed(as: status) else { continue }
                } else {
                    guard status.size != file.size || status.modifiedNS != file.modifiedNS else { continue }
                    file.size = status.size
                }
                file.modifiedNS = status.modifiedNS
                if file.isLeaving { file.phase = .leaving(quietSinceMS: quietSinceMS) }
                enqueue(file)
            } catch {
                fail(file, error)
            }
        }
    }

    /// Of an open file, or of a closed one by its name; nil if it is not there any more.
    private func status(of file: TailedFile) throws(SystemError) -> FileStatus? {
        if let open = file.open { return try System.status(of: open) }
        // It could not be opened before.
        if file.needsLook { enqueue(file) }
        guard let status = try? System.status(of: file.name), status.key == file.key else { return nil }
        return status
    }

    /// Lets the next turn read the rest of those that were quiet for long enough.
    func endQuietFiles() {
        awaitsQuiet = false
        for id in leaving {
            guard let file = files[id], file.isLeaving else {
                leaving.remove(id)
                continue
            }
            guard !file.needsLook, isQuiet(file) else {
                awaitsQuiet = true
                continue
            }
            if file.original != nil, !file.isVisible {
                setAside(file)
            } else if file.original == nil {
                file.phase = .ending
                enqueue(file)
            }
        }
    }

    private func isQuiet(_ file: TailedFile) -> Bool {
        guard case .leaving(let quietSinceMS) = file.phase else { return true }
        guard let quietSinceMS else {
            file.phase = .leaving(quietSinceMS: nowMS)
            return false
        }
        return nowMS - quietSinceMS >= configuration.quietMS
    }

    /// A rotated file was read to its end. Its descriptor is kept until what was read is committed.
    func finish(_ file: TailedFile) {
        file.phase = .finished
        file.checkpoint.isFinished = true
        file.changeCount += 1
        leaving.remove(file.id)
        notify(.finished(path: file.path))
        letGo(file)
    }

    /// Takes no more interest in a file of which nothing is to be read, unless it changes.
    func setAside(_ file: TailedFile) {
        file.phase = .finished
        leaving.remove(file.id)
        endDecoding(file)
        file.open = nil
        file.unpark()
        file.needsLook = false
    }

    func letGo(_ file: TailedFile) {
        guard file.phase == .finished, file.changeCount == file.committedChangeCount || !file.isWorthKeeping else { return }
        endDecoding(file)
        file.open = nil
        file.unpark()
        file.needsLook = false
        lookAtCopies(of: file)
    }

    /// What was a copy may now be all that there is.
    func lookAtCopies(of original: TailedFile) {
        for id in copies {
            guard let file = files[id], file.original != nil else {
                copies.remove(id)
                continue
            }
            if file.original == original.id { enqueue(file) }
        }
    }

    /// Copies that have grown beyond their original, or whose original is forgotten.
    func lookAtCopies() {
        for id in copies {
            guard let file = files[id], let original = file.original else {
                copies.remove(id)
                continue
            }
            guard let original = files[original] else {
                enqueue(file)
                continue
            }
            if file.size > original.size, !original.needsLook { enqueue(file) }
        }
    }

    /// Forgets contents whose files have been gone for long.
    func expire() {
        let seconds = wallClock()
        for file in files.values where file.isAtRest {
            guard seconds - file.checkpoint.lastSeenSeconds > configuration.forgetAfterSeconds else { continue }
            let entries = (try? System.list(Path.listable(Path.directory(of: file.checkpoint.path))).entries) ?? []
            if file.checkpoint.inode != 0, entries.contains(where: { $0.inode == file.checkpoint.inode }) {
                file.checkpoint.lastSeenSeconds = seconds
                file.changeCount += 1
            } else {
                remove(file)
            }
        }
    }
}
