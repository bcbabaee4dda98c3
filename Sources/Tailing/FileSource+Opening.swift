// Opening files, within the number of those that may be open. A file that is closed for others is found again by its path, or else by
// its inode in the same directory; what is added to it before it is deleted or moved elsewhere is lost.

import Glibc
import Records

extension FileSource {
    /// Opens the file at its name, provided that it still is the file meant.
    func openFile(_ file: TailedFile) {
        do {
            let open = try openForReading(file.name)
            guard try System.status(of: open).key == file.key else { return }
            adopt(open, for: file)
        } catch {
            fail(toOpen: file, error)
        }
    }

    /// The same if there is room; else when it is its turn.
    func openIfRoom(_ file: TailedFile) {
        if openFiles.makeRoom() { openFile(file) } else { file.park() }
    }

    /// The file's descriptor; nil where there is none now. A file that was closed for others is opened again.
    func handle(of file: TailedFile) -> OpenFile? {
        guard file.isParked else { return file.open }
        _ = openFiles.makeRoom()
        do {
            let open = try openForReading(file.name)
            if try System.status(of: open).key == file.key {
                adopt(open, for: file)
                return open
            }
        } catch {
            guard error.code == ENOENT || error.code == ENOTDIR else {
                fail(toOpen: file, error)
                return nil
            }
        }
        // A file at a path that matches is looked for by the next scan, which knows where it may be instead.
        if file.isVisible { schedule.want() } else { pursue(file) }
        return file.open
    }

    /// Whether a file must stay closed until another one may be closed for it.
    func waitsForRoom(_ file: TailedFile) -> Bool { file.isParked && !openFiles.makeRoom() }

    func openForReading(_ path: String) throws(SystemError) -> OpenFile {
        do {
            return try System.openForReading(path, among: openFiles)
        } catch {
            guard error.isOfDescriptors, openFiles.closeOne() else { throw error }
            return try System.openForReading(path, among: openFiles)
        }
    }

    /// A closed file is not where it was. Finds it under another name in the same directory, or else ends it.
    func pursue(_ file: TailedFile) {
        var names = InodeNames()
        pursue(file, &names)
    }

    func pursue(_ file: TailedFile, _ names: inout InodeNames) {
        file.newName = names.path(of: file)
        if file.newName != nil, !file.isAtItsName {
            names.forget(Path.directory(of: file.checkpoint.path))
            file.newName = names.path(of: file)
        }
        if file.newName != nil, file.isAtItsName {
            openIfRoom(file)
            if file.isWithinReach { return }
        }
        file.newName = nil
        file.unpark()
        guard !file.needsLook, file.isReadToItsEnd else {
            let bytes = file.size > file.checkpoint.offset ? file.size - file.checkpoint.offset : 0
            count(lostBytes: bytes)
            notify(.lost(path: file.path, bytes: bytes))
            if file.checkpoint.origin == nil { remove(file) } else { seekRest(of: file) }
            return
        }
        if file.original != nil { remove(file) } else if file.checkpoint.origin == nil { setAside(file) } else { finish(file) }
    }

    private func adopt(_ open: OpenFile, for file: TailedFile) {
        file.unpark()
        file.open = open
        openFiles.noteUse(of: file)
    }

    /// Without descriptors it waits for its turn, as if too many were open already.
    private func fail(toOpen file: TailedFile, _ error: SystemError) {
        if error.isOfDescriptors { file.park() } else { file.unpark() }
        fail(file, error)
    }
}

/// The names of files by their inodes, each directory as it was when it was first asked about.
struct InodeNames {
    private var names: [String: [UInt64: String]] = [:]

    /// Where a file is in the directory of its path.
    mutating func path(of file: TailedFile) -> String? {
        let directory = Path.directory(of: file.checkpoint.path)
        if names[directory] == nil {
            let entries = (try? System.list(Path.listable(directory)).entries) ?? []
            names[directory] = Dictionary(entries.map { ($0.inode, $0.name) }, uniquingKeysWith: { first, _ in first })
        }
        return names[directory]?[file.key.inode].map { directory + "/" + $0 }
    }

    mutating func forget(_ directory: String) {
        names[directory] = nil
    }
}

extension SystemError {
    /// Whether the process, or the system, has no descriptor left.
    fileprivate var isOfDescriptors: Bool { code == EMFILE || code == ENFILE }
}
