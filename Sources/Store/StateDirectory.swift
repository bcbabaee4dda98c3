// The directory that holds the database: for the agent's user alone (0700), and for one agent at a time.
//
// Log text and calls lie in it, so nobody else may enter. A directory that others may enter is closed to them only when it
// is plainly ours (empty, or with our database in it); anything else could be a shared place such as /tmp, and is refused.

import Glibc

/// The path of a state directory that exists and is private.
struct StateDirectory {
    let path: String

    var databasePath: String { path + "/eventail.db" }
    var lockPath: String { path + "/lock" }

    /// Creates the directory, and missing ones above it, unless it exists; makes sure that only its owner may enter.
    init(preparing path: String) throws(StoreError) {
        self.path = path
        try Self.create(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw StoreError(errno: errno, "cannot look at the state directory", path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(.unusable, "not a directory", path: path, hint: "state.directory must name a directory")
        }
        if status.st_mode & 0o077 != 0 {
            guard isPlainlyOurs() else {
                throw StoreError(
                    .unusable, "others may enter this directory, and it holds other things than our state", path: path,
                    hint: "choose a state.directory of its own, or `chmod 700` this one")
            }
            guard chmod(path, 0o700) == 0 else {
                throw StoreError(errno: errno, "cannot close the state directory to other users", path: path)
            }
        }
        try createDatabaseFile()
    }

    /// The missing directories on the way are as open as the umask says; the last one is private from its first moment.
    private static func create(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw StoreError(errno: errno, "cannot create the state directory", path: path)
        }
        var parents: [String] = []
        var parent = path[..<slash]
        while !parent.isEmpty, access(String(parent), F_OK) != 0 {
            parents.append(String(parent))
            guard let next = parent.lastIndex(of: "/") else { break }
            parent = parent[..<next]
        }
        for parent in parents.reversed() where mkdir(parent, 0o755) != 0 && errno != EEXIST {
            throw StoreError(errno: errno, "cannot create the directory above the state directory", path: parent)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw StoreError(errno: errno, "cannot create the state directory", path: path)
        }
    }

    private func isPlainlyOurs() -> Bool {
        if access(databasePath, F_OK) == 0 { return true }
        guard let entries = opendir(path) else { return false }
        defer { closedir(entries) }
        var count = 0
        while readdir(entries) != nil { count += 1 }
        return count <= 2  // . and ..
    }

    /// SQLite would create the file readable for everybody, and gives its journal the rights of the file.
    private func createDatabaseFile() throws(StoreError) {
        let descriptor = open(databasePath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(errno: errno, "cannot open the database", path: databasePath) }
        close(descriptor)
    }
}

/// The lock that keeps a second agent out of the state directory, held until this value is gone or the process ends in
/// whatever way (flock(2)). The file holds the process id of its owner, for people.
struct StateLock: ~Copyable {
    private let descriptor: CInt

    /// Once the descriptor is there, an error leaves it to `deinit`, which runs for a value whose fields were all set.
    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(errno: errno, "cannot open the lock file", path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.owner(descriptor)
            guard reason == EWOULDBLOCK else { throw StoreError(errno: reason, "cannot lock the state directory", path: path) }
            throw StoreError(
                .inUse, "another eventail uses this state directory" + (owner.map { " (process \($0))" } ?? ""), path: path,
                hint: "stop it first, or give this one a state.directory of its own")
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            throw StoreError(errno: errno, "cannot write the lock file", path: path)
        }
    }

    /// Unlocks by name: a child process that is being started holds a copy of the descriptor until it runs its own program.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func owner(_ descriptor: CInt) -> Int? {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: text[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

extension StoreError {
    /// What a system call reported.
    init(errno number: CInt, _ what: String, path: String) {
        let reason = String(cString: strerror(number)).lowercased()
        switch number {
        case EACCES, EPERM, EROFS, ENOTDIR:
            self.init(.unusable, "\(what): \(reason)", path: path, hint: "the agent's user must own state.directory and may write there")
        case ENOSPC, EDQUOT:
            self.init(.diskFull, "\(what): \(reason)", path: path, hint: "free some space; nothing is lost meanwhile")
        default:
            self.init(.failed, "\(what): \(reason)", path: path)
        }
    }
}
