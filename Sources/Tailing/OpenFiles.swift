// How many files may be open at once, for all sources of an agent together. Where there is no room for one more, the file that has
// been idle for longest is closed, and opened again when there is something to read of it.
//
// Nothing but what was read as far as it goes is closed: files at paths that match, at first those of which no unfinished line is
// left, and at last rotated files whose names are known. What has no name any more stays open until it is read, so there may be more
// open files than `countMax`.

import Records

/// Confined to one thread.
package final class OpenFiles {
    package let countMax: Int
    private(set) var count = 0

    /// In the order of their last use; an entry that is not a file's last one means nothing.
    private var used = Queue<Use>()
    /// Those of them that are closed last: with an unfinished line, and rotated away.
    private var unfinished = Queue<Use>()
    private var leaving = Queue<Use>()
    private var useCount = 0
    private var closed: [String: Int] = [:]

    private struct Use {
        weak var file: TailedFile?
        var number: Int

        /// The file, if it was not used since, and is open.
        var idleFile: TailedFile? { file.flatMap { $0.lastUse == number && $0.isIdle ? $0 : nil } }
        var isLast: Bool { file.map { $0.lastUse == number && $0.open != nil } ?? false }
    }

    /// How many entries may be of no use before they are cleared away, besides one for each open file.
    private static let slack = 256

    package init(countMax: Int = .max) {
        precondition(countMax > 0)
        self.countMax = countMax
    }

    /// How many files of a source were closed to make room since this was last asked.
    package func takeClosedCount(source: String) -> Int { closed.removeValue(forKey: source) ?? 0 }

    /// Whether files of any source were closed to make room, or not opened for want of it.
    private(set) var isShort = false

    /// Closes idle files until one more may be opened.
    /// - Returns: false where none is left to close.
    func makeRoom() -> Bool {
        while count >= countMax {
            isShort = true
            guard closeOne() else { return false }
        }
        return true
    }

    /// Closes idle files that are too many by now.
    func trim() {
        while count > countMax, closeOne() {}
    }

    /// Closes the file that has been idle for longest.
    func closeOne() -> Bool {
        while let use = used.popFirst() {
            guard let file = use.idleFile else { continue }
            if file.isLeaving {
                leaving.append(use)
            } else if !file.isReadToItsEnd {
                unfinished.append(use)
            } else {
                close(file)
                return true
            }
        }
        while let use = unfinished.popFirst() {
            guard let file = use.idleFile else { continue }
            close(file)
            return true
        }
        while let use = leaving.popFirst() {
            guard let file = use.idleFile, file.isAtItsName else { continue }
            close(file)
            return true
        }
        return false
    }

    func noteUse(of file: TailedFile) {
        useCount += 1
        file.lastUse = useCount
        used.append(Use(file: file, number: useCount))
        guard used.count + unfinished.count + leaving.count > 2 * count + Self.slack else { return }
        used.removeAll { !$0.isLast }
        unfinished.removeAll { !$0.isLast }
        leaving.removeAll { !$0.isLast }
    }

    private func close(_ file: TailedFile) {
        isShort = true
        file.park()
        closed[file.checkpoint.source, default: 0] += 1
    }

    /// For `OpenFile` alone.
    func didOpen() { count += 1 }
    func didClose() { count -= 1 }
}
