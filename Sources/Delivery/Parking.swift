// Which calls are parked, and when one of them may be tried.
//
// A parked rule's calls keep their places in the outbox and are passed over, so they hold up nobody. Now and then the oldest of
// them is sent alone, one rule after the other: when it is accepted all of the rule's calls may go again, each at its old place;
// when it is refused it is one more dead letter. Calls that come after a reload or a restart are not parked with the older ones:
// the rule may have been mended. They get their own chance, and are parked in their turn.

package import Store

package struct Parking: Sendable {
    /// A try of one parked call.
    package struct Probe: Hashable, Sendable {
        package var rule: UInt32
        /// The chunk that holds the call, and the lane that works on such chunks; nil while they are searched.
        package var chunk: Int64?
        package var lane: Int?
        /// Whether that lane has begun with it; till then it may be busy with other calls.
        package var isUnderWay = false
    }

    private struct Entry {
        var parked: ParkedRule
        var nextProbe: Duration
    }

    private var entries: [UInt32: Entry] = [:]
    /// The try that is under way.
    package private(set) var probe: Probe?
    /// Grows when calls that were free to go no longer are.
    package private(set) var version = 0

    /// Between two tries of one rule.
    package static let probeInterval = Duration.seconds(600)

    /// - Parameter parked: what an earlier sender left parked. Each of the rules may be tried at once.
    package init(_ parked: [ParkedRule] = [], now: Duration = .zero) {
        for parked in parked { entries[parked.rule] = Entry(parked: parked, nextProbe: now) }
        version = parked.isEmpty ? 0 : 1
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// In the order of their labels.
    package var rules: [ParkedRule] { entries.values.map(\.parked).sorted { $0.rule < $1.rule } }

    /// Whether calls of `rule` in the chunk `id` must not be sent.
    package func isParked(rule: UInt32, chunk id: Int64) -> Bool {
        guard let entry = entries[rule] else { return false }
        return entry.parked.upTo.map { id <= $0 } ?? true
    }

    /// The last chunk in which the rule's calls are parked; nil: no chunk is the last.
    package func upTo(of rule: UInt32) -> Int64? { entries[rule]?.parked.upTo }

    package mutating func park(_ parked: ParkedRule, now: Duration) {
        entries[parked.rule] = Entry(parked: parked, nextProbe: now + Self.probeInterval)
        version += 1
    }

    /// The rule's calls may go again.
    /// - Returns: what it was parked for; nil when it was not.
    @discardableResult
    package mutating func release(_ rule: UInt32) -> ParkedRule? {
        if probe?.rule == rule { probe = nil }
        return entries.removeValue(forKey: rule)?.parked
    }

    /// Lets every rule be tried at once.
    package mutating func probeSoon(now: Duration) {
        for rule in entries.keys { entries[rule]?.nextProbe = now }
    }

    /// When the next try is due; nil when nothing is parked, or while one is under way.
    package var probeAt: Duration? { probe == nil ? entries.values.map(\.nextProbe).min() : nil }

    /// Begins the try that is due, if one is, with the search for its call.
    /// - Returns: the rule.
    package mutating func beginProbe(now: Duration) -> UInt32? {
        guard probe == nil, let rule = entries.min(by: { ($0.value.nextProbe, $0.key) < ($1.value.nextProbe, $1.key) })?.key,
            entries[rule]!.nextProbe <= now
        else { return nil }
        probe = Probe(rule: rule)
        return rule
    }

    /// The call was found; `lane` may send it.
    package mutating func found(chunk: Int64, lane: Int) {
        probe?.chunk = chunk
        probe?.lane = lane
    }

    /// `lane` begins with the try that is its to do.
    package mutating func start(_ lane: Int) {
        if probe?.lane == lane { probe?.isUnderWay = true }
    }

    /// Whether what `lane` sends is the try.
    package func isProbing(_ lane: Int) -> Bool { probe.map { $0.isUnderWay && $0.lane == lane } ?? false }

    /// The try of `lane`, if there is one, is over.
    package mutating func endProbe(_ lane: Int, now: Duration) {
        guard let probe, isProbing(lane) else { return }
        entries[probe.rule]?.nextProbe = now + Self.probeInterval
        self.probe = nil
    }
}
