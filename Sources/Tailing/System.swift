// The system calls of this module, in one place: interrupted calls are repeated, failures become a `SystemError`, and a
// descriptor is closed by the object that owns it. The one file here that uses pointers: the C interface wants them, and
// each one lives only as long as its call.

import CFileSystem
import Compression
import Glibc

/// A failed system call, by its error number (errno(3)).
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package var code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The system's own words, as in "permission denied".
    package var description: String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    init(_ error: CompressionError) {
        switch error.reason {
        case .unreadable(let number): code = number
        case .memory: code = ENOMEM
        case .incomplete, .damaged: code = EBADMSG
        }
    }

    static var current: SystemError { SystemError(code: errno) }
}

/// An open descriptor; closed when the last reference goes.
final class OpenFile {
    let descriptor: Int32
    /// Where it counts; nil: nowhere.
    private let openFiles: OpenFiles?

    init(owning descriptor: Int32, among openFiles: OpenFiles? = nil) {
        self.descriptor = descriptor
        self.openFiles = openFiles
        openFiles?.didOpen()
    }

    deinit {
        close(descriptor)
        openFiles?.didClose()
    }
}

/// What tells one file from another while both exist.
package struct FileKey: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// The kinds of things that a path can lead to.
package enum FileKind: String, Hashable, Sendable {
    case regular = "regular file"
    case directory
    case fifo
    case socket
    case device
    case link = "symbolic link"
    case compressed = "compressed file"
    case unknown = "thing of unknown kind"
}

/// The part of stat(2) that identity and reading go by.
struct FileStatus: Hashable, Sendable {
    var key: FileKey
    var kind: FileKind
    var size: UInt64
    var links: UInt64
    /// The time of the last write, in nanoseconds since 1970.
    var modifiedNS: Int64

    var modifiedSeconds: Int64 { modifiedNS / 1_000_000_000 }
}

struct DirectoryEntry: Hashable, Sendable {
    var name: String
    var inode: UInt64
    var kind: FileKind
}

enum System {
    /// Opens a regular file for reading. Never waits: a FIFO that took the file's place would block a plain open(2).
    static func openForReading(_ path: String, among openFiles: OpenFiles) throws(SystemError) -> OpenFile {
        OpenFile(owning: try retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }, among: openFiles)
    }

    /// Follows symbolic links.
    static func status(of path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try retrying { stat(path, &status) }
        return FileStatus(status)
    }

    /// Of a symbolic link itself.
    static func statusOfLink(at path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try retrying { lstat(path, &status) }
        return FileStatus(status)
    }

    /// Whether inotify(7) tells of all changes in a directory: it is on a file system that only this machine writes to, and
    /// reached through no symbolic link, which might be made to lead elsewhere.
    static func tellsOfChanges(_ path: String) -> Bool {
        var system = statfs()
        guard statfs(path, &system) == 0, localFileSystems.contains(UInt32(truncatingIfNeeded: system.f_type)),
            let real = realpath(path, nil)
        else { return false }
        defer { free(real) }
        return strcmp(real, path) == 0
    }

    /// By their numbers in statfs(2): ext2 to ext4, XFS, Btrfs, tmpfs, ramfs, F2FS, ZFS, bcachefs. An overlay is not among them,
    /// for what its layers are written to by others is not told.
    private static let localFileSystems: Set<UInt32> = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x8584_58F6, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E,
    ]

    static func status(of file: OpenFile) throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try retrying { fstat(file.descriptor, &status) }
        return FileStatus(status)
    }

    /// Fills `buffer[range]` from `offset` on and returns how many bytes there were: fewer than asked for only at the end.
    static func read(_ file: OpenFile, into buffer: inout [UInt8], range: Range<Int>, at offset: UInt64) throws(SystemError) -> Int {
        precondition(range.upperBound <= buffer.count)
        var filled = 0
        while filled < range.count {
            let count = try retrying {
                buffer.withUnsafeMutableBytes { bytes in
                    pread(
                        file.descriptor, bytes.baseAddress! + range.lowerBound + filled, range.count - filled, off_t(offset) + off_t(filled)
                    )
                }
            }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    /// The names in a directory, without `.` and `..`; names that are not UTF-8 are counted, not listed.
    static func list(_ path: String) throws(SystemError) -> (entries: [DirectoryEntry], unnameable: Int) {
        guard let directory = opendir(path) else { throw .current }
        defer { closedir(directory) }
        var entries: [DirectoryEntry] = []
        var unnameable = 0
        let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name)!
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw .current }
                return (entries, unnameable)
            }
            let bytes = (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self)
            guard let name = String(validatingCString: bytes) else {
                unnameable += 1
                continue
            }
            if name == "." || name == ".." { continue }
            entries.append(
                DirectoryEntry(name: name, inode: UInt64(entry.pointee.d_ino), kind: FileKind(directoryType: Int32(entry.pointee.d_type))))
        }
    }

    /// An inotify instance that never blocks (inotify(7)).
    static func openWatch() throws(SystemError) -> OpenFile {
        OpenFile(owning: try retrying { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
    }

    static func watch(_ path: String, mask: UInt32, on watch: OpenFile) throws(SystemError) -> Int32 {
        try retrying { inotify_add_watch(watch.descriptor, path, mask) }
    }

    /// Reads waiting events into `buffer`; 0 when there are none.
    static func readEvents(_ watch: OpenFile, into buffer: inout [UInt8]) throws(SystemError) -> Int {
        do {
            return try retrying {
                buffer.withUnsafeMutableBytes { bytes in Glibc.read(watch.descriptor, bytes.baseAddress!, bytes.count) }
            }
        } catch {
            if error.code == EAGAIN { return 0 }
            throw error
        }
    }

    /// Four bytes of what the kernel wrote, in its byte order.
    static func word(in buffer: [UInt8], at index: Int) -> UInt32 {
        buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: UInt32.self) }
    }

    private static func retrying<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw .current }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        key = FileKey(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = UInt64(max(0, status.st_size))
        links = UInt64(status.st_nlink)
        modifiedNS = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        case S_IFIFO: kind = .fifo
        case S_IFSOCK: kind = .socket
        case S_IFBLK, S_IFCHR: kind = .device
        case S_IFLNK: kind = .link
        default: kind = .unknown
        }
    }
}

extension FileKind {
    /// From `d_type` of readdir(3), which some file systems leave unknown.
    fileprivate init(directoryType: Int32) {
        switch directoryType {
        case Int32(DT_REG): self = .regular
        case Int32(DT_DIR): self = .directory
        case Int32(DT_FIFO): self = .fifo
        case Int32(DT_SOCK): self = .socket
        case Int32(DT_BLK), Int32(DT_CHR): self = .device
        case Int32(DT_LNK): self = .link
        default: self = .unknown
        }
    }
}
