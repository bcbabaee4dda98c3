// What one turn of the pipeline produced: everything in it becomes durable at once, or nothing does.

package import Calls
package import Records

package struct Turn: Sendable {
    /// When, in milliseconds since 1970; stored with the chunks.
    package var atMS: Int64
    /// In the order of reading; empty ones are left out.
    package var chunks: [CallChunk] = []
    /// Inserted where the id is 0, else updated.
    package var checkpoints: [FileCheckpoint] = []
    /// Ids of checkpoints whose files are gone for good.
    package var forgotten: [Int64] = []
    /// Journal source → cursor of the last entry read.
    package var cursors: [String: String] = [:]
    /// Sources that were started; from now on `start_at` no longer concerns them.
    package var knownSources: Set<String> = []
    /// Calls that a limit kept out of the outbox. Counted as derived and dead-lettered.
    package var rejected: [DeadLetter] = []
    /// Added to the persisted counters. What belongs to chunks and rejected calls is counted without being named here.
    package var counters: [Counter: Int64] = [:]
    /// When something happened last, in milliseconds since 1970; of the moments that are known the latest is kept.
    package var moments: [Counter: Int64] = [:]

    package init(atMS: Int64) {
        self.atMS = atMS
    }
}
