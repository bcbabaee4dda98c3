// What lies where a journal is read from: which directories are there, and which files cannot be read. libsystemd passes over
// whatever it cannot open without a word, and does not notice directories that come later; so this looks for itself.

import Glibc
import Records

struct JournalFiles {
    /// What tells a directory or a file from another that took its place.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Each directory, or each file where files are named, that is there.
    private(set) var present: [String: Identity] = [:]
    /// When the directories' contents last changed, in nanoseconds since 1970.
    private(set) var changedNS: [String: Int64] = [:]
    private(set) var denied: Set<String> = []
    private(set) var damaged: [String: JournalFailure] = [:]
    /// How many files there are, also of those that cannot be read; known once they were examined.
    private(set) var fileCount = 0

    /// The folders of journald (systemd-journald.service(8), "Files").
    private static let roots = ["/var/log/journal", "/run/log/journal"]
    /// The part of the header that is looked at: signature, and the sizes of header and arena.
    private static let headerBytes = 104
    private static let signature = Array("LPKSHHRH".utf8)

    /// Looks at directories alone, which is cheap.
    init(_ place: JournalConfiguration.Place) {
        for path in Self.paths(place) {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            present[path] = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
            changedNS[path] = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
    }

    /// Looks at each file.
    mutating func examine(_ place: JournalConfiguration.Place) {
        denied = []
        damaged = [:]
        fileCount = 0
        switch place {
        case .files(let paths): for path in paths where present[path] != nil { examine(path) }
        case .directory(let path): examineFolder(path, prefix: "")
        case .machine(_, let scope):
            for path in Self.paths(place) where !Self.roots.contains(path) { examineFolder(path, prefix: scope.filePrefix) }
        }
    }

    /// Whether a file or a directory that could not be read can be now.
    var isAnyAllowedNow: Bool { denied.contains { faccessat(AT_FDCWD, $0, R_OK, AT_EACCESS) == 0 } }

    private static func paths(_ place: JournalConfiguration.Place) -> [String] {
        switch place {
        case .files(let paths): return paths
        case .directory(let path): return [path]
        case .machine(let namespace, _):
            guard let id = JournalConfiguration.machineID() else { return roots }
            return roots + roots.flatMap { root in namespace.folderSuffixes(root: root, id: id).map { "\(root)/\(id)\($0)" } }
        }
    }

    private mutating func examineFolder(_ folder: String, prefix: String) {
        guard present[folder] != nil else { return }
        guard let names = Self.names(in: folder) else {
            if errno == EACCES { denied.insert(folder) }
            return
        }
        for name in names where name.hasPrefix(prefix) && (name.hasSuffix(".journal") || name.hasSuffix(".journal~")) {
            examine("\(folder)/\(name)")
        }
    }

    private mutating func examine(_ path: String) {
        fileCount += 1
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == EACCES { denied.insert(path) }
            return
        }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: Self.headerBytes)
        var status = stat()
        guard read(descriptor, &header, header.count) == header.count, fstat(descriptor, &status) == 0 else {
            damaged[path] = JournalFailure(code: ENODATA)
            return
        }
        let sizes = [88, 96].map { start in (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(header[start + $1]) } }
        if Array(header.prefix(Self.signature.count)) != Self.signature {
            damaged[path] = JournalFailure(code: EBADMSG)
        } else if sizes[0].addingReportingOverflow(sizes[1]).partialValue > UInt64(max(0, status.st_size)) {
            damaged[path] = JournalFailure(code: ENODATA)
        }
    }

    /// The names in a directory; nil, and `errno`, where it cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { place in
                place.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: place.pointee)) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}

extension JournalConfiguration.Scope {
    /// How the names of the scope's files begin.
    fileprivate var filePrefix: String {
        switch self {
        case .system: "system"
        case .user: "user-\(getuid())"
        case .all: ""
        }
    }
}

extension JournalConfiguration.Namespace {
    /// What follows the machine's id in the names of the folders.
    fileprivate func folderSuffixes(root: String, id: String) -> [String] {
        switch self {
        case .standard: [""]
        case .only(let name): [".\(name)"]
        case .withStandard(let name): ["", ".\(name)"]
        case .all:
            (JournalFiles.names(in: root) ?? []).filter { $0.hasPrefix(id) }.map { String($0.dropFirst(id.count)) }
        }
    }
}
