// The files that have something to read, first come, first served: a file that has more goes to the back.

struct ReadyQueue {
    private var files = Queue<TailedFile>()

    var isEmpty: Bool { files.isEmpty }
    var count: Int { files.count }

    /// Does nothing if the file is queued already.
    mutating func append(_ file: TailedFile) {
        guard !file.isQueued else { return }
        file.isQueued = true
        files.append(file)
    }

    mutating func popFirst() -> TailedFile? {
        guard let file = files.popFirst() else { return nil }
        file.isQueued = false
        return file
    }
}
