// `eventail derive --journald`: the same from entries of the journal.

import Calls
import Glibc
import Rules

extension Derivation {
    /// Derives from the entries that there are now.
    /// - Throws: as for files.
    package func run(journal: JournalInput, into output: BufferedOutput) throws(AgentError) -> Summary {
        var summary = Summary()
        // Entries are records as they are, so that there is one way to frame them.
        var deriver = Deriver(sets[0], version: programVersion)
        var sink = LineSink(output: output, rules: rules, origin: showsOrigin ? .journal : nil)
        let facts = BlockFacts.ofJournal(sourceName: "derive", scope: scope, nowMilliseconds: nowMilliseconds)
        do {
            let outcome = try journal.read { entries in
                deriver.derive(entries, facts, into: &sink)
            } afterEach: {
                try output.flushIfFull()
            }
            summary.oversizeRecords = outcome.oversizeEntries
            summary.journalFaults = outcome.faults
            try output.flush()
        } catch let error as BufferedOutput.WriteError {
            guard error.number == EPIPE else { throw AgentError(writing: error.number) }
        } catch {
            throw AgentError(error)
        }
        summary.add(sink)
        add(deriver.takeCounters(), to: &summary)
        return summary
    }
}
