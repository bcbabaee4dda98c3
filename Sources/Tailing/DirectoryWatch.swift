// Change events for the directories in which files are followed (inotify(7)). Only ever a hint: every event names a path to
// look at, polling finds whatever no event told of, and without inotify polling does it all.

import Glibc

/// The inotify instance of one source.
final class DirectoryWatch {
    enum Event: Hashable {
        /// The file at this path may have grown.
        case written(path: String)
        /// A name appeared, went, or changed its rights.
        case renamed
        /// Events were lost.
        case overflow
    }

    private let file: OpenFile
    private var directories: [Int32: String] = [:]
    private var watches: [String: Int32] = [:]
    private var refused: Set<String> = []
    private var buffer = [UInt8](repeating: 0, count: eventBytesMax)

    /// How many bytes of events are read at once.
    private static let eventBytesMax = 64 * 1024
    private static let writes = UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE)
    private static let names =
        UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE) | UInt32(IN_ATTRIB) | UInt32(IN_MOVE_SELF)
        | UInt32(IN_DELETE_SELF)

    init() throws(SystemError) {
        file = try System.openWatch()
    }

    var descriptor: Int32 { file.descriptor }

    /// What came of watching directories.
    struct Update {
        /// Those that cannot be watched, each told once.
        var failures: [(directory: String, reason: SystemError)] = []
        /// Whether a watch was set: what happened in its directory before was not told.
        var isNew = false
        /// Whether from here on events tell of all changes in all of them.
        var isComplete = true
    }

    /// Watches the directories in which files can appear; what is watched stays so until it is gone. A path may lead to another
    /// directory than before, so all are watched anew, which changes nothing where it does not.
    func update(_ wanted: Set<String>) -> Update {
        var result = Update()
        for directory in wanted {
            do {
                let watch = try System.watch(directory, mask: Self.writes | Self.names | UInt32(IN_ONLYDIR), on: file)
                if !System.tellsOfChanges(directory) { result.isComplete = false }
                guard watches[directory] != watch else { continue }
                result.isNew = true
                if let former = watches[directory] { directories[former] = nil }
                // A directory that moved keeps its watch: the name it has now is the one that counts.
                if let former = directories.updateValue(directory, forKey: watch), former != directory { watches[former] = nil }
                watches[directory] = watch
                refused.remove(directory)
            } catch {
                result.isComplete = false
                if error.code == ENOENT || error.code == ENOTDIR { continue }
                if refused.insert(directory).inserted { result.failures.append((directory, error)) }
            }
        }
        return result
    }

    /// The events that wait, at most one buffer of them.
    func events() throws(SystemError) -> [Event] {
        var events: [Event] = []
        let count = try System.readEvents(file, into: &buffer)
        var index = 0
        // struct inotify_event: wd, mask, cookie, len, then `len` bytes of name, padded with NUL.
        while index + 16 <= count {
            let watch = Int32(bitPattern: System.word(in: buffer, at: index))
            let mask = System.word(in: buffer, at: index + 4)
            let nameBytes = Int(System.word(in: buffer, at: index + 12))
            let name = buffer[(index + 16)..<(index + 16 + nameBytes)].prefix { $0 != 0 }
            index += 16 + nameBytes
            if mask & UInt32(IN_Q_OVERFLOW) != 0 {
                events.append(.overflow)
                continue
            }
            guard let directory = directories[watch] else { continue }
            if mask & (UInt32(IN_IGNORED) | UInt32(IN_MOVE_SELF)) != 0 {
                directories[watch] = nil
                watches[directory] = nil
            }
            if mask & Self.writes != 0 {
                events.append(.written(path: (directory == "/" ? "" : directory) + "/" + String(decoding: name, as: UTF8.self)))
            } else {
                events.append(.renamed)
            }
        }
        return events
    }
}
