// How much room deleted files may take while they cannot be read: the log of an application must not fill the disk that the
// application needs. Decides only; the files are looked at and let go by others.

/// Chooses the files that must go: at first those that are read to their ends, then those that were gone first.
package struct DeletedFilesBound: Sendable {
    /// How much all of them may take.
    package let bytesMax: UInt64
    /// How much of each file system must be free for more than nothing to be held there, in hundredths.
    package let freePercentMin: UInt64
    /// Until when a file system is left alone, by its device, on the clock that `chooses` is told.
    private var restUntilMS: [UInt64: Int64] = [:]

    /// A file system may take its time to give room back; what is let go is taken for free until then.
    package static let restMS: Int64 = 5_000

    package init(bytesMax: UInt64, freePercentMin: UInt64) {
        self.bytesMax = bytesMax
        self.freePercentMin = freePercentMin
    }

    /// - Returns: the places of the files that must go, in the order in which they are chosen.
    package mutating func choose(among files: [DeletedFile], nowMS: Int64) -> [Int] {
        restUntilMS = restUntilMS.filter { $0.value > nowMS }
        let order = files.indices.sorted { left, right in
            let (first, second) = (files[left], files[right])
            return (first.isUnread ? 1 : 0, first.lastSeenSeconds, left) < (second.isUnread ? 1 : 0, second.lastSeenSeconds, right)
        }
        var chosen: [Int] = []
        var gained: [UInt64: UInt64] = [:]
        var held = files.reduce(0) { $0 + $1.bytes }
        func choose(_ place: Int) {
            chosen.append(place)
            held -= files[place].bytes
            gained[files[place].device, default: 0] += files[place].bytes
        }
        for place in order where held > bytesMax { choose(place) }
        for place in order.dropFirst(chosen.count) {
            let file = files[place]
            if restUntilMS[file.device] == nil, isShort(file, gained: gained[file.device] ?? 0) { choose(place) }
        }
        for device in gained.keys { restUntilMS[device] = nowMS + Self.restMS }
        return chosen
    }

    private func isShort(_ file: DeletedFile, gained: UInt64) -> Bool {
        Double(file.freeBytes + gained) * 100 < Double(file.usableBytes) * Double(freePercentMin)
    }
}
