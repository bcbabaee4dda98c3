// Where a source stands as a whole, for people and monitors: how much is unread, and what keeps it from being read.

import Records

package struct FileSourceStanding: Hashable, Sendable {
    /// Bytes beyond what the consumer took, of files that are there or on their way out, as of the last look at each; those of a last
    /// line without its line feed included. Copies of what is read count for nothing.
    package var unreadBytes: UInt64 = 0
    /// Files that cannot be read.
    package var unreadableCount = 0
    /// What keeps something from being read, while that is so; some of it where there is much.
    package var problems: [TailingNotice] = []

    package init() {}
}

extension FileSource {
    /// Looks at what is known of each file, not at the files.
    package func standing(problemsMax: Int) -> FileSourceStanding {
        var standing = FileSourceStanding()
        var unreadable: [(path: String, reason: SystemError)] = []
        for file in files.values where file.isPresent && file.original == nil {
            if let failure = file.failure { unreadable.append((file.path, failure)) }
            guard file.phase != .finished, file.size > file.checkpoint.offset else { continue }
            standing.unreadBytes += file.size - file.checkpoint.offset
        }
        standing.unreadableCount = unreadable.count
        let ofFiles = unreadable.sorted { $0.path < $1.path }.prefix(problemsMax).map {
            TailingNotice.unreadable(path: $0.path, reason: $0.reason)
        }
        standing.problems = Array((standingProblems.filter(\.keepsFromReading) + ofFiles).prefix(problemsMax))
        return standing
    }
}

extension TailingNotice {
    /// Whether something is not read that is likely meant to be.
    fileprivate var keepsFromReading: Bool {
        switch self {
        case .unreadable, .notDecompressed, .unnameable, .tooManyFiles: true
        case .appeared, .rotated, .siblingFound, .startedAnew, .cutBack, .copy, .finished, .oversizeSkipped, .readableAgain, .refused,
            .inotifyUnavailable, .lost, .tooManyOpen, .noticesDropped:
            false
        }
    }
}
