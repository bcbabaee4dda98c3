// How many dead letters are kept, and for how long. What a bound removes is counted as discarded, with the bound's name.

package struct DeadLetterLimits: Hashable, Sendable {
    /// Calls and answers together.
    package var bytesMax = Self.bytesMaxDefault
    /// Milliseconds since a call became a dead letter; nil: for good.
    package var ageMaxMS: Int64? = Self.ageMaxMSDefault

    package static let bytesMaxDefault = 100 << 20
    package static let ageMaxMSDefault: Int64 = 14 * 86_400_000

    package init() {}

    package init(bytesMax: Int, ageMaxMS: Int64?) {
        self.bytesMax = bytesMax
        self.ageMaxMS = ageMaxMS
    }
}
