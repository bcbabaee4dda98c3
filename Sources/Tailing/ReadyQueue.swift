// The files that have something to read, first come, first served: a file that has more goes to the back.

struct ReadyQueue {
    private var files: [TailedFile] = []
    private var head = 0

    var isEmpty: Bool { head == files.count }
    var count: Int { files.count - head }

    /// Does nothing if the file is queued already.
    mutating func append(_ file: TailedFile) {
        guard !file.isQueued else { return }
        file.isQueued = true
        files.append(file)
    }

    mutating func popFirst() -> TailedFile? {
        guard head < files.count else { return nil }
        let file = files[head]
        head += 1
        if head * 2 > files.count {
            files.removeFirst(head)
            head = 0
        }
        file.isQueued = false
        return file
    }
}
