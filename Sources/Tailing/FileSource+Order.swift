// Whose lines go first: the files of one log, oldest first, wait for one another. Ids grow with age, and a file only ever waits for a
// smaller id, so nothing waits in a circle. A content whose file is gone keeps its place while its rest is looked for.

import Records

extension FileSource {
    /// Makes each file that stood at one of the paths, by its name, wait for the lines of the one before it there.
    func chain(at paths: [String]) {
        guard !paths.isEmpty else { return }
        var members: [String: [(name: String, file: TailedFile)]] = [:]
        for file in files.values.sorted(by: { $0.id < $1.id }) {
            guard file.isWithinReach ? file.needsLook || file.isLeaving : file.hasUnreadRest else { continue }
            members[Path.directory(of: file.checkpoint.path), default: []].append((Path.name(of: file.checkpoint.path), file))
        }
        for path in paths {
            let name = Path.name(of: path)
            let line = (members[Path.directory(of: path)] ?? []).filter { $0.name == name || RotatedName.isRotation($0.name, of: name) }
            for (older, newer) in zip(line, line.dropFirst()) { newer.file.wait(for: older.file) }
        }
    }

    /// Whether there are older lines to be read first. To find out what a compressed file holds waits for nothing: older lines may be
    /// in it.
    func waitsForOlder(_ file: TailedFile) -> Bool {
        if file.compressed != nil, file.checkpoint.origin == nil { return false }
        var next = file.predecessor
        while let older = next.flatMap({ files[$0] }) {
            if older.isWithinReach, older.needsLook { return true }
            if older.hasUnreadRest {
                if isSought(older) { return true }
            } else if older.checkpoint.origin != nil {
                // It was read, and so had no older lines to wait for.
                return false
            }
            next = older.predecessor
        }
        return false
    }

    /// Whether a compressed file may yet turn out to hold the rest of a content.
    private func isSought(_ content: TailedFile) -> Bool {
        let directory = Path.directory(of: content.checkpoint.path)
        return undecided.contains { id in
            guard let file = files[id], file.needsLook, file.isWithinReach else { return false }
            return Path.directory(of: file.path) == directory
        }
    }

    /// The files that wait for this one.
    func successors(of file: TailedFile) -> [TailedFile] {
        file.isAwaited ? files.values.filter { $0.predecessor == file.id } : []
    }

    /// Whoever waited for a file that is no more waits for the one that it waited for.
    func leaveOrder(_ file: TailedFile) {
        let older = file.predecessor.flatMap { files[$0] }
        for successor in successors(of: file) { successor.waitInstead(for: older) }
    }

    /// Puts a content in the place of the file that turned out to hold it: by its age, which is greater than the file's.
    func takePlace(_ content: TailedFile, of holder: TailedFile) {
        let successors = successors(of: holder)
        let before = holder.predecessor.flatMap { files[$0] }
        remove(holder)
        for successor in successors where successor.id > content.id { successor.wait(for: content) }
        if let before, before.id < content.id { content.wait(for: before) }
    }
}
