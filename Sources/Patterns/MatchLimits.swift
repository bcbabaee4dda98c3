// What one match may cost at most.
//
// PCRE2 counts its steps anew at each place where a match may begin, so on a long line they alone bound nothing. Long subjects
// are therefore tried in windows of beginnings, and the windows together have a bound in processor time, which does not depend
// on what else the machine does.
//
// JIT code heeds only `stepsMax` and its own stack; what overflows that stack is tried once more by the interpreter, which
// heeds all three.

package struct MatchLimits: Hashable, Sendable {
    /// How many times PCRE2 may try a position or go back (its match limit). Default 100 000: some milliseconds.
    package var stepsMax: UInt32
    /// How deep the interpreter may nest what it might go back to (its depth limit). Default 50 000.
    package var depthMax: UInt32
    /// The memory for that, in KiB (its heap limit). Default 8 MiB. The matcher keeps what it once needed.
    package var heapKiBMax: UInt32
    /// The stack of JIT code, in bytes. Default 1 MiB, of which only what is used becomes resident.
    package var jitStackBytesMax: Int

    /// How many beginnings of a match are tried before the time is looked at. Default 512.
    package var windowBytes: Int
    /// The processor time for all windows of one subject. Default 250 ms.
    package var processorMillisecondsMax: Int

    package init(
        stepsMax: UInt32 = 100_000, depthMax: UInt32 = 50_000, heapKiBMax: UInt32 = 8 * 1_024, jitStackBytesMax: Int = 1_048_576,
        windowBytes: Int = 512, processorMillisecondsMax: Int = 250
    ) {
        self.windowBytes = windowBytes
        self.processorMillisecondsMax = processorMillisecondsMax
        self.stepsMax = stepsMax
        self.depthMax = depthMax
        self.heapKiBMax = heapKiBMax
        self.jitStackBytesMax = jitStackBytesMax
    }
}
