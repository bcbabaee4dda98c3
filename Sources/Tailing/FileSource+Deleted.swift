// Letting deleted files go before they are read to their ends, for the sake of the disk they are on. Looks at open files only, so
// it may come between `changedCheckpoints` and `didCommit`, when names must not be looked at.

import Records

extension FileSource {
    /// The open files that have no name any more, in the order of their ids.
    package func deletedFiles() -> [DeletedFile] {
        files.values.compactMap { file in
            guard let open = file.open, let status = try? System.status(of: open), status.links == 0,
                let space = try? System.space(of: open)
            else { return nil }
            return DeletedFile(
                id: file.id, bytes: status.diskBytes, isUnread: unreadBytes(of: file, status) != 0, lastSeenSeconds: file.seenSeconds,
                device: status.key.device, freeBytes: space.freeBytes, usableBytes: space.usableBytes)
        }
        .sorted { $0.id < $1.id }
    }

    /// Closes deleted files, and counts and tells what was unread of them; a copy that holds it is read on.
    package func letGo(of ids: [FileID]) {
        for id in ids {
            guard let file = files[id], let open = file.open, let status = try? System.status(of: open), status.links == 0 else {
                continue
            }
            countLetGo()
            vacate(file)
            let bytes = unreadBytes(of: file, status)
            if bytes == 0 {
                if file.phase != .finished { endRead(file) }
                // What was read and not committed yet is in memory.
                setAside(file)
            } else {
                count(lostBytes: bytes ?? 0)
                notify(.letGo(path: file.path, bytes: bytes ?? 0))
                lose(file)
            }
        }
    }

    /// Nil where there is an unknown number: a compressed file was not seen as a whole.
    private func unreadBytes(of file: TailedFile, _ status: FileStatus) -> UInt64? {
        if file.phase == .finished { return 0 }
        let size: UInt64
        if let compressed = file.compressed {
            guard compressed.isSurveyed else { return nil }
            size = file.size
        } else {
            size = status.size
        }
        let read = file.original == nil ? file.checkpoint.offset : file.agreedBytes ?? 0
        // Smaller than what was read, it holds something else.
        return size < read ? size : size - read
    }

    /// Nothing stands at the file's path any more, which the next scan would have found.
    private func vacate(_ file: TailedFile) {
        guard file.isVisible else { return }
        noteLastSeen(file)
        file.isVisible = false
        visible.remove(file.id)
        vacantSinceMS[file.checkpoint.path] = nowMS
    }

    /// Leaves the content without this file, and goes on with a copy of it that was of no interest before.
    private func lose(_ file: TailedFile) {
        for id in copies {
            guard let copy = files[id], copy.original == file.id, !copy.isWithinReach, !copy.isVisible else { continue }
            remove(copy)
        }
        if file.checkpoint.origin == nil { remove(file) } else { seekRest(of: file) }
        lookAtCopies(of: file)
    }
}
