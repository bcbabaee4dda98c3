// What a file source has to tell people. It says each thing once, when it begins, in a bounded list that the agent drains
// and logs; it never logs by itself.

package import Compression

/// One thing that happened to a file or a directory of a source. Paths are as found on disk and not escaped.
package enum TailingNotice: Hashable, Sendable {
    /// A file that was not known is read from `offset` on.
    case appeared(path: String, offset: UInt64)
    /// The file at this path was renamed or deleted; it is read to its end.
    case rotated(path: String)
    /// The rest of a rotated file is read from `offset` on.
    case siblingFound(path: String, offset: UInt64)
    /// The file's content begins anew: it was truncated or overwritten after `offset` bytes of it had been read.
    case startedAnew(path: String, offset: UInt64)
    /// The end of the file is missing, as after a power loss; reading goes on at `offset`.
    case cutBack(path: String, from: UInt64, offset: UInt64)
    /// The file holds what another file holds, and is not read while that one is there.
    case copy(path: String, original: String)
    /// A rotated file was read to its end and is let go.
    case finished(path: String)
    /// A record longer than `recordBytesMax` was skipped.
    case oversizeSkipped(path: String, offset: UInt64, bytes: UInt64)
    /// The file or directory cannot be read; said once, tried again at each poll.
    case unreadable(path: String, reason: SystemError)
    case readableAgain(path: String)
    /// The path matches, but is not a file; said once.
    case refused(path: String, kind: FileKind)
    /// What the compressed file holds cannot be had, so it is not known whether that was read.
    case notDecompressed(path: String, reason: CompressionError)
    /// Names in this directory are not UTF-8 and cannot be read; said once.
    case unnameable(directory: String, count: Int)
    /// Changes are found by polling only, for the directory that is named or for all of them.
    case inotifyUnavailable(directory: String?, reason: SystemError)
    /// A file was gone before it was read to its end. So many bytes of it are known to be unread; a copy that turns up may hold them.
    case lost(path: String, bytes: UInt64)
    /// More files are followed than may be open; those that are idle are closed. Said once.
    case tooManyOpen(limit: Int)
    /// More files match than `filesMax`; the rest is not read. Said once.
    case tooManyFiles(limit: Int)
    /// This many notices found no room in the list.
    case noticesDropped(count: Int)

    /// Whether someone should look, rather than know.
    package var isWarning: Bool {
        switch self {
        case .appeared, .rotated, .siblingFound, .startedAnew, .copy, .finished, .readableAgain: false
        case .refused(_, let kind): kind != .directory
        case .cutBack, .oversizeSkipped, .unreadable, .notDecompressed, .unnameable, .inotifyUnavailable, .lost, .tooManyOpen,
            .tooManyFiles,
            .noticesDropped:
            true
        }
    }

    /// A constant sentence; what varies is in `details`.
    package var message: String {
        switch self {
        case .appeared: "file appeared"
        case .rotated: "file rotated away, reading it to its end"
        case .siblingFound: "reading the rest of a rotated file"
        case .startedAnew: "file was truncated or overwritten, reading it from its beginning"
        case .cutBack: "file lost its end, reading on where it still agrees"
        case .copy: "file is a copy of a file that is read, not reading it"
        case .finished: "rotated file read to its end"
        case .oversizeSkipped: "record is too long, skipped"
        case .unreadable: "cannot read, trying again at each poll"
        case .readableAgain: "can be read again"
        case .refused(_, .compressed): "compressed file, and no log beside it that it was rotated from, not reading it"
        case .refused: "not a regular file, not reading it"
        case .notDecompressed: "cannot decompress a rotated file, not reading it"
        case .unnameable: "file names are not UTF-8, not reading these files"
        case .inotifyUnavailable: "no change events, polling instead"
        case .lost: "file was gone before it was read to its end"
        case .tooManyOpen: "more files than may be open, closing idle ones"
        case .tooManyFiles: "too many files match, not reading the rest"
        case .noticesDropped: "too many notices at once"
        }
    }

    /// What varies, for the log's metadata.
    package var details: [(name: String, value: String)] {
        switch self {
        case .appeared(let path, let offset), .siblingFound(let path, let offset), .startedAnew(let path, let offset):
            [("path", path), ("offset", String(offset))]
        case .rotated(let path), .finished(let path), .readableAgain(let path):
            [("path", path)]
        case .cutBack(let path, let from, let offset):
            [("path", path), ("from", String(from)), ("offset", String(offset))]
        case .copy(let path, let original):
            [("path", path), ("original", original)]
        case .oversizeSkipped(let path, let offset, let bytes):
            [("path", path), ("offset", String(offset)), ("bytes", String(bytes))]
        case .unreadable(let path, let reason):
            [("path", path), ("reason", reason.description)]
        case .notDecompressed(let path, let reason):
            [("path", path), ("reason", reason.description)]
        case .refused(let path, let kind):
            [("path", path), ("kind", kind.rawValue)]
        case .unnameable(let directory, let count):
            [("directory", directory), ("count", String(count))]
        case .inotifyUnavailable(let directory, let reason):
            [("directory", directory ?? "all"), ("reason", reason.description)]
        case .lost(let path, let bytes):
            [("path", path), ("bytes", String(bytes))]
        case .tooManyFiles(let limit), .tooManyOpen(let limit):
            [("limit", String(limit))]
        case .noticesDropped(let count):
            [("count", String(count))]
        }
    }
}
