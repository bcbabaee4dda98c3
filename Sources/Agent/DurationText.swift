// Durations on the command line, written as in configuration files.

import Documents

/// `250ms`, `5s`, `10m`, `2h` or `7d`.
package struct DurationText: Sendable {
    package let milliseconds: Int

    /// Nil where the text is no duration.
    package init?(_ text: String) {
        guard let milliseconds = durationMilliseconds(text) else { return nil }
        self.milliseconds = milliseconds
    }
}
