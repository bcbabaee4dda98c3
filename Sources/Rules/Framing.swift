// How the lines of a source make its records, as its rules' packs have it: line by line, several lines by a pattern, and pieces
// that a container runtime has cut joined again.

import Formats
import Records

package struct Framing: Sendable {
    /// Nil: every line is a record, but for the pieces of a cut line.
    package let multiline: Multiline?
    /// The runtimes whose pieces are joined.
    let envelopes: [RecordFormat.Envelope]

    init(multiline: Multiline?, formats: [RecordFormat]) {
        self.multiline = multiline
        envelopes = [.docker, .cri].filter { envelope in formats.contains { $0.envelope == envelope } }
    }

    /// Whether every line is a record.
    package var isByLine: Bool { multiline == nil && envelopes.isEmpty }

    /// How long a log must be quiet for its last record to be complete.
    package var timeoutMilliseconds: Int { multiline?.timeoutMilliseconds ?? Multiline.timeoutMillisecondsDefault }
}
