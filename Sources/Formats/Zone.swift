// The zones that `timezone:` may name, and what a clock without a zone means there.
//
// - Set back, clocks show an hour twice: the first one is taken, that of daylight time.
// - Set forward, clocks leave out an hour: a time in it is read as if they had not been set yet.

/// Where clocks stand.
package enum Zone: Sendable {
    /// Always as many seconds east of UTC.
    case fixed(Int)
    /// By the rules of a place.
    case place(ZoneRules)

    /// Where the system keeps the rules of places (tzfile(5)).
    package static let directoryDefault = "/usr/share/zoneinfo"

    /// The zone called `name`: `UTC`, an offset such as `+02:00`, or a place such as `Europe/Berlin`.
    /// - Throws: `FormatsError` where there is no such zone, or its file cannot be read.
    package init(_ name: String, directory: String = directoryDefault) throws(FormatsError) {
        var reader = TimeReader()
        let bytes = [UInt8](name.utf8)
        if let offset = reader.zone(bytes.span), reader.index == bytes.count {
            self = .fixed(offset)
        } else {
            self = .place(try ZoneFile.rules(of: name, directory: directory))
        }
    }

    /// How far clocks here are ahead of UTC at `time`, in seconds since 1970; in seconds.
    func offset(at time: Int64) -> Int64 {
        switch self {
        case .fixed(let offset): Int64(offset)
        case .place(let rules): rules.offset(at: time)
        }
    }

    /// The moment, in seconds since 1970, at which clocks here show `local`, seconds since 1970 on the same clocks.
    func seconds(ofLocal local: Int64) -> Int64 {
        switch self {
        case .fixed(let offset): return local - Int64(offset)
        case .place(let rules):
            // No two changes lie within a day of each other, so one of the offsets around is the one that holds.
            let before = rules.offset(at: local - 86_400)
            if rules.offset(at: local - before) == before { return local - before }
            let after = rules.offset(at: local + 86_400)
            return rules.offset(at: local - after) == after ? local - after : local - before
        }
    }
}

/// The offsets of a place through time.
package final class ZoneRules: Sendable {
    /// When the offset changes, in seconds since 1970, ascending.
    private let changes: [Int64]
    /// For each change the offset that holds from then on.
    private let offsets: [Int64]
    /// Before the first change.
    private let first: Int64
    /// After the last change; nil: its offset goes on.
    private let footer: PosixZone?

    init(changes: [Int64], offsets: [Int64], first: Int64, footer: PosixZone?) {
        self.changes = changes
        self.offsets = offsets
        self.first = first
        self.footer = footer
    }

    /// Seconds east of UTC.
    func offset(at time: Int64) -> Int64 {
        guard let last = changes.last else { return footer?.offset(at: time) ?? first }
        if time >= last, let footer { return footer.offset(at: time) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }
}
