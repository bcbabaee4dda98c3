// When a source expands its globs and looks at every file again. Change events make that rare: while they can be trusted to tell
// of everything, a scan only finds what no event can tell of, such as another directory above the one that is watched.

/// Pure; milliseconds of a steady clock.
struct ScanSchedule: Hashable {
    /// How often to scan where events cannot be trusted.
    let pollIntervalMS: Int64
    private(set) var lastScanMS: Int64?
    /// Whether an event told of something that only a scan can find out.
    private(set) var isWanted = false
    private var areEventsTrusted = false
    private var fileCount = 0
    private var isFirst = true

    /// How soon after a scan the next one may begin when names change all the time.
    static let spacingMS: Int64 = 50
    /// So many files make that a millisecond more: a scan looks at each of them.
    static let filesPerSpacingMS: Int64 = 20
    /// How often to scan where events can be trusted.
    static let trustedIntervalMS: Int64 = 60_000

    init(pollIntervalMS: Int64) {
        self.pollIntervalMS = pollIntervalMS
    }

    var nextScanAtMS: Int64 {
        guard let lastScanMS else { return .min }
        // What the watches of the first scan may have missed is looked for at once.
        if isWanted, isFirst { return lastScanMS }
        if isWanted { return lastScanMS + min(max(Self.spacingMS, Int64(fileCount) / Self.filesPerSpacingMS), pollIntervalMS) }
        return lastScanMS + (areEventsTrusted ? max(Self.trustedIntervalMS, pollIntervalMS) : pollIntervalMS)
    }

    mutating func want() {
        isWanted = true
    }

    /// Something failed of which no event may tell that it works again.
    mutating func distrustEvents() {
        areEventsTrusted = false
    }

    mutating func beginScan(nowMS: Int64) {
        isFirst = lastScanMS == nil
        lastScanMS = nowMS
        isWanted = false
        areEventsTrusted = true
    }

    mutating func endScan(fileCount: Int) {
        self.fileCount = fileCount
    }
}
