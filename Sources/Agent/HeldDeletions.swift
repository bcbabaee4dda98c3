// Bounds what deleted files of all sources take on disk while nothing can be read.

import Logging
import Tailing

struct HeldDeletions {
    private var bound: DeletedFilesBound

    init(_ bound: DeletedFilesBound) {
        self.bound = bound
    }

    /// Lets go what is beyond the bound, and tells of it.
    /// - Returns: whether there was any.
    mutating func trim(_ workers: [any SourceWorker], nowMS: Int64, logger: Logger) -> Bool {
        let held = workers.enumerated().flatMap { place, worker in worker.deletedFiles().map { (place: place, file: $0) } }
        let chosen = bound.choose(among: held.map(\.file), nowMS: nowMS).map { held[$0] }
        for (place, worker) in workers.enumerated() {
            let files = chosen.filter { $0.place == place }.map(\.file.id)
            guard !files.isEmpty else { continue }
            worker.letGo(of: files)
            worker.tellNotices(to: logger)
        }
        return !chosen.isEmpty
    }
}
