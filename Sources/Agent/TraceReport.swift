// The answer to a question for the fate of calls.

import Calls

package struct TraceReport: Codable, Sendable {
    /// What became of calls since then is known in full, in milliseconds since 1970; nil: the agent keeps no trace.
    package var completeSinceMS: Int64?
    /// In the order in which something last became of them.
    package var calls: [CallTrace]
    /// Whether there are older ones that are left out.
    package var isCut: Bool

    /// `completeSinceMS` for people: RFC 3339, UTC.
    package var covered: String? { completeSinceMS.map { CallTime(milliseconds: $0).text } }
}
