// Finds the files that a source's globs lead to. Each scan lists every directory once, follows symbolic links to files
// (never, under `**`, to directories), and only looks: nothing is opened. Depth and number of files are bounded.

import Compression
import Glibc

/// The globs of a source; `scan` walks them.
struct Discovery: Sendable {
    let includes: [Glob]
    let excludes: [Glob]
    let filesMax: Int

    /// How many directories deep `**` goes.
    static let depthMax = 64

    func scan() -> DirectoryScan {
        var scan = DirectoryScan(filesMax: filesMax, excludes: excludes)
        for glob in includes { scan.walk(glob.steps[...], in: "", depth: 0) }
        scan.sightings.sort { $0.path < $1.path }
        return scan
    }
}

/// A regular file at a path that matches, or a rotated one beside such a path.
struct Sighting: Hashable, Sendable {
    var path: String
    var status: FileStatus
    /// The path that matches, where `path` does not.
    var live: String?
    /// Whether only the rest of a known content is wanted of it.
    var isOnlyRest = false
}

/// What one walk found.
struct DirectoryScan: Sendable {
    private(set) var problems: [TailingNotice] = []
    /// The directories in which a matching file can appear.
    private(set) var directories: Set<String> = []
    /// When names last changed in the directories that were listed, as of just before.
    private(set) var modifiedNS: [String: Int64] = [:]
    /// Sorted by path once the scan is done; each path once.
    fileprivate(set) var sightings: [Sighting] = []
    /// Compressed files at paths that match. None of them grows.
    private(set) var compressed: [String] = []

    /// Whether files were seen that may change without an event: they are written at other paths, or can't be looked at now.
    private(set) var isBeyondEvents = false

    private let filesMax: Int
    private let excludes: [Glob]
    private var isFull = false
    private var paths: Set<String> = []
    private var listings: [String: [DirectoryEntry]] = [:]

    fileprivate init(filesMax: Int, excludes: [Glob]) {
        self.filesMax = filesMax
        self.excludes = excludes
    }

    fileprivate mutating func walk(_ steps: ArraySlice<Glob.Step>, in directory: String, depth: Int) {
        guard let step = steps.first, depth <= Discovery.depthMax else { return }
        let isLast = steps.count == 1
        switch step {
        case .name(let name):
            if isLast {
                directories.insert(Path.listable(directory))
                look(at: directory + "/" + name)
            } else {
                walk(steps.dropFirst(), in: directory + "/" + name, depth: depth + 1)
            }
        case .pattern(let pattern):
            for entry in watchedListing(directory) where pattern.matches(entry.name, hidden: false) {
                let path = directory + "/" + entry.name
                if isLast {
                    look(at: path)
                } else if [.directory, .link, .unknown].contains(entry.kind) {
                    walk(steps.dropFirst(), in: path, depth: depth + 1)
                }
            }
        case .anyDepth:
            if !isLast { walk(steps.dropFirst(), in: directory, depth: depth) }
            for entry in watchedListing(directory) where !entry.name.hasPrefix(".") {
                let path = directory + "/" + entry.name
                if entry.kind == .directory {
                    walk(steps, in: path, depth: depth + 1)
                } else if isLast {
                    look(at: path)
                }
            }
        }
    }

    private mutating func watchedListing(_ directory: String) -> [DirectoryEntry] {
        directories.insert(Path.listable(directory))
        return listing(directory)
    }

    /// The entries of a directory as they were when this scan first asked for them.
    mutating func listing(_ directory: String) -> [DirectoryEntry] {
        if let known = listings[directory] { return known }
        var entries: [DirectoryEntry] = []
        do {
            modifiedNS[directory] = try System.status(of: Path.listable(directory)).modifiedNS
            let found = try System.list(Path.listable(directory))
            entries = found.entries
            if found.unnameable > 0 { problems.append(.unnameable(directory: directory, count: found.unnameable)) }
        } catch {
            if error.code != ENOENT, error.code != ENOTDIR { add(error, at: directory) }
        }
        listings[directory] = entries
        return entries
    }

    private mutating func look(at path: String) {
        guard paths.insert(path).inserted, !excludes.contains(where: { $0.matches(path: path) }) else { return }
        do {
            var status = try System.statusOfLink(at: path)
            if status.kind == .link {
                isBeyondEvents = true
                status = try System.status(of: path)
            }
            guard status.kind == .regular else {
                problems.append(.refused(path: path, kind: status.kind))
                return
            }
            if status.links > 1 { isBeyondEvents = true }
            if CompressionFormat(fileName: path) != nil {
                compressed.append(path)
            } else if sightings.count < filesMax {
                sightings.append(Sighting(path: path, status: status))
            } else if !isFull {
                isFull = true
                problems.append(.tooManyFiles(limit: filesMax))
            }
        } catch {
            if error.code != ENOENT, error.code != ENOTDIR { add(error, at: path) }
        }
    }

    private mutating func add(_ error: SystemError, at path: String) {
        problems.append(.unreadable(path: path, reason: error))
        isBeyondEvents = true
    }
}
