// Decides when to look again at which literals a deriver scans for: when more of them than is cheap were found in records that no rule
// then matched. Looking takes about as long as scanning some megabytes, so it is done ever more rarely.

struct ScanTuning {
    /// So much is scanned before the first look.
    static let bytesBeforeFirst = 4 << 20
    /// The longest way from one look to the next.
    static let bytesBetweenMax = 1 << 30
    /// An idle hit for so many bytes, about one in ten records, costs less than the scan itself.
    static let bytesPerIdleHit = 2048

    private var bytesBeforeNext = Self.bytesBeforeFirst
    private var bytes = 0
    private var hits = 0
    private var matchesBefore = 0

    mutating func add(bytes: Int, hits: Int) {
        self.bytes += bytes
        self.hits += hits
    }

    /// - Parameter matches: how many rules have matched until now.
    mutating func isDue(matches: Int) -> Bool {
        guard bytes >= bytesBeforeNext else { return false }
        let idleHits = hits - (matches - matchesBefore)
        let isDue = idleHits > bytes / Self.bytesPerIdleHit
        (bytes, hits, matchesBefore) = (0, 0, matches)
        bytesBeforeNext = min(2 * bytesBeforeNext, Self.bytesBetweenMax)
        return isDue
    }
}
