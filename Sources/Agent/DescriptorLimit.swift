// How many descriptors the process may have, and how many of them are for the files of sources. What else it needs comes first:
// without a descriptor for the database or a connection nothing would be stored or sent, while a file can be closed and opened again.

import Delivery
import Glibc
import Settings

enum DescriptorLimit {
    /// For the state directory, the control socket with its clients, signals, timers, the pipeline's wake-up and its watches.
    private static let fixedCount = 48
    /// An event loop for each has a selector, a timer and a wake-up.
    private static let countPerProcessor = 3
    /// A connection, and looking up a name.
    private static let countPerLane = 2
    /// The journal has a file for each user and each rotation.
    private static let countPerJournal = 512

    /// Lets the process have as many as it may give itself (setrlimit(2)): the soft limit is low for the sake of programs that use
    /// select(2).
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many files may be open: what the settings allow, or else what is left after everything else; a journal source takes a
    /// quarter of all at most.
    static func openFilesMax(_ configuration: Configuration) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Settings.openFilesMaxRange.lowerBound }
        let all = Int(clamping: limit.rlim_cur)
        let journals = configuration.sources.count { $0.journal != nil }
        let lanes = configuration.destinations.reduce(0) { $0 + $1.lanes }
        let reserve =
            fixedCount + countPerProcessor * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) + countPerLane * lanes
            + journals * min(countPerJournal, all / 4)
        return max(Settings.openFilesMaxRange.lowerBound, min(configuration.settings.openFilesMax, all - reserve))
    }
}
