// The labels that the pipeline has asked for: those that the database has, and new ones on their way there.

/// Pure; without a database.
struct KnownLabels {
    private var stored: [String: UInt32] = [:]
    /// Given since the last commit.
    private(set) var unstored: [String: UInt32] = [:]
    private var last: UInt32 = 0

    /// Stored ones kept in memory; one more starts anew, and the database is asked again.
    static let storedMax = 10_000

    subscript(text: String) -> UInt32? { stored[text] ?? unstored[text] }

    /// - Returns: nil for a number that no call can hold.
    mutating func remember(_ text: String, as number: Int64) -> UInt32? {
        guard let number = UInt32(exactly: number) else { return nil }
        if stored.count >= Self.storedMax { stored.removeAll() }
        stored[text] = number
        return number
    }

    /// - Parameter storedLast: the highest number in the database.
    /// - Returns: nil when all numbers are used up.
    mutating func make(for text: String, after storedLast: Int64) -> UInt32? {
        guard let next = UInt32(exactly: max(storedLast, Int64(last)) + 1) else { return nil }
        last = next
        unstored[text] = next
        return next
    }

    /// The database has these now.
    mutating func didStore(_ labels: [String: UInt32]) {
        for (text, number) in labels {
            unstored[text] = nil
            _ = remember(text, as: Int64(number))
        }
    }
}
